#include "http/policy.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstring>

#include "http/characters.hpp"
#include "http/forwarding.hpp"
#include "http/message.hpp"
#include "http/target.hpp"

namespace orrery::http {

using base::Protocol;
using base::Reject;
using Refusal = std::optional<Reject>;

namespace {

/// Fields seen so far that may come only once, or that others depend on.
struct Seen {
  FieldSpan* host = nullptr;
  bool content_length = false;
  bool content_type = false;
  bool transfer_encoding = false;
  bool chunked = false;         ///< a transfer coding, and as yet the last
  bool unknown_coding = false;  ///< a transfer coding of another name
  bool close = false;
  bool keep_alive = false;
};

Refusal take_host(Seen& seen, Message& message, FieldSpan& field) {
  if (seen.host) return Reject::repeated_host;
  seen.host = &field;
  message.authority = field.value;
  // An empty one says that the target has no authority (RFC 9112, 3.2).
  if (!is_valid_authority(message.view(field.value)) && field.value.length > 0) return Reject::bad_host;
  return {};
}

Refusal take_content_length(Seen& seen, Message& message, std::string_view value) {
  if (seen.content_length || value.find(',') != std::string_view::npos) return Reject::repeated_content_length;
  seen.content_length = true;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), message.content_length);
  if (error != std::errc{} || end != value.data() + value.size() || !is_digit(value.front())) {
    return Reject::bad_content_length;
  }
  return {};
}

/// Length of the blanks `text` begins with.
std::size_t blanks(std::string_view text) { return std::min(text.find_first_not_of(" \t"), text.size()); }

/// Length of the token, or of the quoted-string, that `text` begins with; 0 when it begins with neither.
std::size_t word_length(std::string_view text) {
  if (!text.starts_with('"')) return token_length(text);
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return 0;
}

/// Length of the transfer-parameters that `text` begins with (RFC 9112, 7); nothing when one is malformed.
std::optional<std::size_t> parameters_length(std::string_view text) {
  std::string_view left = text;
  const auto skip_blanks = [&] { left.remove_prefix(blanks(left)); };
  for (;;) {
    const std::string_view before = left;
    skip_blanks();
    if (!left.starts_with(';')) return text.size() - before.size();
    left.remove_prefix(1);
    skip_blanks();
    const std::size_t name = token_length(left);
    left.remove_prefix(name);
    skip_blanks();
    if (name == 0 || !left.starts_with('=')) return {};
    left.remove_prefix(1);
    skip_blanks();
    const std::size_t value = word_length(left);
    if (value == 0) return {};
    left.remove_prefix(value);
  }
}

/// One line of what may be several (RFC 9110, 5.3). Empty elements are refused: what frames a body is not guessed at.
[[gnu::noinline]] Refusal take_transfer_encoding(Seen& seen, std::string_view value) {
  seen.transfer_encoding = true;
  if (!seen.chunked && equals_ignoring_case(value, "chunked")) {
    seen.chunked = true;
    return {};
  }
  for (;;) {
    value.remove_prefix(blanks(value));
    const std::string_view name = value.substr(0, token_length(value));
    const auto parameters = parameters_length(value.substr(name.size()));
    const bool chunked = equals_ignoring_case(name, "chunked");
    // `chunked` before another, twice or with parameters is a framing trick.
    if (name.empty() || !parameters || seen.chunked || (chunked && *parameters > 0)) return Reject::bad_transfer_coding;
    (chunked ? seen.chunked : seen.unknown_coding) = true;
    value.remove_prefix(name.size() + *parameters);
    value.remove_prefix(blanks(value));
    if (value.empty()) return {};
    if (value.front() != ',') return Reject::bad_transfer_coding;
    value.remove_prefix(1);
  }
}

void take_connection(Seen& seen, std::string_view value) {
  for_each_element(value, [&](std::string_view option) {
    seen.close = seen.close || equals_ignoring_case(option, "close");
    seen.keep_alive = seen.keep_alive || equals_ignoring_case(option, "keep-alive");
  });
}

