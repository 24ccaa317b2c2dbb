#include "master/predecessor.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "os/packet.hpp"

namespace orrery::master {

Predecessor::Predecessor(const Inheritance& inheritance)
    : pid_(inheritance.master), channel_(inheritance.channel), tries_(inheritance.canary), probe_(inheritance.probe) {
  base::close_on_exec(channel_.get());
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
  if (channel_) os::send_packet(channel_.get(), std::string(word).append(text));
}

std::optional<Event> Predecessor::listen() {
  std::array<char, 256> bytes{};
  while (channel_) {
    const os::Packet packet = os::take_packet(channel_.get(), bytes);
    if (packet.what == os::Arrival::kNothing) return std::nullopt;
    if (packet.what == os::Arrival::kClosed) return channel_.reset(), PredecessorLeft{false};
    const std::string_view message{bytes.data(), std::min(packet.size, bytes.size())};
    if (message.starts_with("commit")) return channel_.reset(), PredecessorLeft{true};
    if (message.starts_with("promote")) return PromotionArrived{};
    if (message.starts_with("stopping")) adopts_ = false;
  }
  return std::nullopt;
}

}  // namespace orrery::master
