#include "admin/pusher.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "base/datagram_target.hpp"
#include "base/log.hpp"
#include "os/signals.hpp"

namespace orrery::admin {

namespace {

constexpr std::chrono::seconds kPeriod{1};
constexpr std::chrono::milliseconds kLongestEnd{500};
/// What an Ethernet frame takes of UDP over IPv6, and a little less.
constexpr std::size_t kLongestDatagram = 1432;

}  // namespace

Pusher::~Pusher() {
  end();
  if (thread_.joinable()) thread_.join();
}

void Pusher::begin() {
  before_ = viewer_.look_own(base::monotonic_now());
  const os::AllSignalsBlocked blocked;  // signals are the loop thread's
  thread_ = std::thread{[this] { run(); }};
}

void Pusher::end() {
  std::unique_lock lock(mutex_);
  if (!thread_.joinable()) return;
  ending_ = true;
  changed_.notify_all();
  changed_.wait_for(lock, kLongestEnd, [this] { return ended_; });
}

void Pusher::run() {
  for (bool last = false; !last;) {
    {
      std::unique_lock lock(mutex_);
      last = changed_.wait_for(lock, kPeriod, [this] { return ending_; });
    }
    push();
  }
  const std::scoped_lock lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void Pusher::push() {
  View now = viewer_.look_own(base::monotonic_now());
  if (!socket_) connect();
  if (socket_) {
    bool taken = true;
    for (const std::string& datagram : statsd_datagrams(statsd_lines(before_, now, target_), kLongestDatagram))
      taken = socket_->send(datagram) && taken;
    // A server that was started anew may have another address, and a unix socket another file.
    if (!taken) socket_.reset();
  }
  before_ = std::move(now);
}

void Pusher::connect() {
  const auto target = base::parse_datagram_target(target_.host, kStatsdPort);
  auto socket = target ? os::Datagram::open(*target) : Result<os::Datagram>{fail(target)};
  if (socket) {
    socket_ = std::move(*socket);
    complained_ = false;
  } else if (!std::exchange(complained_, true)) {
    base::log_warning("statsd_host {}: {}; metrics are sent there as soon as it can be reached", target_.host,
                      socket.error().message);
  }
}

}  // namespace orrery::admin
