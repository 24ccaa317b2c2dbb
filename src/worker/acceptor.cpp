#include "worker/acceptor.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/log.hpp"
#include "os/accept.hpp"
#include "os/worker_signals.hpp"

namespace orrery::worker {

namespace {
/// accept(2) gives no sign when descriptors or memory are back, so it is tried again.
constexpr std::chrono::milliseconds kRetryAfter{100};

/// What the `bind` setting of this listener says, else the setting for all. A listener that was handed over has no `bind`.
ProxyProtocol proxy_protocol_of(const os::Listener& listener, const Config& config) {
  for (const std::string& bind : config.bind) {
    if (base::bind_address(bind) != listener.bind) continue;
    const auto own = base::bind_proxy_protocol(bind);
    if (own && *own) return **own;
  }
  return config.proxy_protocol;
}

/// A `sync` worker leaves connections it was woken for to its siblings while a request waits: then all must be woken.
uv::ListenerPoll::Wake wake_for(WorkerClass worker_class) {
  return worker_class == WorkerClass::kSync ? uv::ListenerPoll::Wake::kAll : uv::ListenerPoll::Wake::kOne;
}

}  // namespace

Acceptor::Acceptor(uv::Loop& loop, const Config& config, const std::vector<const os::Listener*>& listeners,
                   Connections& connections)
    : loop_(loop),
      wake_(wake_for(config.worker_class)),
      connections_(connections),
      retry_(loop, [this] { resume(); }) {
  for (const os::Listener* listener : listeners)
    doors_.push_back({listener, proxy_protocol_of(*listener, config), nullptr, false});
}

void Acceptor::start() {
  for (std::size_t i = 0; i < doors_.size(); ++i) {
    doors_[i].poll = std::make_unique<uv::ListenerPoll>(loop_, doors_[i].listener->fd.get(), wake_,
                                                        [this, i] { doors_[i].knocked = true; });
    doors_[i].poll->start();
  }
  open_ = true;
}

void Acceptor::after_poll(bool willing) {
  if (full_ && connections_.any_idle()) resume();
  for (Door& door : doors_) {
    door.poll->after_poll();
    if (!std::exchange(door.knocked, false) || !open_ || paused_ || !willing) continue;
    if (take_one(door)) door.poll->rotate();
  }
  // Before the next connection comes, not when it has come: we alone would be woken for it.
  if (open_ && !paused_ && connections_.full() && !connections_.any_idle()) wait_for_room();
}

bool Acceptor::make_room() {
  if (!connections_.full() || connections_.close_longest_idle()) return true;
  wait_for_room();
  return false;
}

void Acceptor::wait_for_room() {
  full_ = true;
  pause();
}

bool Acceptor::take_one(Door& door) {
  if (!make_room()) return false;
  os::Accepted accepted = os::accept_one(door.listener->fd.get());
  if (accepted.socket) {
    complained_ = false;
    connections_.add(std::move(accepted.socket), accepted.peer, door.proxy);
    return true;
  }
  if (os::is_connection_lost(accepted.error)) return true;
  if (!os::is_nothing_there(accepted.error)) out_of_resources(accepted.error);
  return false;
}

void Acceptor::out_of_resources(int error) {
  if (!std::exchange(complained_, true)) {
    base::log_error(
        "cannot accept connections: {}; trying again as connections close (raise LimitNOFILE or lower "
        "worker_connections)",
        std::strerror(error));
  }
  if (error == EMFILE && connections_.close_longest_idle()) return;
  hold_off();
}

void Acceptor::hold_off() {
  if (!open_) return;
  pause();
  retry_.start(kRetryAfter);
}

void Acceptor::pause() {
  if (std::exchange(paused_, true)) return;
  for (Door& door : doors_) door.poll->stop();
}

void Acceptor::resume() {
  full_ = false;
  if (!open_ || !std::exchange(paused_, false)) return;
  for (Door& door : doors_) door.poll->start();
}

void Acceptor::finish() {
  if (!open_) return;
  for (Door& door : doors_)
    while (take_one(door)) {
    }
  stop();
}

void Acceptor::stop() {
  open_ = false;
  retry_.stop();
  doors_.clear();
  // A copy that stays open would let clients queue where nobody takes them any more.
  os::release_listeners();
}

}  // namespace orrery::worker
