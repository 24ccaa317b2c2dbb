#include "os/would_open.hpp"

#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <optional>
#include <sys/stat.h>

#include "os/owned_file.hpp"
#include "os/pidfile.hpp"
#include "os/socket.hpp"

namespace orrery::os {

namespace {

Result<void> told(const std::string& path, int error) {
  switch (error) {
    case 0: return {};
    case ENOENT:
      return fail(fmt::format("the directory {} does not exist; make it, or give another path", directory_of(path)));
    case EISDIR: return fail(fmt::format("{} is a directory; give a file in it", path));
    case ENOTDIR: return fail(fmt::format("{} leads through something that is no directory", path));
    default: return fail(fmt::format("{} cannot be opened: {}", path, std::strerror(error)));
  }
}

Result<void> would_bind_path(const std::string& path, const std::optional<Identity>& owner) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) == 0 && !S_ISSOCK(there.st_mode))
    return fail(fmt::format("{} exists and is not a socket; remove it or give another path", path));
  int error = 0;
  {
    std::optional<ActingAs> acting;
    if (owner) acting.emplace(*owner);
    error = acting && !*acting ? EACCES : making_obstacle(path);
  }
  // Where the workers' user may not, the master makes it and gives it away.
  if (owner && (error == EACCES || error == EPERM)) error = making_obstacle(path);
  return told(path, error);
}

}  // namespace

Result<void> would_append(const std::string& path, const std::optional<Identity>& owner) {
  int error = 0;
  {
    std::optional<ActingAs> acting;
    if (owner) acting.emplace(*owner);
    if (acting && !*acting)
      return fail(fmt::format("cannot act as {}: CAP_SETUID and CAP_SETGID are needed", owner->name));
    error = writing_obstacle(path);
  }
  struct stat there {};
  const bool refused = owner && (error == EACCES || error == EPERM);
  if (!refused) return told(path, error);
  if (::lstat(path.c_str(), &there) != 0) return told(path, errno == ENOENT ? making_obstacle(path) : errno);
  if (would_open_log(path, owner)) return {};
  return fail(fmt::format("{} exists, and {} may not write it; give it to that user or remove it", path, owner->name));
}

Result<void> would_lock(const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) return told(path, errno == ENOENT ? making_obstacle(path) : errno);
  if (S_ISDIR(there.st_mode)) return told(path, EISDIR);
  if (const std::string why = Pidfile::objection(path); !why.empty()) return fail(path + " " + why);
  return told(path, writing_obstacle(path));
}

Result<void> would_bind(const base::BindTarget& target, const std::optional<Identity>& owner) {
  switch (target.kind) {
    case base::BindTarget::Kind::kTcp: return try_address(target);
    case base::BindTarget::Kind::kUnix:
      return target.is_abstract() ? Result<void>{} : would_bind_path(target.path, owner);
    case base::BindTarget::Kind::kInherited: return {};  // who starts the service gives it, not who checks it
  }
  return {};
}

}  // namespace orrery::os
