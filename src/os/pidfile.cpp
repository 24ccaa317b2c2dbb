#include "os/pidfile.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace orrery::os {

namespace {

constexpr mode_t kMode = 0644;

std::string read_start(int fd) {
  std::array<char, 32> text{};
  const ssize_t got = ::pread(fd, text.data(), text.size(), 0);
  std::string start(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  while (!start.empty() && (start.back() == '\n' || start.back() == ' ')) start.pop_back();
  return start;
}

bool is_pid(const std::string& text) {
  return text.size() <= 10 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool same_file(int fd, const std::string& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(fd, &open) == 0 && ::stat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
         open.st_dev == named.st_dev;
}

std::string absolute(const std::string& path) {
  std::error_code error;
  const auto result = std::filesystem::absolute(path, error);
  return error ? path : result.string();
}

}  // namespace

Result<Pidfile> Pidfile::lock(const std::string& given) {
  const std::string path = absolute(given);
  for (;;) {
    base::UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, kMode)};
    if (!fd) return fail(fmt::format("cannot open pidfile {}: {}", path, std::strerror(errno)));
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
      if (errno != EWOULDBLOCK)
        return fail(fmt::format("cannot lock pidfile {}: {}", path, std::strerror(errno)));
      const std::string holder = read_start(fd.get());
      if (holder.empty()) return fail(fmt::format("another master is just starting (pidfile {})", path));
      return fail(fmt::format("another master runs with pid {} (pidfile {})", holder, path));
    }
    // The former holder may have unlinked the file between our open and our lock: then we locked a name
    // nobody sees.
    if (!same_file(fd.get(), path)) continue;
    if (const std::string held = read_start(fd.get()); !is_pid(held)) {
      return fail(fmt::format("pidfile {} exists and holds no pid; remove it or choose another path", path));
    }
    return Pidfile{path, std::move(fd)};
  }
}

Result<void> Pidfile::write() {
  const std::string text = fmt::format("{}\n", ::getpid());
  const bool done = ::fchmod(fd_.get(), kMode) == 0 && ::ftruncate(fd_.get(), 0) == 0 &&
                    ::pwrite(fd_.get(), text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
  if (!done) return fail(fmt::format("cannot write pidfile {}: {}", path_, std::strerror(errno)));
  return {};
}

Result<void> Pidfile::rename(const std::string& given) {
  const std::string path = absolute(given);
  if (::rename(path_.c_str(), path.c_str()) != 0)
    return fail(fmt::format("cannot rename pidfile {} to {}: {}", path_, path, std::strerror(errno)));
  path_ = path;
  return {};
}

void Pidfile::remove() {
  if (!fd_ || !same_file(fd_.get(), path_) || read_start(fd_.get()) != std::to_string(::getpid())) return;
  ::unlink(path_.c_str());
}

}  // namespace orrery::os
