// WorkerDriver: a whole worker inside the process of a test, its parts in the open, its clients' sockets in hand.
//
// TestClient speaks HTTP for a test; this does not: a test writes bytes to the other end of a connection, reads what
// came, looks at the parts and at the worker's slot in between, and says how late it is. One at a time; one thread.
#pragma once

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "orrery/app.hpp"

#include "support/held_clock.hpp"
#include "testing/worker_in_process.hpp"
#include "worker/runtime.hpp"

namespace orrery::test {

/// What lies in the socket now, up to `most` bytes.
inline std::string heard(const base::UniqueFd& socket, std::size_t most = SIZE_MAX) {
  std::string all;
  char bytes[16 * 1024];
  while (all.size() < most) {
    const ssize_t got = ::recv(socket.get(), bytes, std::min(sizeof bytes, most - all.size()), MSG_DONTWAIT);
    if (got <= 0) break;
    all.append(bytes, static_cast<std::size_t>(got));
  }
  return all;
}

/// The other end has closed, and everything was read.
inline bool has_ended(const base::UniqueFd& socket) {
  char byte = 0;
  const ssize_t got = ::recv(socket.get(), &byte, 1, MSG_DONTWAIT | MSG_PEEK);
  return got == 0 || (got < 0 && errno == ECONNRESET);
}

inline std::size_t count_of(std::string_view part, std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size()) ++count;
  return count;
}

inline const std::string kPlainGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
inline const std::string kOk = "HTTP/1.1 200 OK";

class WorkerDriver {
 public:
  using Threads = testing::WorkerInProcess::Threads;

  /// With threads of its own, Dispatch::stop() must have been true before it goes.
  explicit WorkerDriver(App app, const Config& config = {}, Threads threads = Threads::kNone)
      : worker_(std::move(app), config, threads) {
    turn();
  }
  WorkerDriver(const WorkerDriver&) = delete;
  WorkerDriver& operator=(const WorkerDriver&) = delete;
  ~WorkerDriver() {
    worker_.give_up();
    turn();
    worker_.end();
    worker_.forget();
  }

  worker::Runtime& runtime() { return worker_.runtime(); }
  worker::Connections& connections() { return runtime().connections(); }
  os::Scoreboard& board() { return worker_.board(); }
  os::Slot& slot() { return board().slot(0); }
  const os::HandoverPair& handover() { return worker_.handover(); }
  [[nodiscard]] std::uint64_t closed(os::Closing reason) {
    return slot().counters.closed[static_cast<std::size_t>(reason)].load();
  }

  /// The client's end of a new connection.
  base::UniqueFd connect() {
    base::Address from;
    from.family = base::Address::Family::kUnix;
    return worker_.accept(from);
  }
  /// The same, and the client says this at once.
  base::UniqueFd connect(std::string_view bytes) {
    base::UniqueFd client = connect();
    say(client, bytes);
    return client;
  }
  /// The client writes as much as the kernel takes, and the worker does what follows; how much that was.
  std::size_t say(const base::UniqueFd& client, std::string_view bytes) {
    const ssize_t sent = ::send(client.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    turn();
    return sent < 0 ? 0 : static_cast<std::size_t>(sent);
  }
  /// All that the client gets while the worker has anything to send to it.
  std::string read_all(const base::UniqueFd& client) {
    std::string all;
    for (std::string piece; !(piece = heard(client)).empty(); turn()) all += piece;
    return all;
  }
  /// The worker does what it can do now, until it finds nothing for some turns; but not for ever, since what nobody
  /// takes (a connection in a listener's queue) is found in each.
  void turn() {
    constexpr int kQuietTurns = 4, kMostTurns = 500;
    for (int quiet = 0, all = 0; quiet < kQuietTurns && all < kMostTurns; ++all)
      quiet = worker_.turn() || worker_.busy() ? 0 : quiet + 1;
  }
  /// Time passes, with all that is due in it, each at its moment.
  void pass(std::chrono::milliseconds time) {
    const base::Monotonic end = base::monotonic_now() + time;
    for (auto next = worker_.next_moment(); next && *next <= end; next = worker_.next_moment()) go_to(*next);
    go_to(end);
  }

 private:
  void go_to(base::Monotonic moment) {
    const auto step = std::chrono::ceil<std::chrono::milliseconds>(moment - base::monotonic_now());
    if (step.count() > 0) HeldClock::pass(step);
    worker_.arrive();
    turn();
  }

  HeldClock clock_;
  testing::WorkerInProcess worker_;
};

}  // namespace orrery::test
