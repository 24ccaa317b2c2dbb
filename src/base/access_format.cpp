#include "base/access_format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <optional>

#include "base/eight.hpp"

namespace orrery::base {

enum class AccessFormat::Atom : std::uint8_t {
  kText,
  kClient,
  kDash,
  kUser,
  kTime,
  kRequestLine,
  kMethod,
  kPath,
  kQuery,
  kProtocol,
  kStatus,
  kBytes,
  kBytesOrDash,
  kReferer,
  kAgent,
  kSeconds,
  kMilliseconds,
  kMicroseconds,
  kDecimalSeconds,
  kPid,
  kId,
  kRequestField,
  kResponseField,
  kEnvironment,
};

namespace {

bool needs_escape(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte >= 0x7f || c == '"' || c == '\\';
}

void append_escaped_byte(char c, std::string& out) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  out += "\\x";
  out += kDigits[byte >> 4U];
  out += kDigits[byte & 15U];
}

/// Number of leading bytes that stand for themselves.
std::size_t plain_length(std::string_view value) {
  std::size_t i = 0;
  for (; i + 8 <= value.size(); i += 8) {
    const std::uint64_t word = eight::load(value.data() + i);
    if ((word & eight::kHighs) | eight::any_below(word, 0x20) | eight::any_equal(word, 0x7f) |
        eight::any_equal(word, '"') | eight::any_equal(word, '\\')) {
      break;
    }
  }
  while (i < value.size() && !needs_escape(value[i])) ++i;
  return i;
}

void append_raw_escaped(std::string_view value, std::string& out) {
  for (;;) {
    const std::size_t plain = plain_length(value);
    out.append(value.data(), plain);
    if (plain == value.size()) return;
    append_escaped_byte(value[plain], out);
    value.remove_prefix(plain + 1);
  }
}

void append_value(std::string_view value, std::string& out) {
  if (value.empty()) {
    out += '-';
  } else {
    append_raw_escaped(value, out);
  }
}

template <class Integer>
void append_number(Integer value, std::string& out) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value);
  out.append(text.data(), end.ptr);
}

template <class Integer>
void append_number_or_dash(Integer value, std::string& out) {
  if (value == 0) {
    out += '-';
  } else {
    append_number(value, out);
  }
}

template <class Unit>
std::int64_t whole(Nanoseconds duration) {
  return std::chrono::duration_cast<Unit>(duration).count();
}

void append_decimal_seconds(Nanoseconds duration, std::string& out) {
  const std::int64_t micros = whole<std::chrono::microseconds>(duration);
  append_number(micros / 1'000'000, out);
  std::array<char, 7> fraction{'.', '0', '0', '0', '0', '0', '0'};
  std::int64_t rest = micros % 1'000'000;
  for (std::size_t i = 6; i > 0; --i, rest /= 10) fraction[i] = static_cast<char>('0' + rest % 10);
  out.append(fraction.data(), fraction.size());
}

/// The text of one second, made once for all requests of that second.
class SecondText {
 public:
  std::string_view of(WallTime time) {
    const std::time_t second =
        std::chrono::system_clock::to_time_t(std::chrono::floor<std::chrono::seconds>(time));
    if (second != second_ || length_ == 0) make(second);
    return {text_.data(), length_};
  }

 private:
  void make(std::time_t second) {
    // Not strftime's %b: month names of an access log never follow the locale.
    static constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";
    std::tm parts{};
    ::gmtime_r(&second, &parts);
    const auto end =
        fmt::format_to_n(text_.data(), text_.size(), "[{:02}/{}/{}:{:02}:{:02}:{:02} +0000]", parts.tm_mday,
                         kMonths.substr(static_cast<std::size_t>(parts.tm_mon) * 3, 3), parts.tm_year + 1900,
                         parts.tm_hour, parts.tm_min, parts.tm_sec);
    length_ = std::min(end.size, text_.size());
    second_ = second;
  }

  std::time_t second_ = 0;
  std::array<char, 48> text_{};
  std::size_t length_ = 0;
};

std::string_view second_text(WallTime time) {
  thread_local SecondText text;
  return text.of(time);
}

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
}

void append_request_line(const AccessRecord& record, std::string& out) {
  if (record.method.empty() && record.target.empty()) {
    out += '-';
    return;
  }
  append_value(record.method, out);
  out += ' ';
  append_value(record.target, out);
  if (record.protocol.empty()) return;
  out += ' ';
  append_raw_escaped(record.protocol, out);
}

std::string_view request_field(const AccessRecord& record, std::string_view name) {
  return record.request_field == nullptr ? std::string_view{} : record.request_field(record.context, name);
}

std::string_view response_field(const AccessRecord& record, std::string_view name) {
  return record.response_field == nullptr ? std::string_view{} : record.response_field(record.context, name);
}

