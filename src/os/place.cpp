#include "os/place.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <deque>
#include <fmt/core.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <utility>

namespace orrery::os {

namespace {

constexpr int kMostLinks = 40;  // as the kernel
constexpr int kDirectory = O_PATH | O_DIRECTORY | O_CLOEXEC;

std::string link_target(int directory, const char* name) {
  std::array<char, PATH_MAX> text{};
  const ssize_t length = ::readlinkat(directory, name, text.data(), text.size());
  return length > 0 ? std::string(text.data(), static_cast<std::size_t>(length)) : std::string{};
}

/// Nobody but root can have put `link` into `directory`.
bool only_root_laid(const struct stat& link, const struct stat& directory) {
  if (link.st_uid != 0 || directory.st_uid != 0) return false;
  const bool others_write = (directory.st_mode & S_IWOTH) != 0;
  // In a sticky directory others cannot replace it, but can make a second name there for a link of root's
  // from elsewhere.
  return !others_write || ((directory.st_mode & S_ISVTX) != 0 && link.st_nlink == 1);
}

/// One way from directory to directory.
class Walk {
 public:
  explicit Walk(std::string path) : path_(std::move(path)) {}

  Result<Place> to_the_last_name(Place (*make)(base::UniqueFd, std::string)) {
    if (path_.ends_with('/')) return stopped(EISDIR);
    if (!ahead(path_)) return stopped(errno);
    while (left_.size() > 1) {
      const std::string name = left_.front();
      left_.pop_front();
      if (const auto entered = enter(name); !entered) return fail(entered);
    }
    const std::string last = left_.empty() ? "" : left_.front();
    if (last.empty()) return stopped(ENOENT);
    if (last == "." || last == "..") return stopped(EISDIR);
    return make(std::move(at_), last);
  }

 private:
  /// Puts the names of `path` before what is left, and begins anew where it begins.
  bool ahead(const std::string& path) {
    auto position = left_.begin();
    for (std::size_t begin = 0; begin < path.size();) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      if (end > begin) position = left_.insert(position, path.substr(begin, end - begin)) + 1;
      begin = end + 1;
    }
    if (at_ && !path.starts_with('/')) return true;
    at_.reset(::open(path.starts_with('/') ? "/" : ".", kDirectory));
    return static_cast<bool>(at_);
  }

  Result<void> enter(const std::string& name) {
    struct statfs about {};
    // The links of proc are the kernel's own; what their text says need not exist.
    const bool proc = ::fstatfs(at_.get(), &about) == 0 && about.f_type == PROC_SUPER_MAGIC;
    base::UniqueFd next{::openat(at_.get(), name.c_str(), proc ? kDirectory : O_PATH | O_NOFOLLOW | O_CLOEXEC)};
    struct stat found {};
    struct stat directory {};
    if (!next || ::fstat(next.get(), &found) != 0 || ::fstat(at_.get(), &directory) != 0) return stopped(errno);
    if (S_ISDIR(found.st_mode)) {
      at_ = std::move(next);
      return {};
    }
    if (!S_ISLNK(found.st_mode)) return stopped(ENOTDIR);
    if (!only_root_laid(found, directory)) {
      return fail(fmt::format(
          "root does not follow the link `{}` on the way there, which others than root may have laid; write "
          "the path without it",
          name));
    }
    const std::string target = link_target(next.get(), "");
    if (target.empty() || ++links_ > kMostLinks) return stopped(ELOOP);
    return ahead(target) ? Result<void>{} : stopped(errno);
  }

  static tl::unexpected<Error> stopped(int error) { return fail(std::strerror(error)); }

  std::string path_;
  std::deque<std::string> left_;
  base::UniqueFd at_;
  int links_ = 0;
};

}  // namespace

Result<Place> Place::find(const std::string& path) {
  if (::geteuid() != 0) return Place{{}, path};
  return Walk{path}.to_the_last_name([](base::UniqueFd directory, std::string name) {
    return Place{std::move(directory), std::move(name)};
  });
}

std::optional<struct stat> Place::look() const {
  struct stat found {};
  if (::fstatat(directory(), name(), &found, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
  return found;
}

std::string Place::target() const { return link_target(directory(), name()); }

}  // namespace orrery::os
