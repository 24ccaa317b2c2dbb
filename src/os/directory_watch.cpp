#include "os/directory_watch.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fmt/core.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

namespace orrery::os {

namespace {

using Kind = DirectoryWatch::Change::Kind;

constexpr std::uint32_t kWanted = IN_CREATE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

// Nobody closes a link: it is whole as it appears.
bool is_link(const std::string& path) {
  struct stat found {};
  return ::lstat(path.c_str(), &found) == 0 && (S_ISLNK(found.st_mode) || found.st_nlink > 1);
}

Kind kind_of(std::uint32_t mask, const std::string& path) {
  if ((mask & (IN_Q_OVERFLOW | IN_IGNORED | IN_DELETE_SELF | IN_MOVE_SELF | IN_ISDIR)) != 0) return Kind::kDirectory;
  if ((mask & (IN_CLOSE_WRITE | IN_MOVED_TO)) != 0) return Kind::kWhole;
  if ((mask & (IN_DELETE | IN_MOVED_FROM)) != 0) return Kind::kGone;
  return (mask & IN_CREATE) != 0 && is_link(path) ? Kind::kWhole : Kind::kBegun;
}

}  // namespace

Result<DirectoryWatch> DirectoryWatch::open() {
  base::UniqueFd fd{::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)};
  if (!fd) return fail(fmt::format("cannot watch files: {}", std::strerror(errno)));
  return DirectoryWatch{std::move(fd)};
}

bool DirectoryWatch::watch(const std::set<std::string>& directories) {
  for (auto at = watched_.begin(); at != watched_.end();) {
    if (directories.contains(at->first)) {
      ++at;
      continue;
    }
    ::inotify_rm_watch(fd_.get(), at->second);
    names_.erase(at->second);
    at = watched_.erase(at);
  }
  bool all = true;
  for (const std::string& directory : directories) {
    if (watched_.contains(directory)) continue;
    const int number = ::inotify_add_watch(fd_.get(), directory.c_str(), kWanted);
    all = all && number >= 0;
    // Two names of one directory have one number.
    if (number >= 0 && names_.emplace(number, directory).second) watched_.emplace(directory, number);
  }
  return all;
}

std::vector<DirectoryWatch::Change> DirectoryWatch::take() {
  std::vector<Change> changes;
  alignas(inotify_event) std::array<char, 16 * 1024> buffer{};
  for (;;) {
    const ssize_t got = ::read(fd_.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return changes;
    for (std::size_t at = 0; at < static_cast<std::size_t>(got);) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* const name = buffer.data() + at + sizeof event;
      at += sizeof event + event.len;
      const auto directory = names_.find(event.wd);
      std::string path = directory == names_.end() ? "" : directory->second;
      if (event.len > 0) path = path + '/' + name;
      const Kind kind = kind_of(event.mask, path);
      if (directory != names_.end() && (event.mask & (IN_IGNORED | IN_MOVE_SELF)) != 0) {
        if ((event.mask & IN_MOVE_SELF) != 0) ::inotify_rm_watch(fd_.get(), event.wd);
        watched_.erase(directory->second);
        names_.erase(directory);
      } else if (directory == names_.end() && (event.mask & IN_Q_OVERFLOW) == 0) {
        continue;  // of one that is not watched any more
      }
      if (!changes.empty() && changes.back().path == path && changes.back().kind == kind) continue;
      changes.push_back({std::move(path), kind});
    }
  }
}

}  // namespace orrery::os
