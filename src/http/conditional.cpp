#include "orrery/conditional.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/characters.hpp"

namespace orrery {

namespace {

enum class Comparison : std::uint8_t { kStrong, kWeak };

bool is_weak(std::string_view tag) { return tag.starts_with("W/"); }
std::string_view opaque(std::string_view tag) { return is_weak(tag) ? tag.substr(2) : tag; }

/// 8.8.3.2
bool matches(std::string_view one, std::string_view other, Comparison comparison) {
  if (comparison == Comparison::kStrong && (is_weak(one) || is_weak(other))) return false;
  return opaque(one) == opaque(other);
}

/// The next member of a list of entity tags, which may have commas inside their quotes; empty at the end.
std::string_view take_member(std::string_view& list) {
  list.remove_prefix(std::min(list.find_first_not_of(" \t,"), list.size()));
  std::size_t end = is_weak(list) ? 2 : 0;
  if (end < list.size() && list[end] == '"') end = std::min(list.find('"', end + 1), list.size() - 1) + 1;
  end = std::min(list.find_first_of(" \t,", end), list.size());
  const std::string_view member = list.substr(0, end);
  list.remove_prefix(end);
  return member;
}

bool names(std::string_view list, std::string_view tag, Comparison comparison) {
  for (std::string_view member = take_member(list); !member.empty(); member = take_member(list))
    if (member == "*" || (!tag.empty() && matches(member, tag, comparison))) return true;
  return false;
}

/// Whether any field of this name names `tag`.
bool any_names(const Request& request, std::string_view name, std::string_view tag, Comparison comparison) {
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const Field field = request.field_at(i);
    if (http::same_field_name(field.name, name) && names(field.value, tag, comparison)) return true;
  }
  return false;
}

std::optional<HttpTime> time_in(const Request& request, std::string_view name) {
  const auto value = request.field(name);
  return value ? read_http_date(*value) : std::nullopt;
}

bool was_changed_since(const Request& request, std::string_view name, const std::optional<HttpTime>& last_modified,
                       bool otherwise) {
  const auto since = last_modified ? time_in(request, name) : std::nullopt;
  return since ? *last_modified > *since : otherwise;
}

/// 15.4.5: what would guide a cache, and nothing that tells of a body.
bool stays_when_not_modified(std::string_view name, bool has_tag) {
  if (http::equals_ignoring_case(name.substr(0, 8), "content-"))
    return http::equals_ignoring_case(name, "content-location");
  return !(has_tag && http::equals_ignoring_case(name, "last-modified"));
}

Response not_modified(const Response& response, bool has_tag) {
  Response answer = Response::status(304);
  for (const auto& [name, value] : response.fields())
    if (stays_when_not_modified(name, has_tag)) answer.add_field(name, value);
  if (response.fixed_fields()) return std::move(answer).with_fixed_fields(*response.fixed_fields());
  return answer;
}

Response precondition_failed(const Response& response) {
  Response answer =
      Response::text("the condition of this request is not met: what it asks for has another state\n").with_status(412);
  if (const auto vary = response.field("vary")) answer.add_field("Vary", std::string{*vary});
  if (response.fixed_fields()) return std::move(answer).with_fixed_fields(*response.fixed_fields());
  return answer;
}

bool may_be_tagged(const Response& response) {
  if (response.is_stream() || response.file_part()) return false;
  const auto control = response.field("cache-control");
  bool kept = true;
  if (control)
    http::for_each_element(*control,
                           [&](std::string_view one) { kept = kept && !http::equals_ignoring_case(one, "no-store"); });
  return kept;
}

/// FNV-1a.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

Precondition evaluate(const Request& request, const Validators& validators) noexcept {
  if (request.field("if-match")) {
    if (!any_names(request, "if-match", validators.entity_tag, Comparison::kStrong)) return Precondition::kFailed;
  } else if (was_changed_since(request, "if-unmodified-since", validators.last_modified, false)) {
    return Precondition::kFailed;
  }
  const bool tagged = !validators.entity_tag.empty();
  // Where it stands, and even if nothing comes of it, the client's time does not count.
  if ((tagged || validators.last_modified) && request.field("if-none-match")) {
    const bool known = tagged && any_names(request, "if-none-match", validators.entity_tag, Comparison::kWeak);
    return known ? Precondition::kNotModified : Precondition::kMet;
  }
  return was_changed_since(request, "if-modified-since", validators.last_modified, true) ? Precondition::kMet
                                                                                         : Precondition::kNotModified;
}

bool range_holds(const Request& request, const Validators& validators) noexcept {
  const auto condition = request.field("if-range");
  if (!condition) return true;
  if (condition->starts_with('"') || is_weak(*condition))
    return !validators.entity_tag.empty() && matches(*condition, validators.entity_tag, Comparison::kStrong);
  return validators.last_modified && read_http_date(*condition) == validators.last_modified;
}

std::string entity_tag(std::string_view bytes) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string tag(18, '"');
  std::uint64_t hash = hash_of(bytes);
  for (std::size_t i = 16; i > 0; --i, hash >>= 4) tag[i] = kHex[hash & 15];
  return tag;
}

void make_conditional(const Request& request, Response& response) {
  if (response.status() != 200 || (request.method() != "GET" && request.method() != "HEAD")) return;
  if (!response.field("etag") && may_be_tagged(response)) response.add_field("ETag", entity_tag(response.body()));
  const auto tag = response.field("etag");
  const auto modified = response.field("last-modified");
  const Validators validators{tag.value_or(std::string_view{}), modified ? read_http_date(*modified) : std::nullopt};
  switch (evaluate(request, validators)) {
    case Precondition::kMet: return;
    case Precondition::kNotModified: response = not_modified(response, tag.has_value()); return;
    case Precondition::kFailed: response = precondition_failed(response); return;
  }
}

}  // namespace orrery
