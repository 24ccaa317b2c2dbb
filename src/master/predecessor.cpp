#include "master/predecessor.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <utility>

namespace orrery::master {

Predecessor::Predecessor(const Inheritance& inheritance) : pid_(inheritance.master), channel_(inheritance.channel) {
  ::fcntl(channel_.get(), F_SETFD, FD_CLOEXEC);
  tell("hello ", "1");
}

std::optional<os::HandoverPair> Predecessor::take_handover(const Inheritance& inheritance) {
  if (!inheritance.handover) return std::nullopt;
  base::UniqueFd give{inheritance.handover->give}, take{inheritance.handover->take};
  if (inheritance.handover->version != os::kHandoverVersion) return std::nullopt;
  auto pair = os::HandoverPair::adopt(std::move(give), std::move(take));
  adopts_ = pair.has_value();
  if (adopts_) tell("adopts ", std::to_string(os::kHandoverVersion));
  return pair;
}

void Predecessor::tell(std::string_view word, std::string_view text) {
  if (!channel_) return;
  const std::string message = std::string(word).append(text);
  ::send(channel_.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

std::optional<PredecessorLeft> Predecessor::listen() {
  std::array<char, 256> bytes{};
  while (channel_) {
    const ssize_t got = ::recv(channel_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return std::nullopt;
    if (got <= 0) return channel_.reset(), PredecessorLeft{false};
    const std::string_view message{bytes.data(), static_cast<std::size_t>(got)};
    if (message.starts_with("commit")) return channel_.reset(), PredecessorLeft{true};
    if (message.starts_with("stopping")) adopts_ = false;
  }
  return std::nullopt;
}

}  // namespace orrery::master
