// Privileges: whom a worker runs as.
//
// The master resolves names once (before fork, where reading /etc/passwd is harmless) and stays what it is;
// the child calls become() and can never go back. Never called in the master's own process except to resolve
// and chown.
#pragma once

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

#include "orrery/result.hpp"

namespace orrery::os {

struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<gid_t> groups;  ///< supplementary groups
  bool change_user = false;   ///< a `user` was given
  std::string name;           ///< for sentences: "www-data:www-data"
};

/// Reads `user` and `group` (names or numbers; empty = as this process). Nothing when both are empty or name
/// what this process is already. Fails for unknown names, and when only root could do it and this process is
/// not.
Result<std::optional<Identity>> resolve_identity(const std::string& user, const std::string& group,
                                                 bool initgroups);

/// Child: takes the identity for good (groups, then all three gids, then all three uids, no_new_privs) and
/// proves that the old one cannot come back.
Result<void> become(const Identity& identity);

/// Gives `path` to the identity's user and group; a file that is not there is no error.
Result<void> give_file(const std::string& path, const Identity& identity);

}  // namespace orrery::os
