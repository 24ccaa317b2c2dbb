#include "os/systemd_journal.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fmt/core.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace orrery::os {

namespace {

/// systemd.exec(5): device and inode of what it connected standard error to.
bool is_standard_error(const char* stream) {
  struct stat status {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &status) != 0) return false;
  return fmt::format("{}:{}", status.st_dev, status.st_ino) == stream;
}

base::UniqueFd connect_to(const char* path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (std::strlen(path) >= sizeof address.sun_path) return {};
  std::memcpy(address.sun_path, path, std::strlen(path));
  base::UniqueFd socket{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!socket || ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return socket;
}

}  // namespace

std::unique_ptr<SystemdJournal> SystemdJournal::of_standard_error(const char* socket) {
  if (!is_standard_error(std::getenv("JOURNAL_STREAM"))) return nullptr;
  base::UniqueFd connected = connect_to(socket);
  if (!connected) return nullptr;
  return std::unique_ptr<SystemdJournal>{new SystemdJournal{std::move(connected)}};
}

int SystemdJournal::write(std::string_view entry) {
  const ssize_t sent = ::send(socket_.get(), entry.data(), entry.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent < 0 ? errno : 0;
}

}  // namespace orrery::os
