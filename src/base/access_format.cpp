#include "base/access_format.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fmt/core.h>
#include <optional>
#include <utility>

#include "base/access_sketch.hpp"
#include "base/lower_case.hpp"
#include "base/pen.hpp"
#include "base/second_text.hpp"

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
  kEnding,
  kTrace,
  kRoute,
  kTimestamp,
  kQueue,
  kTls,
  kTlsCipher,
  kTlsName,
  kTlsResumed,
  kTlsSubject,
  kRequestField,
  kResponseField,
  kEnvironment,
};

namespace {

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

std::string_view ending_of(const Ending& ending) { return {reinterpret_cast<const char*>(&ending), 1}; }

std::string_view path_of(std::string_view target) { return target.substr(0, target.find('?')); }

std::string_view query_of(std::string_view target) {
  const auto mark = target.find('?');
  return mark == std::string_view::npos ? std::string_view{} : target.substr(mark + 1);
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

/// How the values of a line are written; `bare`: where JSON has a value and not the inside of a string.
struct Whole {
  static std::string_view of(std::string_view value) { return value; }
};
struct Clip {
  std::size_t most;
  [[nodiscard]] std::string_view of(std::string_view value) const { return clipped(value, most); }
};

template <class Extent>
struct Plain {
  Extent extent;
  void text(Pen& pen, bool, std::string_view value) const { pen.put_value(extent.of(value)); }
  static void time(Pen& pen, bool, WallTime time) { pen.put(second_text<WriteTime>(time)); }
  static void timestamp(Pen& pen, bool, WallTime time) { put_timestamp(time, pen); }
  static void seconds(Pen& pen, bool, std::optional<Nanoseconds> duration) {
    duration ? put_decimal_seconds(*duration, pen) : pen.put('-');
  }
  static void status(Pen& pen, bool, int status) { pen.put_number_or_dash(status); }
  static void bytes(Pen& pen, bool, std::uint64_t count) { pen.put_number_or_dash(count); }
  static void resumed(Pen& pen, bool, const TlsFacts* tls) { pen.put(!tls ? "-" : tls->resumed ? "yes" : "no"); }
  static void pid(Pen& pen, bool, pid_t pid) {
    pen.put('<');
    pen.put_number(pid);
    pen.put('>');
  }
  void request_line(Pen& pen, bool, const AccessRecord& record) const {
    if (record.method.empty() && record.target.empty()) return pen.put('-');
    pen.put_value(extent.of(record.method));
    pen.put(' ');
    pen.put_value(extent.of(record.target));
    pen.put(' ');
    pen.put(to_string(record.protocol));
  }
};

template <class Extent>
struct Json {
  Extent extent;
  void text(Pen& pen, bool bare, std::string_view value) const {
    if (value.empty()) return bare ? pen.put("null") : pen.put('-');
    if (bare) pen.put('"');
    pen.put_json(extent.of(value));
    if (bare) pen.put('"');
  }
  static void time(Pen& pen, bool bare, WallTime time) {
    if (bare) pen.put('"');
    pen.put(second_text<WriteTime>(time));
    if (bare) pen.put('"');
  }
  static void timestamp(Pen& pen, bool bare, WallTime time) {
    if (bare) pen.put('"');
    put_timestamp(time, pen);
    if (bare) pen.put('"');
  }
  static void seconds(Pen& pen, bool bare, std::optional<Nanoseconds> duration) {
    duration || !bare ? Plain<Extent>::seconds(pen, bare, duration) : pen.put("null");
  }
  static void status(Pen& pen, bool bare, int status) {
    status == 0 && bare ? pen.put("null") : pen.put_number_or_dash(status);
  }
  static void bytes(Pen& pen, bool bare, std::uint64_t count) {
    bare ? pen.put_number(count) : pen.put_number_or_dash(count);
  }
  static void resumed(Pen& pen, bool bare, const TlsFacts* tls) {
    bare ? pen.put(!tls ? "null" : tls->resumed ? "true" : "false") : Plain<Extent>::resumed(pen, bare, tls);
  }
  static void pid(Pen& pen, bool bare, pid_t pid) { bare ? pen.put_number(pid) : Plain<Extent>::pid(pen, bare, pid); }
  void request_line(Pen& pen, bool bare, const AccessRecord& record) const {
    if (record.method.empty() && record.target.empty()) return text(pen, bare, "");
    if (bare) pen.put('"');
    text(pen, false, record.method);
    pen.put(' ');
    text(pen, false, record.target);
    pen.put(' ');
    pen.put(to_string(record.protocol));
    if (bare) pen.put('"');
  }
};

std::string unknown_atom(std::string_view name, std::size_t at) {
  return fmt::format(
      "unknown atom `%({})s` at column {}; known are %(h)s l u t r m U q H s B b f a T M D L p I X time "
      "queue route trace tls tls_cipher tls_name tls_resumed tls_subject and %({{name}}i)s, o, e",
      name, at + 1);
}

/// The user of `Basic BASE64(user:password)`; empty when it is something else. The password goes nowhere.
std::string user_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "basic ";
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const auto lower = [](char a, char b) { return (a | 0x20) == (b | 0x20); };
  const bool basic =
      authorization.size() > kScheme.size() && std::equal(kScheme.begin(), kScheme.end(), authorization.begin(), lower);
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
      Letter{'I', Atom::kId},           Letter{'X', Atom::kEnding},
  };
  struct Word {
    std::string_view word;
    Atom atom;
  };
  static constexpr std::array kWords{
      Word{"trace", Atom::kTrace},
      Word{"route", Atom::kRoute},
      Word{"time", Atom::kTimestamp},
      Word{"queue", Atom::kQueue},
      Word{"tls", Atom::kTls},
      Word{"tls_cipher", Atom::kTlsCipher},
      Word{"tls_name", Atom::kTlsName},
      Word{"tls_resumed", Atom::kTlsResumed},
      Word{"tls_subject", Atom::kTlsSubject},
  };
  if (name == "l") return Piece{Atom::kText, "-", false};
  for (const auto& row : kLetters) {
    if (name.size() == 1 && row.letter == name[0]) return Piece{row.atom, {}, false};
  }
  for (const auto& row : kWords)
    if (row.word == name) return Piece{row.atom, {}, false};
  if (name.size() < 4 || name[0] != '{' || name[name.size() - 2] != '}') return std::nullopt;
  const auto inner = name.substr(1, name.size() - 3);
  if (name.back() == 'i') return Piece{Atom::kRequestField, lower_case(inner), false};
  if (name.back() == 'o') return Piece{Atom::kResponseField, lower_case(inner), false};
  if (name.back() == 'e') return Piece{Atom::kEnvironment, std::string{inner}, false};
  return std::nullopt;
}

