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

Result<Successor> Successor::start(const os::Program& program, Inheritance passed, const std::string& tickets) {
  auto channel = os::make_channel();
  if (!channel) return fail(channel);
  Successor successor;
  successor.channel_ = std::move(channel->ours);
  const base::UniqueFd theirs = std::move(channel->theirs);
  base::UniqueFd keys;
  if (!tickets.empty()) {
    auto bytes = os::pass_bytes(tickets);
    if (!bytes) return fail(bytes);
    keys = std::move(*bytes);
  }
  passed.master = ::getpid();
  passed.channel = theirs.get();
  passed.tickets = keys.get();
  os::Launch launch;
  launch.environment = to_environment(passed);
  launch.without.assign(os::kListenVariables.begin(), os::kListenVariables.end());  // sockets are passed on by name
  for (const int fd : {passed.channel, passed.lead, passed.ledger, passed.tickets}) {
    if (fd >= 0) launch.keep.push_back(fd);
  }
  if (const auto& pair = passed.handover) launch.keep.insert(launch.keep.end(), {pair->give, pair->take});
  for (const auto& listener : passed.listeners) launch.keep.push_back(listener.fd);
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

std::vector<Event> Successor::listen() {
  std::vector<Event> heard;
  std::array<char, 2048> bytes{};
  while (channel_) {
    const os::Packet packet = os::take_packet(channel_.get(), bytes);
    if (packet.what == os::Arrival::kNothing) break;
    if (packet.what == os::Arrival::kClosed) {
      channel_.reset();  // it is ending; a wait must not report that for ever
      break;
    }
    const std::string_view message{bytes.data(), std::min(packet.size, bytes.size())};
    const std::size_t space = std::min(message.find(' '), message.size());
    hear(message.substr(0, space), std::string{message.substr(std::min(space + 1, message.size()))}, heard);
  }
  return heard;
}

// Words this version does not know are a newer one's affair.
void Successor::hear(std::string_view word, const std::string& text, std::vector<Event>& heard) {
  if (word == "adopts") adopts_ = true;
  if (word == "canary") canary_ = terms_from(text);
  if (word == "is") {
    program_ = text;
    heard.emplace_back(SuccessorIntroduced{canary_});
  }
  if (word == "answered") {
    if (!tally_) heard.emplace_back(SuccessorTried{});
    if (auto tally = tally_from(text)) tally_ = *tally;
  }
  if (word == "ready" || word == "failed") heard.emplace_back(SuccessorSpoke{word == "ready", text});
}

}  // namespace orrery::master
