#include "http/h1/guard.hpp"

#include <algorithm>

#include "http/characters.hpp"
#include "http/method.hpp"

namespace orrery::http::h1 {

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
  protocol_ = version[7] == '0' ? base::Protocol::kHttp10 : base::Protocol::kHttp11;
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
  const bool method = line_start_ == 0 && token_length(head.substr(0, limit)) > longest_method();
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

}  // namespace orrery::http::h1
