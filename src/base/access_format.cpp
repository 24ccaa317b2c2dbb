#include "base/access_format.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fmt/format.h>
#include <optional>

#include "base/lower_case.hpp"
#include "base/sixteen.hpp"

namespace orrery::base {

enum class AccessFormat::Atom : std::uint8_t {
  kText,
  kClient,
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

bool is_plain(std::string_view value) {
  const std::size_t plain = sixteen::walk(
      value,
      [](sixteen::Block bytes) {
        return (bytes < 0x20) | (bytes >= 0x7f) | (bytes == '"') | (bytes == '\\');
      },
      needs_escape);
  return plain == value.size();
}

/// Writes from left to right while there is room, and counts, rather too much, what there is none for.
class Pen {
 public:
  explicit Pen(std::span<char> to) : begin_(to.data()), at_(to.data()), end_(to.data() + to.size()) {}

  void put(char c) {
    if (at_ == end_) return refuse(1);
    *at_++ = c;
  }
  [[gnu::always_inline]] void put(std::string_view text) {
    if (text.size() > static_cast<std::size_t>(end_ - at_)) return refuse(text.size());
    copy(text);
    at_ += text.size();
  }
  void put_escaped(std::string_view value) {
    if (is_plain(value)) return put(value);
    for (const char c : value) needs_escape(c) ? put_escaped_byte(c) : put(c);
  }
  void put_value(std::string_view value) { value.empty() ? put('-') : put_escaped(value); }
  template <class Integer>
  void put_number(Integer value) {
    const auto [end, error] = std::to_chars(at_, end_, value);
    if (error != std::errc{}) return refuse(kLongestNumber);
    at_ = end;
  }
  template <class Integer>
  void put_number_or_dash(Integer value) {
    value == 0 ? put('-') : put_number(value);
  }
  /// Of all that was put; more than there is room for when not all of it was written.
  [[nodiscard]] std::size_t length() const { return static_cast<std::size_t>(at_ - begin_) + refused_; }

 private:
  /// Most pieces are short: no call for these.
  [[gnu::always_inline]] void copy(std::string_view text) {
    const std::size_t size = text.size();
    if (size > 16) {
      std::memcpy(at_, text.data(), size);
    } else if (size >= 8) {
      std::memcpy(at_, text.data(), 8);
      std::memcpy(at_ + size - 8, text.data() + size - 8, 8);
    } else if (size >= 4) {
      std::memcpy(at_, text.data(), 4);
      std::memcpy(at_ + size - 4, text.data() + size - 4, 4);
    } else if (size > 0) {
      at_[0] = text[0];
      at_[size / 2] = text[size / 2];
      at_[size - 1] = text[size - 1];
    }
  }
  void put_escaped_byte(char c) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    put("\\x");
    put(kDigits[byte >> 4U]);
    put(kDigits[byte & 15U]);
  }
  static constexpr std::size_t kLongestNumber = 20;
  /// From now on nothing fits.
  void refuse(std::size_t size) {
    end_ = at_;
    refused_ += size;
  }

