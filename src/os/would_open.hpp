// WouldOpen: whether the master could open, make or bind what a configuration names, told without doing it.
//
// For --check-config only, in a process of its own that ends afterwards. Asks the kernel as the user that
// will open the thing, and makes, changes and removes nothing. A port is bound for a moment and never
// listened on: who has it already notices nothing, and that somebody has it is no fault, since a service that
// runs is checked like this. Errors are the reason alone.
#pragma once

#include <optional>
#include <string>

#include "orrery/result.hpp"

#include "base/bind.hpp"
#include "os/privileges.hpp"

namespace orrery::os {

/// To append to a log that `owner` owns, or to make it.
Result<void> would_append(const std::string& path, const std::optional<Identity>& owner);

/// As the pid file of this process.
Result<void> would_lock(const std::string& path);

/// A TCP address, or the file of a unix socket that `owner` owns.
Result<void> would_bind(const base::BindTarget& target, const std::optional<Identity>& owner);

}  // namespace orrery::os
