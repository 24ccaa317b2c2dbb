// Privileges: whom a worker runs as.
//
// The master resolves names once (before fork, where reading /etc/passwd is harmless) and stays what it is;
// the child calls become() and can never go back. In the master's own process only to resolve, and to act for
// a moment with that user's rights and no more (ActingAs).
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
Result<std::optional<Identity>> resolve_identity(const std::string& user, const std::string& group, bool initgroups);

/// Child: takes the identity for good (groups, then all three gids, then all three uids, no_new_privs) and
/// proves that the old one cannot come back.
Result<void> become(const Identity& identity);

/// For as long as it lives the kernel judges what this process does with files as if the workers' user did
/// it. Master only, which has one thread; that user can neither signal nor trace it meanwhile, since the real
/// and the saved user stay.
class ActingAs {
 public:
  explicit ActingAs(const Identity& identity);
  ~ActingAs();
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

  /// False: the kernel did not let this process act so, and it acts as before.
  explicit operator bool() const { return acting_; }

 private:
  uid_t former_uid_;
  gid_t former_gid_;
  std::vector<gid_t> former_groups_;
  int dumpable_ = 0;
  bool acting_ = false;
};

}  // namespace orrery::os