bool AccessFormat::brings_text(Atom atom) {
  switch (atom) {
    case Atom::kText:
    case Atom::kTime:
    case Atom::kStatus:
    case Atom::kBytes:
    case Atom::kBytesOrDash:
    case Atom::kSeconds:
    case Atom::kMilliseconds:
    case Atom::kMicroseconds:
    case Atom::kDecimalSeconds:
    case Atom::kTimestamp:
    case Atom::kQueue:
    case Atom::kTlsResumed:
    case Atom::kPid: return false;
    default: return true;
  }
}

bool AccessFormat::is_number(Atom atom) {
  const bool word = atom == Atom::kText || atom == Atom::kTime || atom == Atom::kTimestamp || atom == Atom::kTlsResumed;
  return !word && !brings_text(atom);
}

void AccessFormat::add(Piece piece) {
  constexpr std::size_t kNumberOrTime = 32, kQuotesAndBlanks = 6;
  const bool text = brings_text(piece.atom);
  fixed_ += piece.atom == Atom::kText ? piece.text.size() : text ? kQuotesAndBlanks : kNumberOrTime;
  texts_ += piece.atom == Atom::kRequestLine ? 3 : text ? 1 : 0;
  if (piece.atom == Atom::kText && !pieces_.empty() && pieces_.back().atom == Atom::kText)
    pieces_.back().text += piece.text;
  else
    pieces_.push_back(std::move(piece));
}

Result<AccessFormat> AccessFormat::compile(std::string_view format) {
  if (format != "json") return compile_text(format);
  auto compiled = compile_text(kJsonFormat);
  auto secured = compile_text(std::string{kJsonFormat.substr(0, kJsonFormat.size() - 1)}.append(kJsonTls).append("}"));
  if (!compiled || !secured) return compiled ? secured : compiled;
  compiled->secured_ = std::move(secured->pieces_);
  compiled->fixed_ = secured->fixed_;
  compiled->texts_ = secured->texts_;
  return compiled;
}

Result<AccessFormat> AccessFormat::compile_text(std::string_view format) {
  const auto sketch = AccessSketch::of(format);
  if (!sketch) return fail(sketch);
  AccessFormat compiled;
  compiled.json_ = sketch->is_json();
  compiled.json_fault_ = sketch->json_fault();
  for (const AccessSketch::Part& part : sketch->parts()) {
    if (part.name.empty()) {
      compiled.add({Atom::kText, std::string{part.text}, false});
      continue;
    }
    auto piece = piece_for(part.name);
    if (!piece) return fail(unknown_atom(part.name, part.at));
    compiled.has_atoms_ = true;
    piece->bare = compiled.json_ && part.bare;
    if (compiled.json_ && !part.bare && is_number(piece->atom))
      compiled.quoted_numbers_.append(compiled.quoted_numbers_.empty() ? "" : ", ")
          .append(fmt::format("%({})s", part.name));
    if (piece->atom == Atom::kText && piece->bare) piece->text = "null";
    compiled.add(std::move(*piece));
  }
  compiled.add({Atom::kText, "\n", false});
  if (compiled.fixed_ <= kShortestRoom / 2) return compiled;
  return fail(
      fmt::format("a line has {} bytes beside what a request brings; it may have {}, so that a pipe takes it "
                  "whole",
                  compiled.fixed_, kShortestRoom / 2));
}

