#include "master/successor.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fmt/core.h>
#include <unistd.h>

#include "os/inherited_binds.hpp"
#include "os/packet.hpp"
#include "os/passed_bytes.hpp"
#include "os/process.hpp"

namespace orrery::master {

Result<Successor> Successor::start(const os::Program& program, std::vector<Inheritance::Passed> listeners,
                                   const os::HandoverPair& handover, const os::LeadLock& lead, const os::Ledger* ledger,
                                   const std::string& tickets) {
  auto channel = os::make_channel();
  if (!channel) return fail(channel);
  Successor successor;
  successor.channel_ = std::move(channel->ours);
  const base::UniqueFd theirs = std::move(channel->theirs);
  const Inheritance::Handover pair{os::kHandoverVersion, handover.give.get(), handover.take.get()};
  base::UniqueFd keys;
  if (!tickets.empty()) {
    auto passed = os::pass_bytes(tickets);
    if (!passed) return fail(passed);
    keys = std::move(*passed);
  }
  const Inheritance inheritance{
      ::getpid(), theirs.get(), std::move(listeners), pair, ledger != nullptr ? ledger->fd() : -1,
      lead.fd(),  keys.get()};
  os::Launch launch;
  launch.environment = to_environment(inheritance);
  launch.without.assign(os::kListenVariables.begin(), os::kListenVariables.end());  // sockets are passed on by name
  launch.keep = {theirs.get(), pair.give, pair.take, lead.fd()};
  if (inheritance.ledger >= 0) launch.keep.push_back(inheritance.ledger);
  if (inheritance.tickets >= 0) launch.keep.push_back(inheritance.tickets);
  for (const auto& passed : inheritance.listeners) launch.keep.push_back(passed.fd);
  launch.complaints = theirs.get();
  const auto pid = program.launch(launch);
  if (!pid) return fail(pid);
  successor.pid_ = *pid;
  return successor;
}

void Successor::signal(int signo) const {
  if (pid_ > 0) os::send_signal(pid_, signo);
}

void Successor::tell(std::string_view word) { os::send_packet(channel_.get(), word); }

std::vector<SuccessorSpoke> Successor::listen() {
  std::vector<SuccessorSpoke> heard;
  std::array<char, 1024> bytes{};
  while (channel_) {
    const os::Packet packet = os::take_packet(channel_.get(), bytes);
    if (packet.what == os::Arrival::kNothing) break;
    if (packet.what == os::Arrival::kClosed) {
      channel_.reset();  // it is ending; a wait must not report that for ever
      break;
    }
    const std::string_view message{bytes.data(), std::min(packet.size, bytes.size())};
    const std::size_t space = std::min(message.find(' '), message.size());
    const std::string_view word = message.substr(0, space);
    const std::string text{message.substr(std::min(space + 1, message.size()))};
    // Words this version does not know are a newer one's affair.
    if (word == "adopts") adopts_ = true;
    if (word == "is") program_ = text;
    if (word == "ready" || word == "failed") heard.push_back({word == "ready", text});
  }
  return heard;
}

}  // namespace orrery::master
