#include "os/waiting.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <poll.h>
#include <vector>

namespace orrery::os {

namespace {

int timeout(base::Monotonic until) {
  using namespace std::chrono;
  const base::Monotonic now = base::monotonic_now();
  if (until <= now) return 0;
  // Rounded up: waking a moment early would mean one turn for nothing.
  return static_cast<int>(std::min(ceil<milliseconds>(until - now), milliseconds{1h}).count());
}

}  // namespace

bool wait_for_any(std::span<const int> descriptors, base::Monotonic until) {
  std::vector<pollfd> polled;
  for (const int descriptor : descriptors) polled.push_back({descriptor, POLLIN, 0});
  return ::poll(polled.data(), polled.size(), timeout(until)) >= 0 || errno == EINTR;
}

bool has_peer_left(int socket) {
  pollfd asked{socket, POLLRDHUP, 0};
  return ::poll(&asked, 1, 0) > 0 && (asked.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

}  // namespace orrery::os