bool AccessFormat::has_response_fields() const {
  return std::ranges::any_of(pieces_, [](const Piece& piece) { return piece.atom == Atom::kResponseField; });
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
  return json_ ? write<Json<Whole>>(record, to, {}) : write<Plain<Whole>>(record, to, {});
}

std::size_t AccessFormat::render_within(const AccessRecord& record, std::span<char> to) const {
  std::size_t length = render(record, to);
  // Few values are long: first one may take all the room, then half of it, at last each the same share, which
  // fits.
  const std::size_t share = (to.size() - fixed_) / std::max(texts_, std::size_t{1});
  for (std::size_t most = to.size() - fixed_; length > to.size() && most >= share; most /= 2) {
    length = json_ ? write<Json<Clip>>(record, to, {{most}}) : write<Plain<Clip>>(record, to, {{most}});
  }
  if (length <= to.size()) return length;
  return json_ ? write<Json<Clip>>(record, to, {{share}}) : write<Plain<Clip>>(record, to, {{share}});
}

// The pen is a local: it lives in registers.
template <class Style>
std::size_t AccessFormat::write(const AccessRecord& record, std::span<char> to, const Style& style) const {
  Pen pen{to};
  for (const Piece& piece : record.tls && !secured_.empty() ? secured_ : pieces_) {
    const auto text = [&](std::string_view value) { style.text(pen, piece.bare, value); };
    switch (piece.atom) {
      case Atom::kText: pen.put(piece.text); break;
      case Atom::kClient: text(record.client); break;
      case Atom::kUser: {
        const std::string_view authorization = request_field(record, "authorization");
        authorization.empty() ? text(authorization) : text(user_of(authorization));
        break;
      }
      case Atom::kTime: style.time(pen, piece.bare, record.finished); break;
      case Atom::kRequestLine: style.request_line(pen, piece.bare, record); break;
      case Atom::kMethod: text(record.method); break;
      case Atom::kPath: text(path_of(record.target)); break;
      case Atom::kQuery: text(query_of(record.target)); break;
      case Atom::kProtocol: text(to_string(record.protocol)); break;
      case Atom::kStatus: style.status(pen, piece.bare, record.status); break;
      case Atom::kBytes: pen.put_number(record.body_bytes); break;
      case Atom::kBytesOrDash: style.bytes(pen, piece.bare, record.body_bytes); break;
      case Atom::kReferer: text(request_field(record, "referer")); break;
      case Atom::kAgent: text(request_field(record, "user-agent")); break;
      case Atom::kSeconds: pen.put_number(whole<std::chrono::seconds>(record.duration)); break;
      case Atom::kMilliseconds: pen.put_number(whole<std::chrono::milliseconds>(record.duration)); break;
      case Atom::kMicroseconds: pen.put_number(whole<std::chrono::microseconds>(record.duration)); break;
      case Atom::kDecimalSeconds: put_decimal_seconds(record.duration, pen); break;
      case Atom::kPid: style.pid(pen, piece.bare, record.pid); break;
      case Atom::kId: text(record.id); break;
      case Atom::kEnding: text(ending_of(record.ending)); break;
      case Atom::kTrace: text(record.trace); break;
      case Atom::kRoute: text(record.route); break;
      case Atom::kTimestamp: style.timestamp(pen, piece.bare, record.finished); break;
      case Atom::kQueue: style.seconds(pen, piece.bare, record.queue); break;
      case Atom::kTls: text(record.tls ? record.tls->version : std::string_view{}); break;
      case Atom::kTlsCipher: text(record.tls ? record.tls->cipher : std::string_view{}); break;
      case Atom::kTlsName: text(record.tls ? std::string_view{record.tls->server_name} : std::string_view{}); break;
      case Atom::kTlsResumed: style.resumed(pen, piece.bare, record.tls); break;
      case Atom::kTlsSubject: text(record.tls ? std::string_view{record.tls->subject} : std::string_view{}); break;
      case Atom::kRequestField: text(request_field(record, piece.text)); break;
      case Atom::kResponseField: text(response_field(record, piece.text)); break;
      case Atom::kEnvironment: text(environment_value(piece.text)); break;
    }
  }
  return pen.length();
}

}  // namespace orrery::base
