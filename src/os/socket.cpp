#include "os/socket.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <fstream>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include "os/owned_file.hpp"
#include "os/place.hpp"

namespace orrery::os {

namespace {

constexpr std::string_view kInUse =
    "; another process listens there, or a worker of this service that is leaving (ss -lxp shows it)";

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
  if (!sentence.empty() && sentence[0] >= 'A' && sentence[0] <= 'Z') sentence[0] = static_cast<char>(sentence[0] + 32);
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
  return fmt::format("backlog {} is cut to {} by the kernel; raise net.core.somaxconn to get it", backlog, limit);
}

/// The address as the kernel takes it. Fails where its zone is no interface of this machine.
Result<socklen_t> kernel_address(const base::BindTarget& target, std::string_view bind, sockaddr_storage& out) {
  const socklen_t length = target.address.to_sockaddr(out);
  if (target.zone.empty()) return length;
  unsigned zone = ::if_nametoindex(target.zone.c_str());
  const char* const end = target.zone.data() + target.zone.size();
  if (zone == 0 && std::from_chars(target.zone.data(), end, zone).ptr != end) zone = 0;
  if (zone == 0) {
    return fail(fmt::format("cannot bind {}: this machine has no interface `{}` (ip link shows what it has)", bind,
                            target.zone));
  }
  sockaddr_in6 in{};
  std::memcpy(&in, &out, sizeof in);
  in.sin6_scope_id = zone;
  std::memcpy(&out, &in, sizeof in);
  return length;
}

struct UnixName {
  sockaddr_un address{};
  socklen_t length = sizeof address;
};

/// An abstract name has a NUL in the place of its `@`, and ends where the length says.
UnixName unix_name(const base::BindTarget& target) {
  UnixName name;
  name.address.sun_family = AF_UNIX;
  std::memcpy(name.address.sun_path, target.path.data(), target.path.size());
  if (!target.is_abstract()) return name;
  name.address.sun_path[0] = '\0';
  name.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + target.path.size());
  return name;
}

base::UniqueFd open_socket(int family) {
  return base::UniqueFd{::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
}

/// A TCP socket that is about to be bound.
base::UniqueFd tcp_socket(const base::BindTarget& target) {
  const bool v6 = target.address.family == base::Address::Family::kV6;
  base::UniqueFd fd = open_socket(v6 ? AF_INET6 : AF_INET);
  if (!fd) return fd;
  set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (v6) set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, target.both_families ? 0 : 1);
  return fd;
}

Result<Listener> listen_tcp(const base::BindTarget& target, std::string_view bind, int backlog) {
  base::UniqueFd fd = tcp_socket(target);
  if (!fd) return cannot_bind(bind, errno, cure(errno));
  set_option(fd.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  sockaddr_storage address{};
  const auto length = kernel_address(target, bind, address);
  if (!length) return fail(length);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), *length) != 0 || ::listen(fd.get(), backlog) != 0) {
    return cannot_bind(bind, errno, cure(errno));
  }
  Listener listener;
  listener.address = bound_address(fd.get());
  listener.fd = std::move(fd);
  return listener;
}

struct Refusal {
  int error = 0;
  Error sentence;
};
using Attempt = tl::expected<void, Refusal>;

tl::unexpected<Refusal> refusal(std::string_view bind, int error, const std::string& help) {
  return tl::unexpected(Refusal{error, cannot_bind(bind, error, help).value()});
}

// Makes the path free to take: not there, or a socket file behind which nobody listens any more.
Attempt clear_stale_path(const Place& place, std::string_view bind, const sockaddr_un& address) {
  const auto status = place.look();
  if (!status) return {};
  if (!S_ISSOCK(status->st_mode)) {
    return tl::unexpected(
        Refusal{EEXIST, Error{fmt::format("cannot bind {}: {} exists and is not a socket", bind, address.sun_path)}});
  }
  const base::UniqueFd probe = open_socket(AF_UNIX);
  const bool refused =
      ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 && errno == ECONNREFUSED;
  if (!refused) return refusal(bind, EADDRINUSE, "; another process listens there (ss -lxp shows it)");
  if (::unlinkat(place.directory(), place.name(), 0) != 0)
    return refusal(bind, errno, "; the stale socket file is in the way");
  return {};
}

