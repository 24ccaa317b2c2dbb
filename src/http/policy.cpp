#include "http/policy.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "http/characters.hpp"
#include "http/message.hpp"
#include "http/sendable.hpp"
#include "http/target.hpp"

namespace orrery::http {

using base::Protocol;
using base::Reject;
using Refusal = std::optional<Reject>;

namespace {

Refusal take_host(PolicyFindings& findings, Message& message, FieldSpan& field) {
  if (findings.host) return Reject::repeated_host;
  findings.host = &field;
  message.authority = field.value;
  // An empty one says that the target has no authority (RFC 9112, 3.2).
  if (!is_valid_authority(message.view(field.value)) && field.value.length > 0) return Reject::bad_host;
  return {};
}

Refusal take_content_length(PolicyFindings& findings, Message& message, std::string_view value) {
  if (findings.content_length || value.find(',') != std::string_view::npos) return Reject::repeated_content_length;
  findings.content_length = true;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), message.content_length);
  if (error != std::errc{} || end != value.data() + value.size() || !is_digit(value.front())) {
    return Reject::bad_content_length;
  }
  return {};
}

Refusal take_content_type(PolicyFindings& findings) {
  if (findings.content_type) return Reject::repeated_content_type;
  findings.content_type = true;
  return {};
}

[[gnu::noinline]] Refusal take_expect(Message& message, std::string_view value) {
  bool other = false;
  for_each_element(value, [&](std::string_view expectation) {
    const bool ours = equals_ignoring_case(expectation, "100-continue");
    message.expects_continue = message.expects_continue || (ours && message.protocol != Protocol::kHttp10);
    other = other || !ours;
  });
  return other ? Refusal{Reject::bad_expectation} : Refusal{};
}

void take_accept(Message& message, Span value) {
  if (value.length == 0) return;
  if (message.accept.length > 0) return message.join_accept(message.view(value));
  message.accept = value;
}

/// Two that differ name nothing: none of them is kept.
[[gnu::noinline]] void take_name(const Message& message, Span& found, Span value) {
  // No value stands where the request line begins.
  const bool first = found.begin == 0;
  found = first || message.view(found) == message.view(value) ? value : Span{value.begin, 0};
}

bool has_underscore(std::string_view name) { return name.find('_') != std::string_view::npos; }

/// Few heads have an underscore at all, and then mostly not in a name.
Refusal map_underscores(Message& message, HeaderMap map) {
  if (map == HeaderMap::kDangerous || message.fields.empty()) return {};
  const char* const names = message.bytes + message.fields.front().name.begin;
  const char* const end = message.bytes + message.head_length;
  if (std::memchr(names, '_', static_cast<std::size_t>(end - names)) == nullptr) return {};
  const auto concerned = [&](const FieldSpan& field) { return has_underscore(message.view(field.name)); };
  if (map == HeaderMap::kDrop) {
    std::erase_if(message.fields, concerned);
    return {};
  }
  const bool any = std::any_of(message.fields.begin(), message.fields.end(), concerned);
  return any ? Refusal{Reject::underscore_field} : Refusal{};
}

Refusal take_field(Message& message, OwnFields& own, PolicyFindings& findings, FieldSpan& span) {
  const std::string_view name = message.view(span.name);
  const std::string_view value = message.view(span.value);
  const std::uint64_t length = length_bit(name.size());
  findings.name_lengths |= length;
  if (own.may_concern(length)) return own.judge(name, value);
  switch (name.size()) {
    case 4:
      if (equals_ignoring_case(name, "host")) return take_host(findings, message, span);
      break;
    case 6:
      if (equals_ignoring_case(name, "accept")) take_accept(message, span.value);
      if (equals_ignoring_case(name, "expect")) return take_expect(message, value);
      break;
    case 11:
      if (equals_ignoring_case(name, "traceparent")) take_name(message, findings.traceparent, span.value);
      break;
    case 12:
      if (equals_ignoring_case(name, "content-type")) return take_content_type(findings);
      if (equals_ignoring_case(name, "x-request-id")) take_name(message, findings.request_id, span.value);
      break;
    case 14:
      if (equals_ignoring_case(name, "content-length")) return take_content_length(findings, message, value);
      break;
    default: break;
  }
  return {};
}

