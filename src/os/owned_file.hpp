// Owned files: logs and socket files that the workers' user owns, though the master that makes them may be
// root.
//
// The rule: what a path leads to is decided by every user that may write in a directory on its way, and that may be
// the workers' user. So root changes and gives away nothing that it finds there. It asks the kernel as that
// user first (ActingAs): then a link, a FIFO, a device or another's file leads that user nowhere it could not
// go alone. Only where that user may not does root open what is root's own or that user's own, looked at
// (fstat) and with one name, or make a file: anew (O_EXCL), in a Place that no link of others leads to, and
// gives that very file away by its descriptor. Master only. Workers open their logs with
// base::open_to_append, as the user they are. Without a `user` both are the same.
#pragma once

#include <optional>
#include <string>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"
#include "os/privileges.hpp"

namespace orrery::os {

/// The part of a path in front of the file's name.
std::string directory_of(const std::string& path);
/// 0, or as errno why this process (or the user it acts as) may not make a file at `path` beside others.
int making_obstacle(const std::string& path);
/// The same for writing to what is there, or making it. Both make and open nothing.
int writing_obstacle(const std::string& path);

struct OwnedFile {
  base::UniqueFd fd;
  bool reopens = true;  ///< the owner's processes can open it by its path too
};

/// Opens `path` to append to it, and makes it where it is not. Without an owner: with the rights of this
/// process. The error is the reason alone.
Result<OwnedFile> open_log(const std::string& path, const std::optional<Identity>& owner);

/// Whether open_log() would succeed; makes and opens nothing.
Result<void> would_open_log(const std::string& path, const std::optional<Identity>& owner);

/// Gives the socket file that root has bound at `path` to `owner`; refuses anything else that lies
/// there.
Result<void> give_socket(const std::string& path, const Identity& owner);

}  // namespace orrery::os