Result<Listener> listen_abstract(const base::BindTarget& target, std::string_view bind, int backlog) {
  const UnixName name = unix_name(target);
  Listener listener;
  listener.fd = open_socket(AF_UNIX);
  if (!listener.fd) return cannot_bind(bind, errno, "");
  if (::bind(listener.fd.get(), reinterpret_cast<const sockaddr*>(&name.address), name.length) != 0 ||
      ::listen(listener.fd.get(), backlog) != 0) {
    return cannot_bind(bind, errno, errno == EADDRINUSE ? std::string{kInUse} : "");
  }
  listener.address.family = base::Address::Family::kUnix;
  return listener;
}

Attempt bind_path(int fd, std::string_view bind, const sockaddr_un& address) {
  const auto place = Place::find(address.sun_path);
  if (!place)
    return tl::unexpected(Refusal{EPERM, Error{fmt::format("cannot bind {}: {}", bind, place.error().message)}});
  if (auto cleared = clear_stale_path(*place, bind, address); !cleared) return cleared;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return refusal(bind, errno, "");
  return {};
}

/// As the workers' user, whose file it then is; as root only where that user may not. os/owned_file.hpp says
/// why.
Attempt bind_path_for(const std::optional<Identity>& owner, int fd, std::string_view bind, const sockaddr_un& address) {
  if (!owner) return bind_path(fd, bind, address);
  {
    const ActingAs acting{*owner};
    if (!acting) return refusal(bind, EPERM, "; acting as " + owner->name + " needs CAP_SETUID and CAP_SETGID");
    auto bound = bind_path(fd, bind, address);
    if (bound || (bound.error().error != EACCES && bound.error().error != EPERM)) return bound;
  }
  if (auto bound = bind_path(fd, bind, address); !bound) return bound;
  const auto given = give_socket(address.sun_path, *owner);
  if (given) return {};
  return tl::unexpected(Refusal{EPERM, Error{fmt::format("cannot bind {}: the socket file cannot be given to {}: {}",
                                                         bind, owner->name, given.error().message)}});
}

std::optional<struct stat> look_at(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return std::nullopt;
  return status;
}

Result<Listener> listen_unix(const base::BindTarget& target, std::string_view bind, int backlog,
                             const std::optional<Identity>& owner) {
  const std::size_t longest = sizeof(sockaddr_un::sun_path) - (target.is_abstract() ? 0 : 1);
  if (target.path.empty() || target.path.size() > longest)
    return fail(fmt::format("cannot bind {}: a unix socket's path has 1 to {} bytes", bind, longest));
  if (target.is_abstract()) return listen_abstract(target, bind, backlog);
  const UnixName name = unix_name(target);
  base::UniqueFd fd = open_socket(AF_UNIX);
  if (!fd) return cannot_bind(bind, errno, "");
  if (const auto bound = bind_path_for(owner, fd.get(), bind, name.address); !bound)
    return tl::unexpected(bound.error().sentence);
  Listener listener;
  listener.owns_path = true;
  listener.target = target;
  if (const auto status = look_at(target.path)) listener.path_inode = status->st_ino;
  if (::listen(fd.get(), backlog) != 0) {
    const int reason = errno;
    unlink_path(listener);
    return cannot_bind(bind, reason, "");
  }
  listener.address.family = base::Address::Family::kUnix;
  listener.fd = std::move(fd);
  return listener;
}