/// Where the query could have that many at all.
bool has_more_parameters(std::string_view query, std::uint64_t most) {
  if (query.size() <= (most == 0 ? 0 : most - 1)) return false;
  return most == 0 || static_cast<std::uint64_t>(std::count(query.begin(), query.end(), '&')) >= most;
}

Refusal take_query(Message& message, const Config& config, std::string_view query) {
  if (query.empty()) return {};
  if (has_more_parameters(query, config.limit_request_parameters)) return Reject::too_many_parameters;
  message.query = {static_cast<std::uint32_t>(query.data() - message.bytes), static_cast<std::uint32_t>(query.size())};
  return {};
}

/// Where the target is a path with neither an escape nor a dot, and perhaps a query behind it: the length of the path.
/// Else 0. Most targets are.
std::size_t plain_path_length(std::string_view target) {
  if (!target.starts_with('/')) return 0;
  const std::size_t length = sixteen::walk(
      target, [](sixteen::Block bytes) { return (bytes == '%') | (bytes == '.') | (bytes == '?'); },
      [](char c) { return c == '%' || c == '.' || c == '?'; });
  return length == target.size() || target[length] == '?' ? length : 0;
}

/// The target's own host wins over Host (RFC 9112, 3.2.2), for every reader.
void take_authority(const PolicyFindings& findings, Message& message, std::string_view authority) {
  message.authority = {static_cast<std::uint32_t>(authority.data() - message.bytes),
                       static_cast<std::uint32_t>(authority.size())};
  if (findings.host) findings.host->value = message.authority;
}

}  // namespace

Refusal judge_fields(Message& message, const Config& config, OwnFields& own, PolicyFindings& findings) {
  if (const auto reason = map_underscores(message, config.header_map)) return reason;
  for (FieldSpan& field : message.fields) {
    if (const auto reason = take_field(message, own, findings, field)) return reason;
  }
  return {};
}

Refusal judge_target(Message& message, const Config& config, const PolicyFindings& findings) {
  const std::string_view target = message.view(message.target);
  if (message.method == "CONNECT") return Reject::no_tunnel;
  message.query = {};
  if (const std::size_t length = plain_path_length(target); length > 0) {
    message.path_is_raw = true;
    message.path_part = {message.target.begin, static_cast<std::uint32_t>(length)};
    return length == target.size() ? Refusal{} : take_query(message, config, target.substr(length + 1));
  }
  const auto parts = split_target(target);
  if (!parts) return Reject::bad_target;
  if (parts->path == "*" && message.method != "OPTIONS") return Reject::asterisk_target;
  if (!parts->authority.empty()) take_authority(findings, message, parts->authority);
  if (const auto reason = take_query(message, config, parts->query)) return reason;
  const bool inside = parts->path.data() >= target.data() && parts->path.data() < target.data() + target.size();
  message.path_is_raw = inside && is_plain_path(parts->path);
  if (message.path_is_raw) {
    message.path_part = {static_cast<std::uint32_t>(parts->path.data() - message.bytes),
                         static_cast<std::uint32_t>(parts->path.size())};
    return {};
  }
  const auto reason = normalize_path(parts->path, config.encoded_slash, message.normal_path);
  if (!reason) message.path_part = {0, static_cast<std::uint32_t>(message.normal_path.text.size())};
  return reason;
}

Refusal judge_trailer(std::string_view name, const Config& config) {
  if (config.header_map == HeaderMap::kRefuse && has_underscore(name)) return Reject::underscore_field;
  return is_never_trailer(name) ? Refusal{Reject::forbidden_trailer} : Refusal{};
}

void map_trailers(Message& message, const Config& config) {
  if (config.header_map != HeaderMap::kDrop) return;
  std::erase_if(message.trailers, [&](const FieldSpan& field) { return has_underscore(message.trailer(field).name); });
}

}  // namespace orrery::http
