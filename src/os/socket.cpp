#include "os/socket.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace orrery::os {

namespace {

constexpr int kFirstInherited = 3;  // SD_LISTEN_FDS_START

std::string cure(int reason) {
  switch (reason) {
    case EACCES: return "; ports below 1024 need CAP_NET_BIND_SERVICE";
    case EADDRINUSE: return "; another process listens there (ss -ltnp shows it)";
    case EADDRNOTAVAIL: return "; this machine has no such address (ip address shows what it has)";
    case EAFNOSUPPORT: return "; this machine has no IPv6";
    default: return "";
  }
}

std::string lower_first(const char* text) {
  std::string sentence = text;
  if (!sentence.empty() && sentence[0] >= 'A' && sentence[0] <= 'Z')
    sentence[0] = static_cast<char>(sentence[0] + 32);
  return sentence;
}

tl::unexpected<Error> cannot_bind(std::string_view bind, int reason, const std::string& help) {
  return fail(fmt::format("cannot bind {}: {}{}", bind, lower_first(std::strerror(reason)), help));
}

bool set_option(int fd, int level, int name, int value) {
  return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

std::optional<int> get_option(int fd, int name) {
  int value = 0;
  socklen_t length = sizeof value;
  if (::getsockopt(fd, SOL_SOCKET, name, &value, &length) != 0) return std::nullopt;
  return value;
}

base::Address bound_address(int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &length);
  return base::Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&storage), length);
}

std::string backlog_note(int backlog) {
  int limit = 0;
  if (!(std::ifstream("/proc/sys/net/core/somaxconn") >> limit) || backlog <= limit) return "";
  return fmt::format("backlog {} is cut to {} by the kernel; raise net.core.somaxconn to get it", backlog,
                     limit);
}

base::UniqueFd open_socket(int family) {
  return base::UniqueFd{::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
}

Result<Listener> listen_tcp(const base::BindTarget& target, std::string_view bind, int backlog) {
  const bool v6 = target.address.family == base::Address::Family::kV6;
  base::UniqueFd fd = open_socket(v6 ? AF_INET6 : AF_INET);
  if (!fd) return cannot_bind(bind, errno, cure(errno));
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  if (v6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  sockaddr_storage address{};
  const socklen_t length = target.address.to_sockaddr(address);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::listen(fd.get(), backlog) != 0) {
    return cannot_bind(bind, errno, cure(errno));
  }
  Listener listener;
  listener.address = bound_address(fd.get());
  listener.fd = std::move(fd);
  return listener;
}

// Whether the path is free to take: not there, or a socket file behind which nobody listens any more.
Result<void> clear_stale_path(const std::string& path, std::string_view bind, const sockaddr_un& address) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return {};
  if (!S_ISSOCK(status.st_mode))
    return fail(fmt::format("cannot bind {}: {} exists and is not a socket", bind, path));
  const base::UniqueFd probe = open_socket(AF_UNIX);
  const bool refused =
      ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      errno == ECONNREFUSED;
  if (!refused) return cannot_bind(bind, EADDRINUSE, "; another process listens there (ss -lxp shows it)");
  if (::unlink(path.c_str()) != 0) return cannot_bind(bind, errno, "; the stale socket file is in the way");
  return {};
}

Result<Listener> listen_unix(const base::BindTarget& target, std::string_view bind, int backlog,
                             const std::optional<Identity>& owner) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (target.path.empty() || target.path.size() >= sizeof address.sun_path) {
    return fail(fmt::format("cannot bind {}: a unix socket's path has 1 to {} bytes", bind,
                            sizeof address.sun_path - 1));
  }
  std::memcpy(address.sun_path, target.path.data(), target.path.size());
  if (const auto cleared = clear_stale_path(target.path, bind, address); !cleared)
    return tl::unexpected(cleared.error());
  base::UniqueFd fd = open_socket(AF_UNIX);
  if (!fd) return cannot_bind(bind, errno, "");
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return cannot_bind(bind, errno, "");
  }
  Listener listener;
  listener.owns_path = true;
  listener.target = target;
  struct stat status {};
  if (::stat(target.path.c_str(), &status) == 0) listener.path_inode = status.st_ino;
  const bool given = !owner || ::chown(target.path.c_str(), owner->uid, owner->gid) == 0;
  if (!given || ::listen(fd.get(), backlog) != 0) {
    const int reason = errno;
    unlink_path(listener);
    return cannot_bind(bind, reason, given ? "" : "; the socket file cannot be given to " + owner->name);
  }
  listener.address.family = base::Address::Family::kUnix;
  listener.fd = std::move(fd);
  return listener;
}

