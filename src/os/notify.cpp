#include "os/notify.hpp"

#include <algorithm>
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

void Notify::send(const std::string& message) const {
  if (!fd_) return;
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  if (address_[0] == '@') address.sun_path[0] = '\0';  // abstract: the length, not a NUL, ends the name
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  ::sendto(fd_.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
           reinterpret_cast<const sockaddr*>(&address), length);
}

}  // namespace orrery::os