Result<Listener> adopt(int number, std::string_view bind) {
  struct stat status {};
  if (::fstat(number, &status) != 0) return fail(fmt::format("cannot use {}: the descriptor is not open", bind));
  if (!S_ISSOCK(status.st_mode) || get_option(number, SO_TYPE) != SOCK_STREAM ||
      get_option(number, SO_ACCEPTCONN) != 1) {
    return fail(fmt::format("cannot use {}: the descriptor is not a listening stream socket", bind));
  }
  ::fcntl(number, F_SETFD, FD_CLOEXEC);
  ::fcntl(number, F_SETFL, ::fcntl(number, F_GETFL) | O_NONBLOCK);
  Listener listener;
  listener.address = bound_address(number);
  const bool tcp =
      listener.address.family == base::Address::Family::kV4 || listener.address.family == base::Address::Family::kV6;
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
  const std::size_t size = std::min<std::size_t>(length, sizeof address) - offsetof(sockaddr_un, sun_path);
  if (size > 1 && address.sun_path[0] == '\0') return "@" + std::string(address.sun_path + 1, size - 1);
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
  if (!listener) return fail(listener);
  const bool inherited = target.kind == base::BindTarget::Kind::kInherited;
  listener->bind = bind;
  listener->target = target;
  if (inherited) listener->target.path = bound_path(listener->fd.get());
  return Bound{std::move(*listener), inherited ? "" : backlog_note(backlog)};
}

Result<void> try_address(const base::BindTarget& target) {
  const std::string shown = shown_address(target.address, target.zone);
  const base::UniqueFd fd = tcp_socket(target);
  if (!fd) return cannot_bind(shown, errno, cure(errno));
  sockaddr_storage address{};
  const auto length = kernel_address(target, shown, address);
  if (!length) return fail(length);
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), *length) == 0 || errno == EADDRINUSE) return {};
  return cannot_bind(shown, errno, cure(errno));
}

Result<Bound> take_over(int fd, const base::BindTarget& target, std::string_view bind) {
  auto listener = adopt(fd, bind);
  if (!listener) return fail(listener);
  listener->bind = bind;
  listener->target = target;
  if (target.kind == base::BindTarget::Kind::kInherited) listener->target.path = bound_path(fd);
  if (target.kind == base::BindTarget::Kind::kUnix && !target.is_abstract()) {
    if (const auto status = look_at(target.path)) listener->path_inode = status->st_ino;
  }
  return Bound{std::move(*listener), ""};
}

void own_path(Listener& listener, bool own) {
  listener.owns_path = own && listener.target.kind == base::BindTarget::Kind::kUnix && !listener.target.is_abstract();
}

void change_backlog(const Listener& listener, int backlog) {
  // listen(2) on a socket that listens already only changes the limit; an inherited one's is its giver's
  // affair.
  if (listener.target.kind != base::BindTarget::Kind::kInherited) ::listen(listener.fd.get(), backlog);
}

void unlink_path(const Listener& listener) {
  if (!listener.owns_path) return;
  const auto place = Place::find(listener.target.path);
  if (!place) return;
  const auto status = place->look();
  if (status && S_ISSOCK(status->st_mode) && status->st_ino == listener.path_inode)
    ::unlinkat(place->directory(), place->name(), 0);
}

bool path_is_gone(const Listener& listener) {
  const bool has_path = listener.target.kind == base::BindTarget::Kind::kUnix && !listener.target.is_abstract();
  return has_path && !look_at(listener.target.path) && errno == ENOENT;
}

void turn_away(Listener& listener) {
  // A path that is gone gives nobody a connection. Only once: a successor's file may get the same inode.
  unlink_path(listener);
  listener.owns_path = false;
  if (!listener.fd) return;
  // A client that connects from now on is refused; one that waits in the queue is still accepted.
  if (listener.target.is_abstract()) ::shutdown(listener.fd.get(), SHUT_RD);
  if (listener.target.kind != base::BindTarget::Kind::kTcp) return;
  // The kernel shakes hands on its own. A filter that drops each SYN without ACK (byte 13 of the TCP header holds the
  // flags) makes the client's kernel try again after a second, when it is refused or has a new server.
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

}  // namespace orrery::os