  char* begin_;
  char* at_;
  char* end_;
  std::size_t refused_ = 0;
};

template <class Unit>
std::int64_t whole(Nanoseconds duration) {
  return std::chrono::duration_cast<Unit>(duration).count();
}

void put_decimal_seconds(Nanoseconds duration, Pen& pen) {
  const std::int64_t micros = whole<std::chrono::microseconds>(duration);
  pen.put_number(micros / 1'000'000);
  std::array<char, 7> fraction{'.', '0', '0', '0', '0', '0', '0'};
  std::int64_t rest = micros % 1'000'000;
  for (std::size_t i = 6; i > 0; --i, rest /= 10) fraction[i] = static_cast<char>('0' + rest % 10);
  pen.put({fraction.data(), fraction.size()});
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

void put_request_line(const AccessRecord& record, Pen& pen) {
  if (record.method.empty() && record.target.empty()) return pen.put('-');
  pen.put_value(record.method);
  pen.put(' ');
  pen.put_value(record.target);
  if (record.protocol.empty()) return;
  pen.put(' ');
  pen.put_escaped(record.protocol);
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
      Letter{'h', Atom::kClient},       Letter{'u', Atom::kUser},           Letter{'t', Atom::kTime},
      Letter{'r', Atom::kRequestLine},  Letter{'m', Atom::kMethod},         Letter{'U', Atom::kPath},
      Letter{'q', Atom::kQuery},        Letter{'H', Atom::kProtocol},       Letter{'s', Atom::kStatus},
      Letter{'B', Atom::kBytes},        Letter{'b', Atom::kBytesOrDash},    Letter{'f', Atom::kReferer},
      Letter{'a', Atom::kAgent},        Letter{'T', Atom::kSeconds},        Letter{'M', Atom::kMilliseconds},
      Letter{'D', Atom::kMicroseconds}, Letter{'L', Atom::kDecimalSeconds}, Letter{'p', Atom::kPid},
      Letter{'I', Atom::kId},
  };
  if (name == "l") return Piece{Atom::kText, "-"};
  for (const auto& row : kLetters) {
    if (name.size() == 1 && row.letter == name[0]) return Piece{row.atom, {}};
  }
  if (name.size() < 4 || name[0] != '{' || name[name.size() - 2] != '}') return std::nullopt;
  const auto inner = name.substr(1, name.size() - 3);
  if (name.back() == 'i') return Piece{Atom::kRequestField, lower_case(inner)};
  if (name.back() == 'o') return Piece{Atom::kResponseField, lower_case(inner)};
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
    at = token->next;
    if (piece->atom == Atom::kText) {
      text += piece->text;
      continue;
    }
    compiled.add_text(text);
    compiled.pieces_.push_back(std::move(*piece));
  }
  text += '\n';
  compiled.add_text(text);
  return compiled;
}

void AccessFormat::render(const AccessRecord& record, std::string& out) const {
  const std::size_t before = out.size();
  std::size_t room = 512;
  for (;;) {
    out.resize(before + room);
    const std::size_t length = render(record, std::span{out}.subspan(before));
    if (length <= room) return out.resize(before + length);
    room = length;
  }
}

std::size_t AccessFormat::render(const AccessRecord& record, std::span<char> to) const {
  Pen pen{to};
  for (const Piece& piece : pieces_) {
    switch (piece.atom) {
      case Atom::kText: pen.put(piece.text); break;
      case Atom::kClient: pen.put_value(record.client); break;
      case Atom::kUser: pen.put_value(user_of(request_field(record, "authorization"))); break;
      case Atom::kTime: pen.put(second_text(record.finished)); break;
      case Atom::kRequestLine: put_request_line(record, pen); break;
      case Atom::kMethod: pen.put_value(record.method); break;
      case Atom::kPath: pen.put_value(path_of(record.target)); break;
      case Atom::kQuery: pen.put_value(query_of(record.target)); break;
      case Atom::kProtocol: pen.put_value(record.protocol); break;
      case Atom::kStatus: pen.put_number_or_dash(record.status); break;
      case Atom::kBytes: pen.put_number(record.body_bytes); break;
      case Atom::kBytesOrDash: pen.put_number_or_dash(record.body_bytes); break;
      case Atom::kReferer: pen.put_value(request_field(record, "referer")); break;
      case Atom::kAgent: pen.put_value(request_field(record, "user-agent")); break;
      case Atom::kSeconds: pen.put_number(whole<std::chrono::seconds>(record.duration)); break;
      case Atom::kMilliseconds: pen.put_number(whole<std::chrono::milliseconds>(record.duration)); break;
      case Atom::kMicroseconds: pen.put_number(whole<std::chrono::microseconds>(record.duration)); break;
      case Atom::kDecimalSeconds: put_decimal_seconds(record.duration, pen); break;
      case Atom::kPid:
        pen.put('<');
        pen.put_number(record.pid);
        pen.put('>');
        break;
      case Atom::kId: pen.put_value(record.id); break;
      case Atom::kRequestField: pen.put_value(request_field(record, piece.text)); break;
      case Atom::kResponseField: pen.put_value(response_field(record, piece.text)); break;
      case Atom::kEnvironment: pen.put_value(environment_value(piece.text)); break;
    }
  }
  return pen.length();
}

}  // namespace orrery::base
