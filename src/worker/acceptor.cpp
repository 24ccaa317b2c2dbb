#include "worker/acceptor.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "os/worker_signals.hpp"

namespace orrery::worker {

namespace {
/// accept(2) gives no sign when descriptors or memory are back, so it is tried again.
constexpr std::chrono::milliseconds kRetryAfter{100};
/// When a worker that has withdrawn looks again though nothing happened; each look in vain doubles the time, up to the
/// longest.
constexpr std::chrono::milliseconds kFirstLook{5}, kLongestLook{40};
/// Somebody waits to be accepted: perhaps a sibling is coming. Still so after some looks at this distance: the
/// siblings are not what they seem.
constexpr std::chrono::milliseconds kCloseLook{1};
constexpr unsigned kCloseLooks = 4;
/// Then one connection is taken, and when it comes to that again at once, no withdrawal for a while: twice as many
/// milliseconds each time.
constexpr std::uint64_t kLongestStay = 512;

}  // namespace

Acceptor::Acceptor(uv::Loop& loop, const Config& config, const std::vector<const os::Listener*>& listeners,
                   Connections& connections, os::Slot& slot, Balance balance)
    : loop_(loop),
      connections_(connections),
      slot_(slot),
      balance_(balance),
      retry_(loop, [this] { resume(); }),
      look_(loop, [this] { look_again(); }),
      next_look_(kFirstLook) {
  for (const os::Listener* listener : listeners)
    watches_.push_back({listener, os::reception_at(*listener, config), nullptr, false});
}

void Acceptor::start() {
  for (std::size_t i = 0; i < watches_.size(); ++i) {
    watches_[i].poll =
        std::make_unique<uv::ListenerPoll>(loop_, watches_[i].listener->fd.get(), uv::ListenerPoll::Wake::kOne,
                                           [this, i] { watches_[i].readable = true; });
    watches_[i].poll->start();
  }
  open_ = true;
  slot_.accepting.store(true, std::memory_order_relaxed);
}

void Acceptor::after_poll(bool is_free, bool slept) {
  if (full_ && connections_.can_make_room()) resume();
  for (Watch& watch : watches_) {
    watch.poll->after_poll();
    if (!std::exchange(watch.readable, false) || !open_ || paused_) continue;
    if (is_free) {
      if (take_one(watch) && !balance_.no_sibling_can_take()) watch.poll->rotate();
    } else if (slept) {
      pass_on(watch);
    }
  }
  // Before the next connection comes, not when it has come: the kernel would have woken this worker alone for it.
  if (open_ && !paused_ && connections_.full() && !connections_.can_make_room()) wait_for_room();
  weigh();
}

// A request for the handler came in the same turn: the client would wait until that one is done, while siblings are
// free.
void Acceptor::pass_on(Watch& watch) {
  if (!refuge_ || !balance_.anybody_free()) return;
  os::Accepted accepted = accept(watch);
  if (!accepted.socket) return;
  watch.poll->rotate();
  const base::Arrival arrival{accepted.peer, watch.reception};
  if (!refuge_(accepted.socket.get(), arrival)) add(std::move(accepted.socket), arrival);
}

void Acceptor::weigh() {
  if (!open_ || paused_) return;
  const std::uint64_t now = loop_.now();
  if (withdrawn_) {
    if (balance_.changed() && !balance_.has_more_than_a_sibling(now)) rejoin();
  } else if (now >= staying_until_ && balance_.has_more_than_before(now) && balance_.has_more_than_a_sibling(now)) {
    withdraw();
  }
}

void Acceptor::withdraw() {
  for (Watch& watch : watches_) {
    if (!watch.poll->withdraw()) return rejoin();
  }
  withdrawn_ = true;
  waiting_seen_ = 0;
  next_look_ = kFirstLook;
  look_.start(next_look_);
}

void Acceptor::rejoin() {
  withdrawn_ = false;
  look_.stop();
  for (Watch& watch : watches_) watch.poll->rejoin();
}

void Acceptor::look_again() {
  if (!withdrawn_) return;
  const auto waits = [](const Watch& watch) { return os::anybody_waits(watch.listener->fd.get()); };
  if (!balance_.has_more_than_a_sibling(loop_.now())) return rejoin();
  if (!std::any_of(watches_.begin(), watches_.end(), waits)) {
    waiting_seen_ = 0;
    stay_ = 0;
    next_look_ = std::min(2 * next_look_, kLongestLook);
    return look_.start(next_look_);
  }
  if (++waiting_seen_ < kCloseLooks) return look_.start(kCloseLook);
  staying_until_ = loop_.now() + stay_;
  stay_ = std::min(2 * stay_ + 1, kLongestStay);
  rejoin();
}

bool Acceptor::make_room() {
  if (!connections_.full() || connections_.make_room()) return true;
  wait_for_room();
  return false;
}

void Acceptor::wait_for_room() {
  full_ = true;
  pause();
}

void Acceptor::add(base::UniqueFd socket, const base::Arrival& arrival) {
  const auto waited = queue_.time_in(socket.get());
  connections_.add(std::move(socket), arrival, waited);
}

bool Acceptor::take_one(Watch& watch) {
  if (!make_room()) return false;
  os::Accepted accepted = accept(watch);
  if (accepted.socket) {
    complained_ = false;
    add(std::move(accepted.socket), {accepted.peer, watch.reception});
    return true;
  }
  return os::is_connection_lost(accepted.error);
}

os::Accepted Acceptor::accept(Watch& watch) {
  os::Accepted accepted = os::accept_one(watch.listener->fd.get());
  if (accepted.socket || os::is_connection_lost(accepted.error)) return accepted;
  if (os::is_nothing_there(accepted.error))
    os::bump(slot_.counters.lost_races);
  else
    out_of_resources(accepted.error);
  return accepted;
}

void Acceptor::out_of_resources(int error) {
  if (!std::exchange(complained_, true)) {
    base::log_error(
        "cannot accept connections: {}; trying again as connections close (raise LimitNOFILE or lower "
        "worker_connections)",
        std::strerror(error));
  }
  if (error == EMFILE && connections_.make_room()) return;
  pause_briefly();
}

void Acceptor::pause_briefly() {
  if (!open_) return;
  pause();
  retry_.start(kRetryAfter);
}

void Acceptor::pause() {
  if (std::exchange(paused_, true)) return;
  withdrawn_ = false;
  look_.stop();
  slot_.accepting.store(false, std::memory_order_relaxed);
  for (Watch& watch : watches_) watch.poll->stop();
}

void Acceptor::resume() {
  full_ = false;
  if (!open_ || !std::exchange(paused_, false)) return;
  slot_.accepting.store(true, std::memory_order_relaxed);
  for (Watch& watch : watches_) watch.poll->start();
}

void Acceptor::finish() {
  if (!open_) return;
  for (Watch& watch : watches_)
    while (take_one(watch)) {
    }
  stop();
}

void Acceptor::leave() {
  for (Watch& watch : watches_) {
    if (!os::is_left(*watch.listener)) continue;
    while (!connections_.full() && take_one(watch)) {
    }
  }
  stop();
}

void Acceptor::stop() {
  open_ = false;
  withdrawn_ = false;
  slot_.accepting.store(false, std::memory_order_relaxed);
  retry_.stop();
  look_.stop();
  watches_.clear();
  // A copy that stays open would let clients queue where nobody takes them any more.
  os::release_listeners();
}

}  // namespace orrery::worker
