#include "os/beneath.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace orrery::os {

namespace {

// O_NONBLOCK: a FIFO waits for no writer. It means nothing for regular files.
constexpr int kToRead = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
/// RESOLVE_BENEATH gives up when directories are renamed while it climbs a `..` of a link; it is worth trying again.
constexpr int kTries = 8;

FileFacts facts_of(const struct stat& status) {
  const auto nanoseconds = [](const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
  };
  FileFacts facts;
  if (S_ISREG(status.st_mode)) facts.kind = FileFacts::Kind::kRegular;
  if (S_ISDIR(status.st_mode)) facts.kind = FileFacts::Kind::kDirectory;
  facts.device = status.st_dev;
  facts.inode = status.st_ino;
  facts.size = static_cast<std::uint64_t>(status.st_size);
  facts.modified = nanoseconds(status.st_mtim);
  facts.changed = nanoseconds(status.st_ctim);
  return facts;
}

Opened opened(int descriptor) {
  Opened result;
  if (descriptor < 0) {
    result.error = errno;
    return result;
  }
  result.file.reset(descriptor);
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) {
    result.error = errno;
    result.file.reset();
    return result;
  }
  result.facts = facts_of(status);
  return result;
}

int openat2(int directory, const char* name) {
  open_how how{};
  how.flags = kToRead;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return static_cast<int>(::syscall(SYS_openat2, directory, name, &how, sizeof how));
}

}  // namespace

HttpTime FileFacts::last_modified() const {
  using namespace std::chrono;
  return HttpTime{floor<seconds>(std::chrono::nanoseconds{modified})};
}

Opened open_to_read(const std::string& path) { return opened(::open(path.c_str(), kToRead)); }

Result<FileFacts> facts_of(int descriptor) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return fail(std::string{"fstat: "} + std::strerror(errno));
  return facts_of(status);
}

Result<Beneath> Beneath::open(const std::string& directory) {
  base::UniqueFd root{::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!root) return fail("cannot open the directory " + directory + ": " + std::strerror(errno));
  if (::faccessat(root.get(), ".", X_OK, AT_EACCESS) != 0)
    return fail("cannot enter the directory " + directory + ": " + std::strerror(errno));
  base::UniqueFd probe{openat2(root.get(), ".")};
  const bool by_steps = !probe && (errno == ENOSYS || errno == EPERM);
  return Beneath{std::move(root), by_steps};
}

Opened Beneath::open_to_read(const std::string& name) const {
  return opened(by_steps_ ? open_by_steps(name) : open_by_kernel(name));
}

int Beneath::open_by_kernel(const std::string& name) const {
  const char* const known = name.empty() ? "." : name.c_str();
  int descriptor = -1;
  for (int tries = 0; tries < kTries; ++tries) {
    descriptor = openat2(directory_.get(), known);
    if (descriptor >= 0 || (errno != EAGAIN && errno != EINTR)) break;
  }
  return descriptor;
}

/// Each name by itself and never through a link, so `..` is the only way out, and that is refused.
int Beneath::open_by_steps(const std::string& name) const {
  base::UniqueFd held;
  int at = directory_.get();
  std::size_t begin = 0;
  for (;;) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    const std::string step = name.substr(begin, end - begin);
    if (step == "..") {
      errno = EXDEV;
      return -1;
    }
    const char* const known = step.empty() ? "." : step.c_str();
    if (end == name.size()) return ::openat(at, known, kToRead | O_NOFOLLOW);
    base::UniqueFd next{::openat(at, known, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)};
    if (!next) return -1;
    held = std::move(next);
    at = held.get();
    begin = end + 1;
  }
}

}  // namespace orrery::os
