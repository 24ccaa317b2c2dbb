#include "http/guard.hpp"

#include <algorithm>
#include <cstring>

#include "http/characters.hpp"
#include "http/parser.hpp"
#include "http/policy.hpp"

namespace orrery::http {

using base::Reject;

namespace {

constexpr char kTlsHandshake = 0x16;
/// What is left of the second version's signature as a line, behind the two empty ones it begins with.
constexpr std::string_view kBinaryProxyLine{"\0", 1};

[[gnu::cold]] Reject reason_for_field_byte(std::string_view text) {
  for (const char c : text) {
    if (c == '\r') return Reject::bare_cr;
    if (is_control(c) && c != '\t') return Reject::control_byte;
  }
  return Reject::bad_field_name;
}

[[gnu::cold]] std::optional<Reject> check_field_name(std::string_view name, std::string_view line) {
  if (name.empty()) return Reject::empty_field_name;
  if (token_length(name) == name.size()) return {};
  if (name.back() == ' ' || name.back() == '\t') return Reject::space_before_colon;
  return reason_for_field_byte(line);
}

/// Length of the leading chunk-ext-val without its `"` at the end: a token, or what may stand in a quoted-string (no
/// quoted-pair).
std::size_t extension_value_length(std::string_view text) {
  if (!text.starts_with('"')) return token_length(text);
  std::size_t i = 1;
  while (i < text.size() && text[i] >= 0x20 && text[i] < 0x7f && text[i] != '"' && text[i] != '\\') ++i;
  return i;
}

/// True when `text` is `*( ";" name [ "=" value ] )` of RFC 9112, 7.1.1, without white space; or may become it, when
/// not `whole`.
bool are_extensions(std::string_view text, bool whole) {
  while (!text.empty()) {
    if (text.front() != ';') return false;
    text.remove_prefix(1);
    const std::size_t name = token_length(text);
    text.remove_prefix(name);
    if (name == 0) return text.empty() && !whole;
    if (!text.starts_with('=')) continue;
    text.remove_prefix(1);
    const bool quoted = text.starts_with('"');
    const std::size_t value = extension_value_length(text);
    text.remove_prefix(value);
    if (text.empty()) return !whole || (value > 0 && !quoted);
    if (value == 0 || (quoted && text.front() != '"')) return false;
    if (quoted) text.remove_prefix(1);
  }
  return true;
}

/// True when `text` is, or may become, `1*16HEXDIG extensions CR`.
bool may_begin_size_line(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && hex_value(text[digits]) >= 0) ++digits;
  if (digits > 16) return false;
  text.remove_prefix(digits);
  if (digits == 0) return text.empty();
  const bool whole = text.ends_with('\r');
  return are_extensions(text.substr(0, text.size() - (whole ? 1 : 0)), whole);
}

/// Judges a field line up to its colon. `length`: of the token it begins with.
std::optional<Reject> check_before_colon(std::string_view line, std::size_t length) {
  if (line.front() == ' ' || line.front() == '\t') return Reject::obs_fold;
  if (length < line.size() && line[length] == ':') {
    return length == 0 ? std::optional{Reject::empty_field_name} : std::nullopt;
  }
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos) return check_field_name(line.substr(0, colon), line);
  const Reject reason = reason_for_field_byte(line);
  return reason == Reject::bad_field_name ? Reject::missing_colon : reason;
}

}  // namespace

std::optional<Reject> check_field_line(std::string_view line) {
  const std::size_t name = token_length(line);
  if (const auto reason = check_before_colon(line, name)) return reason;
  const std::string_view value = line.substr(name + 1);
  if (has_only_field_bytes(value)) return {};
  return reason_for_field_byte(value);
}