Refusal take_content_type(Seen& seen) {
  if (seen.content_type) return Reject::repeated_content_type;
  seen.content_type = true;
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
[[gnu::noinline]] void take_request_id(PolicyFindings& findings, std::string_view value) {
  const bool first = findings.request_id.data() == nullptr;
  findings.request_id = first || findings.request_id == value ? value : std::string_view{""};
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

Refusal take_field(Seen& seen, Message& message, PolicyFindings& findings, FieldSpan& span) {
  const std::string_view name = message.view(span.name);
  const std::string_view value = message.view(span.value);
  findings.name_lengths |= length_bit(name.size());
  switch (name.size()) {
    case 4:
      if (equals_ignoring_case(name, "host")) return take_host(seen, message, span);
      break;
    case 6:
      if (equals_ignoring_case(name, "accept")) take_accept(message, span.value);
      if (equals_ignoring_case(name, "expect")) return take_expect(message, value);
      break;
    case 10:
      if (equals_ignoring_case(name, "connection")) take_connection(seen, value);
      break;
    case 12:
      if (equals_ignoring_case(name, "content-type")) return take_content_type(seen);
      if (equals_ignoring_case(name, "x-request-id")) take_request_id(findings, value);
      break;
    case 14:
      if (equals_ignoring_case(name, "content-length")) return take_content_length(seen, message, value);
      break;
    case 17:
      if (equals_ignoring_case(name, "transfer-encoding")) return take_transfer_encoding(seen, value);
      break;
    default: break;
  }
  return {};
}

Refusal settle_framing(const Seen& seen, Message& message) {
  if (seen.transfer_encoding) {
    if (seen.content_length) return Reject::length_with_coding;
    if (message.protocol == Protocol::kHttp10) return Reject::coding_on_1_0;
    if (seen.unknown_coding) return Reject::unknown_transfer_coding;
    message.framing = BodyFraming::kChunked;
  } else if (message.content_length > 0) {
    message.framing = BodyFraming::kLength;
  }
  if (message.framing == BodyFraming::kNone) message.expects_continue = false;
  return {};
}

/// Where the query could have that many at all.
bool has_more_parameters(std::string_view query, std::uint64_t most) {
  if (query.size() <= (most == 0 ? 0 : most - 1)) return false;
  return most == 0 || static_cast<std::uint64_t>(std::count(query.begin(), query.end(), '&')) >= most;
}

/// The target's own host wins over Host (RFC 9112, 3.2.2), for every reader.
void settle_authority(const Seen& seen, Message& message, std::string_view authority) {
  message.authority = {static_cast<std::uint32_t>(authority.data() - message.bytes),
                       static_cast<std::uint32_t>(authority.size())};
  if (seen.host) seen.host->value = message.authority;
}

Refusal settle_target(const Seen& seen, Message& message, const Config& config) {
  const std::string_view target = message.view(message.target);
  if (message.method == "CONNECT") return Reject::no_tunnel;
  const auto parts = split_target(target);
  if (!parts) return Reject::bad_target;
  if (parts->path == "*" && message.method != "OPTIONS") return Reject::asterisk_target;
  if (!parts->authority.empty()) settle_authority(seen, message, parts->authority);
  message.query = {};
  if (!parts->query.empty()) {
    if (has_more_parameters(parts->query, config.limit_request_parameters)) return Reject::too_many_parameters;
    message.query = {static_cast<std::uint32_t>(parts->query.data() - message.bytes),
                     static_cast<std::uint32_t>(parts->query.size())};
  }
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

/// RFC 9110, 6.5.1: fields that frame, route, authenticate or are needed before the body, in alphabetical order.
constexpr std::array<std::string_view, 24> kNeverTrailers{"authorization",
                                                          "cache-control",
                                                          "connection",
                                                          "content-encoding",
                                                          "content-length",
                                                          "content-range",
                                                          "content-type",
                                                          "cookie",
                                                          "expect",
                                                          "forwarded",
                                                          "host",
                                                          "if-match",
                                                          "if-modified-since",
                                                          "if-none-match",
                                                          "if-range",
                                                          "if-unmodified-since",
                                                          "keep-alive",
                                                          "max-forwards",
                                                          "proxy-authorization",
                                                          "range",
                                                          "te",
                                                          "trailer",
                                                          "transfer-encoding",
                                                          "upgrade"};

}  // namespace

Refusal apply_policy(Message& message, const Config& config, PolicyFindings& findings) {
  Seen seen;
  if (const auto reason = map_underscores(message, config.header_map)) return reason;
  for (FieldSpan& field : message.fields) {
    if (const auto reason = take_field(seen, message, findings, field)) return reason;
  }
  if (!seen.host && message.protocol != Protocol::kHttp10) return Reject::missing_host;
  if (const auto reason = settle_framing(seen, message)) return reason;
  message.keep_alive = !seen.close && (message.protocol != Protocol::kHttp10 || seen.keep_alive);
  return settle_target(seen, message, config);
}

Refusal judge_trailer(std::string_view name, const Config& config) {
  if (config.header_map == HeaderMap::kRefuse && has_underscore(name)) return Reject::underscore_field;
  const bool banned = std::any_of(kNeverTrailers.begin(), kNeverTrailers.end(),
                                  [&](std::string_view never) { return equals_ignoring_case(name, never); });
  return banned ? Refusal{Reject::forbidden_trailer} : Refusal{};
}

void map_trailers(Message& message, const Config& config) {
  if (config.header_map != HeaderMap::kDrop) return;
  std::erase_if(message.trailers, [&](const FieldSpan& field) { return has_underscore(message.trailer(field).name); });
}

}  // namespace orrery::http
