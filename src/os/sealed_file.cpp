#include "os/sealed_file.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

namespace orrery::os {

namespace {

constexpr std::size_t kPiece = std::size_t{16} * 1024 * 1024;

std::string because(const std::string& path) { return fmt::format("cannot read {}: {}", path, std::strerror(errno)); }

}  // namespace

Result<SealedFile> SealedFile::copy(const std::string& path) {
  const base::UniqueFd source{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)};
  struct stat found {};
  if (!source || ::fstat(source.get(), &found) != 0) return fail(because(path));
  if (!S_ISREG(found.st_mode)) return fail(fmt::format("cannot read {}: it is no file", path));
  const std::string name = std::filesystem::path{path}.filename();
  base::UniqueFd file{::memfd_create(name.substr(0, 200).c_str(), MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (!file) return fail(because(path));
  for (;;) {
    const ssize_t copied = ::sendfile(file.get(), source.get(), nullptr, kPiece);
    if (copied < 0 && errno == EINTR) continue;
    if (copied < 0) return fail(because(path));
    if (copied == 0) break;
  }
  ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  return SealedFile{std::move(file)};
}

}  // namespace orrery::os
