#include "os/notify.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace orrery::os {

Notify Notify::from_environment() {
  Notify notify;
  const char* name = std::getenv("NOTIFY_SOCKET");
  if (name == nullptr || (name[0] != '/' && name[0] != '@')) return notify;
  if (std::strlen(name) >= sizeof(sockaddr_un::sun_path)) return notify;
  notify.address_ = name;
  notify.fd_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (const char* usec = std::getenv("WATCHDOG_USEC")) {
    // WATCHDOG_PID is not asked: after an upgrade it names the master that systemd started, and this one has its place.
    notify.watchdog_interval_ = std::chrono::microseconds{std::strtoll(usec, nullptr, 10) / 2};
  }
  // systemd 254 tells of its store; older ones leave it to the unit file.
  if (const char* most = std::getenv("FDSTORE")) notify.stores_ = std::strtol(most, nullptr, 10) > 0;
  return notify;
}

namespace {

/// A line ends an assignment: what the status quotes must not begin one.
std::string one_line(std::string_view text) {
  constexpr std::size_t kLongest = 1000;
  std::string line{text.substr(0, kLongest)};
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return line;
}

}  // namespace

void Notify::ready(std::string_view status) { send(fmt::format("READY=1\nSTATUS={}", one_line(status))); }

void Notify::reloading(base::Monotonic now) {
  const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(now.time_since_epoch()).count();
  send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=reloading", microseconds));
}

void Notify::stopping(std::string_view status) { send(fmt::format("STOPPING=1\nSTATUS={}", one_line(status))); }
void Notify::status(std::string_view text) { send(fmt::format("STATUS={}", one_line(text))); }
void Notify::main_pid(pid_t pid) { send(fmt::format("MAINPID={}", pid)); }

void Notify::store(int fd, std::string_view name) const {
  if (stores_) send(fmt::format("FDSTORE=1\nFDNAME={}", name), fd);
}

void Notify::forget(std::string_view name) const {
  if (stores_) send(fmt::format("FDSTOREREMOVE=1\nFDNAME={}", name));
}

void Notify::send(const std::string& message, int fd) const {
  if (!fd_) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  if (address_[0] == '@') address.sun_path[0] = '\0';  // abstract: the length, not a NUL, ends the name
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  iovec bytes{const_cast<char*>(message.data()), message.size()};
  msghdr datagram{};
  datagram.msg_name = &address;
  datagram.msg_namelen = length;
  datagram.msg_iov = &bytes;
  datagram.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof fd)> control{};
  if (fd >= 0) {
    datagram.msg_control = control.data();
    datagram.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&datagram);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fd);
    std::memcpy(CMSG_DATA(header), &fd, sizeof fd);
  }
  ::sendmsg(fd_.get(), &datagram, MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace orrery::os