Result<Listener> adopt(int number, std::string_view bind) {
  struct stat status {};
  if (::fstat(number, &status) != 0)
    return fail(fmt::format("cannot use {}: the descriptor is not open", bind));
  if (!S_ISSOCK(status.st_mode) || get_option(number, SO_TYPE) != SOCK_STREAM ||
      get_option(number, SO_ACCEPTCONN) != 1) {
    return fail(fmt::format("cannot use {}: the descriptor is not a listening stream socket", bind));
  }
  ::fcntl(number, F_SETFD, FD_CLOEXEC);
  ::fcntl(number, F_SETFL, ::fcntl(number, F_GETFL) | O_NONBLOCK);
  Listener listener;
  listener.address = bound_address(number);
  const bool tcp = listener.address.family == base::Address::Family::kV4 ||
                   listener.address.family == base::Address::Family::kV6;
  if (tcp) set_option(number, IPPROTO_TCP, TCP_NODELAY, 1);
  listener.fd.reset(number);
  return listener;
}

// For the start line: an inherited unix socket's path is known to the kernel only.
std::string bound_path(int fd) {
  sockaddr_un address{};
  socklen_t length = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0 || address.sun_family != AF_UNIX)
    return "";
  return std::string(address.sun_path, ::strnlen(address.sun_path, sizeof address.sun_path));
}

Result<Listener> open_listener(const base::BindTarget& target, std::string_view bind, int backlog,
                               const std::optional<Identity>& owner) {
  switch (target.kind) {
    case base::BindTarget::Kind::kTcp: return listen_tcp(target, bind, backlog);
    case base::BindTarget::Kind::kUnix: return listen_unix(target, bind, backlog, owner);
    case base::BindTarget::Kind::kInherited: return adopt(target.fd, bind);
  }
  return fail(fmt::format("cannot bind {}: unknown kind of address", bind));
}

}  // namespace

Result<Bound> listen_on(const base::BindTarget& target, std::string_view bind, int backlog,
                        const std::optional<Identity>& owner) {
  auto listener = open_listener(target, bind, backlog, owner);
  if (!listener) return tl::unexpected(listener.error());
  const bool inherited = target.kind == base::BindTarget::Kind::kInherited;
  listener->bind = bind;
  listener->target = target;
  if (inherited) listener->target.path = bound_path(listener->fd.get());
  return Bound{std::move(*listener), inherited ? "" : backlog_note(backlog)};
}

Result<Bound> take_over(int fd, const base::BindTarget& target, std::string_view bind) {
  auto listener = adopt(fd, bind);
  if (!listener) return tl::unexpected(listener.error());
  listener->bind = bind;
  listener->target = target;
  if (target.kind == base::BindTarget::Kind::kInherited) listener->target.path = bound_path(fd);
  struct stat status {};
  if (target.kind == base::BindTarget::Kind::kUnix && ::stat(target.path.c_str(), &status) == 0)
    listener->path_inode = status.st_ino;
  return Bound{std::move(*listener), ""};
}

void own_path(Listener& listener, bool own) {
  listener.owns_path = own && listener.target.kind == base::BindTarget::Kind::kUnix;
}

void change_backlog(const Listener& listener, int backlog) {
  // listen(2) on a socket that listens already only changes the limit; an inherited one's is its giver's
  // affair.
  if (listener.target.kind != base::BindTarget::Kind::kInherited) ::listen(listener.fd.get(), backlog);
}

void unlink_path(const Listener& listener) {
  struct stat status {};
  if (!listener.owns_path || ::stat(listener.target.path.c_str(), &status) != 0) return;
  if (status.st_ino == listener.path_inode) ::unlink(listener.target.path.c_str());
}

void turn_away(Listener& listener) {
  // A path that is gone gives nobody a connection. Only once: a successor's file may get the same inode.
  unlink_path(listener);
  listener.owns_path = false;
  if (listener.target.kind != base::BindTarget::Kind::kTcp || !listener.fd) return;
  // The kernel shakes hands on its own. A filter that drops each SYN without ACK (byte 13 of the TCP header holds the flags)
  // makes the client's kernel try again after a second, when it is refused or has a new server.
  std::array<sock_filter, 5> drop_syn{{
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, 13},
      {BPF_ALU | BPF_AND | BPF_K, 0, 0, 0x12},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0x02},
      {BPF_RET | BPF_K, 0, 0, 0},
      {BPF_RET | BPF_K, 0, 0, 0xffffffff},
  }};
  const sock_fprog program{drop_syn.size(), drop_syn.data()};
  // Where it is not allowed (seccomp, gVisor) the short moment between the last accept and the close remains.
  ::setsockopt(listener.fd.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

void let_in(const Listener& listener) {
  const int unused = 0;
  ::setsockopt(listener.fd.get(), SOL_SOCKET, SO_DETACH_FILTER, &unused, sizeof unused);
}

std::vector<std::string> take_inherited_binds() {
  const auto number = [](const char* name) {
    const char* text = std::getenv(name);
    int value = 0;
    if (text != nullptr) std::from_chars(text, text + std::strlen(text), value);
    return value;
  };
  const bool ours = number("LISTEN_PID") == ::getpid();
  const int count = ours ? number("LISTEN_FDS") : 0;
  for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  std::vector<std::string> binds;
  for (int i = 0; i < count; ++i) binds.push_back(fmt::format("fd://{}", kFirstInherited + i));
  return binds;
}

}  // namespace orrery::os
