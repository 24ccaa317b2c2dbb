#include "http/h2/head.hpp"

#include <algorithm>
#include <utility>

#include "http/characters.hpp"
#include "http/method.hpp"
#include "http/target.hpp"

namespace orrery::http::h2 {

using base::Reject;
using Refusal = Head::Refusal;

namespace {

/// What a field has on its line in HTTP/1.1 beside name and value: `: ` and CRLF.
constexpr std::size_t kLineOverhead = 4;
/// The same of a request line: two spaces and the version.
constexpr std::size_t kRequestLineOverhead = std::string_view{"  HTTP/2.0"}.size();

/// Fields of a connection of HTTP/1.1 (RFC 9113, 8.2.2).
bool is_connection_field(std::string_view name) {
  return name == "connection" || name == "keep-alive" || name == "proxy-connection" || name == "transfer-encoding" ||
         name == "upgrade";
}

bool is_scheme(std::string_view text) {
  if (text.empty() || !((text.front() | 0x20) >= 'a' && (text.front() | 0x20) <= 'z')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || is_digit(c) || c == '+' || c == '-' || c == '.';
  });
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

/// HTTP/2 has no fields of its own that are no pseudo-fields but `te` and those of connections: judged as they come.
class NoFields final : public OwnFields {
 public:
  NoFields() : OwnFields(0) {}
  Refusal judge(std::string_view, std::string_view) override { return {}; }
};

}  // namespace

void Head::reset(Message* message, bool trailers) {
  message_ = message;
  reason_ = std::nullopt;
  size_ = fields_ = 0;
  method_ = authority_ = {};
  priority_ = {};
  seen_ = 0;
  websocket_ = false;
  trailers_ = trailers;
  fields_begun_ = false;
}

void Head::take(std::string_view name, std::string_view value) {
  if (!reason_) reason_ = judge(name, value);
}

Refusal Head::judge(std::string_view name, std::string_view value) {
  size_ += name.size() + value.size() + kLineOverhead;
  if (size_ > config_.limit_request_head) return Reject::long_head;
  if (name.starts_with(':')) return take_pseudo(name, value);
  fields_begun_ = true;
  return take_field(name, value);
}

/// What was appended may have moved the text.
void Head::show_bytes() {
  message_->bytes = message_->kept().data();
  message_->head_length = static_cast<std::uint32_t>(message_->kept().size());
}

Span Head::append(std::string_view text) {
  std::string& kept = trailers_ ? message_->trailer_bytes : message_->kept();
  const auto begin = static_cast<std::uint32_t>(kept.size());
  kept.append(text);
  return {begin, static_cast<std::uint32_t>(text.size())};
}

Refusal Head::take_pseudo(std::string_view name, std::string_view value) {
  if (trailers_ || fields_begun_) return Reject::bad_pseudo_field;
  const std::uint8_t which = name == ":method"      ? kMethod
                             : name == ":scheme"    ? kScheme
                             : name == ":authority" ? kAuthority
                             : name == ":path"      ? kPath
                             : name == ":protocol"  ? kProtocol
                                                    : 0;
  if (which == 0 || (seen_ & which) != 0 || (which == kProtocol && !tunnels_)) return Reject::bad_pseudo_field;
  seen_ |= which;
  switch (which) {
    case kMethod:
      method_ = append(value);
      message_->method = known_method(value);
      if (value.empty() || token_length(value) != value.size()) return Reject::bad_method;
      break;
    case kScheme:
      if (!is_scheme(value)) return Reject::bad_pseudo_field;
      break;
    case kAuthority: authority_ = append(value); break;
    case kProtocol: websocket_ = same_field_name(value, "websocket"); break;
    default: message_->target = append(value); break;
  }
  return {};
}

Refusal Head::judge_name(std::string_view name) const {
  if (name.empty()) return Reject::empty_field_name;
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::any_of(name.begin(), name.end(), is_upper)) return Reject::uppercase_field;
  if (token_length(name) == name.size()) return {};
  return std::any_of(name.begin(), name.end(), is_control) ? Reject::control_byte : Reject::bad_field_name;
}

Refusal Head::take_field(std::string_view name, std::string_view value) {
  if (++fields_ > config_.limit_request_fields) return Reject::too_many_fields;
  if (name.size() + value.size() + 2 > config_.limit_request_field_size) return Reject::long_field;
  if (const auto reason = judge_name(name)) return reason;
  if (!has_only_field_bytes(value)) return Reject::control_byte;
  if (!value.empty() && (is_blank(value.front()) || is_blank(value.back()))) return Reject::padded_field_value;
  if (is_connection_field(name)) return Reject::connection_field;
  if (name == "te" && !equals_ignoring_case(value, "trailers")) return Reject::connection_field;
  if (trailers_) {
    if (const auto reason = judge_trailer(name, config_)) return reason;
  } else if (name == "priority") {
    take_priority(value);
  }
  if (!message_) return {};
  const Span name_span = append(name);
  (trailers_ ? message_->trailers : message_->fields).push_back({name_span, append(value)});
  return {};
}