std::string_view environment_value(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

std::string lower(std::string_view name) {
  std::string out{name};
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

/// One `%(...)s` of the format: where its name stands and where the text goes on.
struct Token {
  std::string_view name;
  std::size_t next = 0;
};

std::optional<Token> read_token(std::string_view format, std::size_t percent) {
  if (percent + 1 >= format.size() || format[percent + 1] != '(') return std::nullopt;
  const auto close = format.find(")s", percent);
  if (close == std::string_view::npos) return std::nullopt;
  return Token{format.substr(percent + 2, close - percent - 2), close + 2};
}

std::string no_atom(std::size_t at) {
  return fmt::format("`%` at column {} begins no atom; write %(x)s for an atom and %% for a percent sign",
                     at + 1);
}

std::string unknown_atom(std::string_view name, std::size_t at) {
  return fmt::format(
      "unknown atom `%({})s` at column {}; known are %(h)s l u t r m U q H s B b f a T M D L p I and "
      "%({{name}}i)s, o, e",
      name, at + 1);
}

/// The user of `Basic BASE64(user:password)`; empty when it is something else. The password goes nowhere.
std::string user_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "basic ";
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto lower = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const bool basic = authorization.size() > kScheme.size() &&
                     std::equal(kScheme.begin(), kScheme.end(), authorization.begin(), lower);
  if (!basic) return {};
  std::string user;
  unsigned bits = 0;
  int count = 0;
  for (const char c : authorization.substr(kScheme.size())) {
    const std::size_t digit = kDigits.find(c);
    if (digit == std::string_view::npos) return {};
    bits = (bits << 6 | static_cast<unsigned>(digit)) & 0xfff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    const char byte = static_cast<char>(bits >> count & 0xff);
    if (byte == ':') return user;
    user += byte;
  }
  return {};
}

}  // namespace

std::optional<AccessFormat::Piece> AccessFormat::piece_for(std::string_view name) {
  struct Letter {
    char letter;
    Atom atom;
  };
  static constexpr std::array kLetters{
      Letter{'h', Atom::kClient},       Letter{'l', Atom::kDash},         Letter{'u', Atom::kUser},
      Letter{'t', Atom::kTime},         Letter{'r', Atom::kRequestLine},  Letter{'m', Atom::kMethod},
      Letter{'U', Atom::kPath},         Letter{'q', Atom::kQuery},        Letter{'H', Atom::kProtocol},
      Letter{'s', Atom::kStatus},       Letter{'B', Atom::kBytes},        Letter{'b', Atom::kBytesOrDash},
      Letter{'f', Atom::kReferer},      Letter{'a', Atom::kAgent},        Letter{'T', Atom::kSeconds},
      Letter{'M', Atom::kMilliseconds}, Letter{'D', Atom::kMicroseconds}, Letter{'L', Atom::kDecimalSeconds},
      Letter{'p', Atom::kPid},          Letter{'I', Atom::kId},
  };
  for (const auto& row : kLetters) {
    if (name.size() == 1 && row.letter == name[0]) return Piece{row.atom, {}};
  }
  if (name.size() < 4 || name[0] != '{' || name[name.size() - 2] != '}') return std::nullopt;
  const auto inner = name.substr(1, name.size() - 3);
  if (name.back() == 'i') return Piece{Atom::kRequestField, lower(inner)};
  if (name.back() == 'o') return Piece{Atom::kResponseField, lower(inner)};
  if (name.back() == 'e') return Piece{Atom::kEnvironment, std::string{inner}};
  return std::nullopt;
}

void AccessFormat::add_text(std::string& text) {
  if (!text.empty()) pieces_.push_back({Atom::kText, std::exchange(text, {})});
}

Result<AccessFormat> AccessFormat::compile(std::string_view format) {
  AccessFormat compiled;
  std::string text;
  std::size_t at = 0;
  while (at < format.size()) {
    const bool percent = format.substr(at, 2) == "%%";
    if (percent || format[at] != '%') {
      text += format[at];
      at += percent ? 2 : 1;
      continue;
    }
    const auto token = read_token(format, at);
    if (!token) return fail(no_atom(at));
    auto piece = piece_for(token->name);
    if (!piece) return fail(unknown_atom(token->name, at));
    compiled.add_text(text);
    compiled.pieces_.push_back(std::move(*piece));
    at = token->next;
  }
  text += '\n';
  compiled.add_text(text);
  return compiled;
}

void AccessFormat::render(const AccessRecord& record, std::string& out) const {
  for (const Piece& piece : pieces_) {
    switch (piece.atom) {
      case Atom::kText: out += piece.text; break;
      case Atom::kClient: append_value(record.client, out); break;
      case Atom::kDash: out += '-'; break;
      case Atom::kUser: append_value(user_of(request_field(record, "authorization")), out); break;
      case Atom::kTime: out += second_text(record.finished); break;
      case Atom::kRequestLine: append_request_line(record, out); break;
      case Atom::kMethod: append_value(record.method, out); break;
      case Atom::kPath: append_value(path_of(record.target), out); break;
      case Atom::kQuery: append_value(query_of(record.target), out); break;
      case Atom::kProtocol: append_value(record.protocol, out); break;
      case Atom::kStatus: append_number_or_dash(record.status, out); break;
      case Atom::kBytes: append_number(record.body_bytes, out); break;
      case Atom::kBytesOrDash: append_number_or_dash(record.body_bytes, out); break;
      case Atom::kReferer: append_value(request_field(record, "referer"), out); break;
      case Atom::kAgent: append_value(request_field(record, "user-agent"), out); break;
      case Atom::kSeconds: append_number(whole<std::chrono::seconds>(record.duration), out); break;
      case Atom::kMilliseconds: append_number(whole<std::chrono::milliseconds>(record.duration), out); break;
      case Atom::kMicroseconds: append_number(whole<std::chrono::microseconds>(record.duration), out); break;
      case Atom::kDecimalSeconds: append_decimal_seconds(record.duration, out); break;
      case Atom::kPid:
        out += '<';
        append_number(record.pid, out);
        out += '>';
        break;
      case Atom::kId: append_value(record.id, out); break;
      case Atom::kRequestField: append_value(request_field(record, piece.text), out); break;
      case Atom::kResponseField: append_value(response_field(record, piece.text), out); break;
      case Atom::kEnvironment: append_value(environment_value(piece.text), out); break;
    }
  }
}

}  // namespace orrery::base
