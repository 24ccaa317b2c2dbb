// Role: what a child of the master is there for.
//
// Named by the master when it forks, and written in the child's slot of the scoreboard, where every process of the
// service can read it. Only workers take connections of the service; a child of another role lives beside them, and
// there is one of each at most.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orrery::os {

enum class Role : std::uint8_t {
  kWorker,   ///< one of those that serve
  kAdmin,    ///< tells everything of the service, and serves nothing of it
  kMonitor,  ///< tells only how the service is
};
/// Roles that are not kWorker.
inline constexpr std::size_t kOtherRoles = 2;

/// As logs and settings call it.
constexpr std::string_view word_of(Role role) {
  switch (role) {
    case Role::kWorker: return "worker";
    case Role::kAdmin: return "admin";
    case Role::kMonitor: return "monitor";
  }
  return "";
}
/// Of a child that lives beside the workers.
constexpr std::optional<Role> role_beside(std::string_view name) {
  for (const Role role : {Role::kAdmin, Role::kMonitor})
    if (word_of(role) == name) return role;
  return std::nullopt;
}

}  // namespace orrery::os
