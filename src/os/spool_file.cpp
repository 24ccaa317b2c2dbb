#include "os/spool_file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace orrery::os {

namespace {

/// Where the file system has no O_TMPFILE (older overlays, NFS): the name lives for a moment.
int open_and_unlink(const std::string& directory) {
  std::array<char, PATH_MAX> path{};
  constexpr std::string_view kName = "/orrery-body-XXXXXX";
  if (directory.size() + kName.size() >= path.size()) return errno = ENAMETOOLONG, -1;
  std::ranges::copy(kName, std::ranges::copy(directory, path.begin()).out);
  const int file = ::mkostemp(path.data(), O_CLOEXEC);
  if (file >= 0) ::unlink(path.data());
  return file;
}

int open_unnamed(const std::string& directory) {
  const int file = ::open(directory.c_str(), O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
  const bool unknown = file < 0 && (errno == EOPNOTSUPP || errno == EISDIR || errno == EINVAL);
  return unknown ? open_and_unlink(directory) : file;
}

}  // namespace

SpoolFile::~SpoolFile() {
  if (mapped_) ::munmap(const_cast<char*>(mapped_), size_);
}

int SpoolFile::open(const std::vector<std::string>& directories) noexcept {
  int error = ENOENT;
  for (const std::string& directory : directories) {
    file_ = base::UniqueFd{open_unnamed(directory)};
    if (file_) return 0;
    error = errno;
  }
  return error;
}

int SpoolFile::append(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : ENOSPC;
    size_ += static_cast<std::size_t>(written);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

int SpoolFile::map() {
  if (size_ == 0 || mapped_) return 0;
  void* const at = ::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file_.get(), 0);
  if (at == MAP_FAILED) return errno;
  mapped_ = static_cast<const char*>(at);
  // It is read once, from its beginning: what lies ahead is fetched in time.
  ::madvise(at, size_, MADV_SEQUENTIAL);
  return 0;
}

std::vector<std::string> spool_directories(const std::string& wanted) {
  if (!wanted.empty()) return {wanted};
  const char* const own = std::getenv("TMPDIR");
  if (own && *own) return {own};
  return {"/var/tmp", "/tmp"};
}

}  // namespace orrery::os
