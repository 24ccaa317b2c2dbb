#include "os/would_open.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include "base/unique_fd.hpp"
#include "os/owned_file.hpp"
#include "os/socket.hpp"

namespace orrery::os {

namespace {

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

bool allowed(const std::string& path, int rights) {
  return ::faccessat(AT_FDCWD, path.c_str(), rights, AT_EACCESS) == 0;
}

/// 0, or why a file may not be made beside others.
int making_obstacle(const std::string& path) { return allowed(directory_of(path), W_OK | X_OK) ? 0 : errno; }

/// 0, or why what is at `path` may not be opened for `rights`, or made where nothing is.
int opening_obstacle(const std::string& path, int rights) {
  struct stat there {};
  if (::stat(path.c_str(), &there) != 0) return errno == ENOENT ? making_obstacle(path) : errno;
  if (S_ISDIR(there.st_mode)) return EISDIR;
  return allowed(path, rights) ? 0 : errno;
}

Result<void> told(const std::string& path, int error) {
  switch (error) {
    case 0: return {};
    case ENOENT:
      return fail(
          fmt::format("the directory {} does not exist; make it, or give another path", directory_of(path)));
    case EISDIR: return fail(fmt::format("{} is a directory; give a file in it", path));
    case ENOTDIR: return fail(fmt::format("{} leads through something that is no directory", path));
    default: return fail(fmt::format("{} cannot be opened: {}", path, std::strerror(error)));
  }
}

bool is_pid(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ' || text.back() == '\0'))
    text.remove_suffix(1);
  while (!text.empty() && text.front() == '\0') text.remove_prefix(1);
  return text.size() <= 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
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
    error = opening_obstacle(path, W_OK);
  }
  struct stat there {};
  const bool refused = owner && (error == EACCES || error == EPERM);
  if (!refused) return told(path, error);
  if (::lstat(path.c_str(), &there) != 0) return told(path, errno == ENOENT ? making_obstacle(path) : errno);
  if (would_open_log(path, owner)) return {};
  return fail(fmt::format("{} exists, and {} may not write it; give it to that user or remove it", path,
                          owner->name));
}

Result<void> would_lock(const std::string& path) {
  struct stat there {};
  if (::lstat(path.c_str(), &there) != 0) return told(path, errno == ENOENT ? making_obstacle(path) : errno);
  if (S_ISLNK(there.st_mode)) return fail(fmt::format("{} is a link; name the file itself", path));
  if (S_ISDIR(there.st_mode)) return told(path, EISDIR);
  if (!S_ISREG(there.st_mode)) return fail(fmt::format("{} is no regular file; give another path", path));
  const base::UniqueFd file{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)};
  if (!file || !allowed(path, W_OK)) return told(path, errno);
  std::array<char, 64> text{};
  const ssize_t got = ::read(file.get(), text.data(), text.size());
  if (got >= 0 && is_pid({text.data(), static_cast<std::size_t>(got)})) return {};
  return fail(fmt::format("{} exists and holds no pid; remove it or give another path", path));
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