std::optional<Reject> Guard::check_request_line(std::string_view line) {
  const std::size_t method = line.starts_with("GET ") ? 3 : token_length(line);
  if (method == line.size() || line[method] != ' ') {
    if (line.find('\r') != std::string_view::npos) return Reject::bare_cr;
    return method == 0 || method == line.size() ? Reject::bad_request_line : Reject::bad_method;
  }
  if (method == 0) return Reject::bad_request_line;
  const std::string_view rest = line.substr(method + 1);
  const std::size_t target = target_bytes(rest);
  if (target == 0) return rest.starts_with(' ') ? Reject::bad_request_line : Reject::bad_target;
  if (target == rest.size()) return Reject::bad_request_line;
  if (rest[target] != ' ') return rest[target] == '\r' ? Reject::bare_cr : Reject::bad_target;
  const std::string_view version = rest.substr(target + 1);
  method_length_ = static_cast<std::uint32_t>(method);
  target_length_ = static_cast<std::uint32_t>(target);
  if (version == "HTTP/1.1") return {};
  if (version.size() != 8 || !version.starts_with("HTTP/") || !is_digit(version[5]) || version[6] != '.' ||
      !is_digit(version[7])) {
    return version.find('\r') == std::string_view::npos ? Reject::bad_request_line : Reject::bare_cr;
  }
  if (version[5] != '1') return Reject::bad_version;
  minor_version_ = version[7] == '0' ? 0 : 1;
  return {};
}

/// A request line that is no good may be something else, and what is wrong with its target may have a name.
Verdict Guard::refuse_line(std::string_view head, Reject reason) const {
  if (line_start_ > 0) return Verdict::refused(reason);
  const std::string_view line = head.substr(0, head.find("\r\n"));
  if (reason == Reject::bad_request_line && (line.starts_with("PROXY ") || line == kBinaryProxyLine))
    reason = Reject::stray_proxy_header;
  if (reason == Reject::bad_target) {
    const std::string_view target = line.substr(line.find(' ') + 1);
    const std::string_view rest = target.substr(target_bytes(target));
    if (!rest.empty() && static_cast<unsigned char>(rest.front()) >= 0x80) reason = Reject::non_ascii_target;
  }
  return Verdict::refused(reason);
}

/// A request line may be too long because its method is: RFC 9112, 3 wants that told as a method we do not have.
Verdict Guard::refuse_length(std::string_view head, std::size_t limit, Reject reason) const {
  const bool method = line_start_ == 0 && token_length(head.substr(0, limit)) > Parser::longest_method();
  return Verdict::refused(method ? Reject::unknown_method : reason);
}

Verdict Guard::scan(std::string_view head, const Config& limits) {
  // A TLS handshake has no lines: waiting for the end of one would be in vain.
  if (scanned_ == 0 && head.starts_with(kTlsHandshake)) return Verdict::refused(Reject::tls_hello);
  sixteen::Finder controls{head, [](sixteen::Block bytes) { return are_bad_in_field(bytes); }};
  for (;;) {
    const bool first = line_start_ == 0;
    const std::size_t limit = first ? limits.limit_request_line : limits.limit_request_field_size;
    std::size_t end = controls.next(scanned_);
    bool found = end + 1 < head.size() && head[end] == '\r' && head[end + 1] == '\n';
    if (found) {
      ++end;
    } else if (end < head.size()) {
      odd_ = true;
      end = std::min(head.find('\n', end), head.size());
      found = end < head.size();
    }
    const std::size_t length = end - line_start_;
    if (length > limit) {
      // The CR of the line's end is not counted. Of two limits the one that is crossed first counts, as if bytes came
      // singly.
      const std::size_t most = head[line_start_ + limit] == '\r' ? limit + 1 : limit;
      if (length > most && line_start_ + most <= limits.limit_request_head)
        return refuse_length(head, limit, first ? Reject::long_request_line : Reject::long_field);
    }
    if (end > limits.limit_request_head) return refuse_length(head, limits.limit_request_head, Reject::long_head);
    if (!found) {
      scanned_ = static_cast<std::uint32_t>(end);
      return Verdict::more();
    }
    if (odd_ && (length == 0 || head[end - 1] != '\r')) return Verdict::refused(Reject::bare_lf);
    const std::string_view content{head.data() + line_start_, length - 1};
    std::optional<Reject> reason;
    if (first) {
      reason = check_request_line(content);
    } else if (content.empty()) {
      return end + 1 > limits.limit_request_head ? Verdict::refused(Reject::long_head) : Verdict::complete(end + 1);
    } else if (++fields_ > limits.limit_request_fields) {
      reason = Reject::too_many_fields;
    } else {
      // Where no byte is odd only the name is left to judge.
      reason = odd_ ? check_field_line(content) : check_before_colon(content, token_length(head.substr(line_start_)));
    }
    if (reason) return refuse_line(head, *reason);
    odd_ = false;
    line_start_ = scanned_ = static_cast<std::uint32_t>(end + 1);
  }
}