/// `u=5, i` (RFC 9218, 4). What is not understood is ignored.
void Head::take_priority(std::string_view value) {
  for_each_element(value, [&](std::string_view member) {
    if (member.size() == 3 && member.starts_with("u=") && member[2] >= '0' && member[2] <= '7')
      priority_.urgency = static_cast<std::uint8_t>(member[2] - '0');
    if (member == "i" || member == "i=?1") priority_.incremental = true;
    if (member == "i=?0") priority_.incremental = false;
  });
}

Refusal Head::judge_pseudo_fields() {
  const Message& message = *message_;
  const std::string_view method{message.bytes + method_.begin, method_.length};
  if ((seen_ & kMethod) == 0) return Reject::bad_pseudo_field;
  if (method == "CONNECT" && (seen_ & kProtocol) == 0) {
    const bool as_told = (seen_ & (kScheme | kPath)) == 0 && (seen_ & kAuthority) != 0;
    return as_told ? Reject::no_tunnel : Reject::bad_pseudo_field;
  }
  const std::string_view target = message.view(message.target);
  if ((seen_ & kScheme) == 0 || (seen_ & kPath) == 0 || target.empty()) return Reject::bad_pseudo_field;
  if (message.method.empty()) return Reject::unknown_method;
  if ((seen_ & kProtocol) != 0)
    if (const auto reason = judge_protocol(method)) return reason;
  if (method.size() + target.size() + kRequestLineOverhead > config_.limit_request_line)
    return Reject::long_request_line;
  const std::size_t good = target_bytes(target);
  if (good < target.size())
    return static_cast<unsigned char>(target[good]) >= 0x80 ? Reject::non_ascii_target : Reject::bad_target;
  // The absolute form is a matter of HTTP/1.1: here the authority has a field of its own.
  if (target != "*" && !target.starts_with('/')) return Reject::bad_target;
  return {};
}

/// RFC 8441, 4.
Refusal Head::judge_protocol(std::string_view method) {
  if (method != "CONNECT") return Reject::bad_pseudo_field;
  if (!websocket_) return Reject::no_tunnel;
  message_->method = known_method("GET");
  message_->framing = BodyFraming::kTunnel;
  return {};
}

/// For which host the request is: `:authority`, or Host where an intermediary has made it of HTTP/1.1.
Refusal Head::judge_host(const PolicyFindings& findings) {
  const std::string_view authority = message_->view(authority_);
  const bool named = (seen_ & kAuthority) != 0;
  if (!named) return findings.host ? std::nullopt : Refusal{Reject::missing_host};
  if (!is_valid_authority(authority)) return Reject::bad_host;
  if (findings.host && !same_field_name(message_->view(findings.host->value), authority))
    return Reject::contradicting_host;
  message_->authority = authority_;
  if (!findings.host) insert_host();
  return {};
}

/// Handlers find the host of every request under one name.
void Head::insert_host() {
  std::string& kept = message_->kept();
  const auto begin = static_cast<std::uint32_t>(kept.size());
  kept.append("host");
  show_bytes();
  message_->fields.insert(message_->fields.begin(), {{begin, 4}, authority_});
}

/// Clients may split the field for the sake of compression; it is one (RFC 9113, 8.2.3).
void Head::join_cookies() {
  const auto is_cookie = [&](const FieldSpan& field) { return message_->view(field.name) == "cookie"; };
  auto& fields = message_->fields;
  const auto first = std::find_if(fields.begin(), fields.end(), is_cookie);
  if (first == fields.end() || std::find_if(first + 1, fields.end(), is_cookie) == fields.end()) return;
  std::string joined;
  for (auto field = first; field != fields.end(); ++field)
    if (is_cookie(*field)) joined.append(joined.empty() ? "" : "; ").append(message_->view(field->value));
  fields.erase(std::remove_if(first + 1, fields.end(), is_cookie), fields.end());
  first->value = append(joined);
  show_bytes();
}

Refusal Head::finish(PolicyFindings& findings) {
  Message& message = *message_;
  message.protocol = base::Protocol::kHttp2;
  // A request of which one is missing is none that anybody could look at.
  if (reason_ && (seen_ & (kMethod | kPath)) != (kMethod | kPath)) {
    message.target = {};
    return reason_;
  }
  show_bytes();
  if (reason_) return reason_;
  if (const auto reason = judge_pseudo_fields()) return reason;
  join_cookies();
  NoFields own;
  if (const auto reason = judge_fields(message, config_, own, findings)) return reason;
  if (const auto reason = judge_host(findings)) return reason;
  return judge_target(message, config_, findings);
}

Refusal Head::finish_trailers() {
  if (reason_ || !message_) return reason_;
  message_->framing = BodyFraming::kChunked;
  map_trailers(*message_, config_);
  return {};
}

}  // namespace orrery::http::h2
