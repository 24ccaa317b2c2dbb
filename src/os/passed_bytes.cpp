#include "os/passed_bytes.hpp"

#include <cerrno>
#include <cstring>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

namespace orrery::os {

Result<base::UniqueFd> pass_bytes(std::string_view bytes) {
  base::UniqueFd file{::memfd_create("orrery passed bytes", MFD_CLOEXEC)};
  if (!file) return fail(std::string{"cannot make a file in memory: "} + std::strerror(errno));
  const ssize_t written = ::pwrite(file.get(), bytes.data(), bytes.size(), 0);
  if (written != static_cast<ssize_t>(bytes.size()))
    return fail(std::string{"cannot write a file in memory: "} + std::strerror(written < 0 ? errno : ENOSPC));
  return file;
}

std::optional<std::string> take_bytes(base::UniqueFd file) {
  std::string bytes(kMostPassedBytes, '\0');
  const ssize_t got = ::pread(file.get(), bytes.data(), bytes.size(), 0);
  if (got < 0) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(got));
  return bytes;
}

}  // namespace orrery::os