void ChunkGuard::reset() {
  state_ = State::kSizeLine;
  data_left_ = 0;
  data_announced_ = 0;
  trailer_fields_ = 0;
  trailer_bytes_ = 0;
  partial_.clear();
}

/// Judges a line, or as much of it as has come, without its LF.
std::optional<Reject> ChunkGuard::check_beginning(std::string_view line, const Config& limits) const {
  switch (state_) {
    case State::kSizeLine:
      if (!may_begin_size_line(line.substr(0, kMaxSizeLine + 1))) return Reject::bad_chunk;
      if (line.size() > kMaxSizeLine + 1) return Reject::long_chunk_extension;
      break;
    case State::kDataEnd:
      if (!line.empty() && line != "\r") return Reject::bad_chunk;
      break;
    case State::kTrailer:
      if (line.size() > limits.limit_request_field_size + 1) return Reject::long_field;
      break;
    case State::kData: break;
  }
  return {};
}

std::optional<Reject> ChunkGuard::take_size_line(std::string_view line, std::uint64_t body_limit) {
  std::uint64_t size = 0;
  for (const char c : line.substr(0, line.find(';'))) size = size << 4 | static_cast<std::uint64_t>(hex_value(c));
  if (line.empty()) return Reject::bad_chunk;
  if (size > body_limit - data_announced_) return Reject::large_body;
  data_announced_ += size;
  data_left_ = size;
  state_ = size == 0 ? State::kTrailer : State::kData;
  return {};
}

std::optional<Reject> ChunkGuard::take_trailer_line(std::string_view line, const Config& limits) {
  trailer_bytes_ += line.size() + 2;
  if (++trailer_fields_ > limits.limit_request_fields) return Reject::too_many_fields;
  if (trailer_bytes_ > limits.limit_request_head) return Reject::long_head;
  if (const auto reason = check_field_line(line)) return reason;
  return judge_trailer(line.substr(0, line.find(':')), limits);
}

std::optional<Reject> ChunkGuard::take_line(std::string_view line, const Config& limits, std::uint64_t body_limit,
                                            bool& done) {
  if (line.empty() || line.back() != '\r') return Reject::bad_chunk;
  line.remove_suffix(1);
  switch (state_) {
    case State::kSizeLine: return take_size_line(line, body_limit);
    case State::kDataEnd: state_ = State::kSizeLine; return {};
    case State::kTrailer:
      if (!line.empty()) return take_trailer_line(line, limits);
      done = true;
      return {};
    case State::kData: break;
  }
  return {};
}

Verdict ChunkGuard::scan(std::string_view bytes, const Config& limits, std::uint64_t body_limit) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (state_ == State::kData) {
      const std::uint64_t step = std::min<std::uint64_t>(data_left_, bytes.size() - at);
      at += static_cast<std::size_t>(step);
      data_left_ -= step;
      if (data_left_ == 0) state_ = State::kDataEnd;
      continue;
    }
    const std::size_t lf = bytes.find('\n', at);
    const bool whole = lf != std::string_view::npos;
    const std::size_t end = whole ? lf : bytes.size();
    std::string_view line = bytes.substr(at, end - at);
    if (!whole || !partial_.empty()) line = partial_.append(line);
    if (const auto reason = check_beginning(line, limits)) return Verdict::refused(*reason, at);
    if (!whole) return Verdict::more(at);
    bool done = false;
    const auto reason = take_line(line, limits, body_limit, done);
    partial_.clear();
    if (reason) return Verdict::refused(*reason, at);
    at = end + 1;
    if (done) return Verdict::complete(at);
  }
  return Verdict::more(at);
}

}  // namespace orrery::http
