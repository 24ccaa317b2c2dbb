#include "planets/preconditions.hpp"

#include <algorithm>

namespace orrery::planets {

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

bool is_named(const Field& field, std::string_view name) {
  return std::equal(name.begin(), name.end(), field.name.begin(), field.name.end(),
                    [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
}

/// Whether any field of this name names `tag`.
bool any_names(const Request& request, std::string_view name, std::string_view tag, Comparison comparison) {
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const Field field = request.field_at(i);
    if (is_named(field, name) && names(field.value, tag, comparison)) return true;
  }
  return false;
}

}  // namespace

Precondition evaluate(const Request& request, std::string_view tag) noexcept {
  if (request.field("if-match") && !any_names(request, "if-match", tag, Comparison::kStrong))
    return Precondition::kFailed;
  if (!tag.empty() && request.field("if-none-match") && any_names(request, "if-none-match", tag, Comparison::kWeak))
    return Precondition::kNotModified;
  return Precondition::kMet;
}

}  // namespace orrery::planets
