// WorkerInProcess: one worker without a master, driven by hand: a Runtime of worker/, with what it is born with.
//
// It forks nothing, binds nothing and never waits by itself. The caller holds the clocks (base/clock.hpp) during
// every call, the first and the last included. The test's thread is its loop thread. It decides nothing about requests:
// that is what worker/ does, and the same code serves.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

#include "orrery/app.hpp"
#include "orrery/config.hpp"

#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/unique_fd.hpp"

namespace orrery::os {
struct HandoverPair;
class Scoreboard;
}  // namespace orrery::os

namespace orrery::worker {
class Runtime;
}

namespace orrery::testing {

class WorkerInProcess {
 public:
  /// Whether class `threads` has threads of its own (worker::Runtime::Threads), which TestClient's never has.
  enum class Threads : std::uint8_t { kNone, kOwn };

  /// Throws TestFailure, in the sentences of --check-config, when it could not serve.
  WorkerInProcess(App app, const Config& config, Threads threads = Threads::kNone);
  WorkerInProcess(const WorkerInProcess&) = delete;
  WorkerInProcess& operator=(const WorkerInProcess&) = delete;
  ~WorkerInProcess();

  /// The client's end of a connection that it has accepted.
  base::UniqueFd accept(const base::Address& from);
  [[nodiscard]] bool accepts() const { return !leaving_; }

  /// What can be done now. True when there was a timer to run.
  bool turn();
  /// A turn would find something to do.
  [[nodiscard]] bool busy() const;
  /// The next moment at which a timer or a deadline would happen.
  [[nodiscard]] std::optional<base::Monotonic> next_moment() const;
  /// A moment has come: what was due then happens in the turns that follow.
  void arrive();
  /// Something beside the server could still bring an answer: a thread, or a descriptor that the application watches.
  [[nodiscard]] bool others_at_work() const;
  /// Waits for those, in real time. False when `limit` is over before.
  bool wait(std::chrono::milliseconds limit);

  void drain();
  [[nodiscard]] bool over() const;
  /// Ends what is still going on. Turns must follow, and then forget().
  void give_up();
  /// Runs the end hooks, once.
  void end();
  /// Lets the application go, and this worker with it; one whose parts the application still holds is kept for good.
  void forget();

  [[nodiscard]] Worker& worker();

  // --- what it is made of, for tests of a part ---
  [[nodiscard]] worker::Runtime& runtime();
  [[nodiscard]] os::Scoreboard& board();
  [[nodiscard]] const os::HandoverPair& handover() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::size_t watched_at_birth_ = 0;
  bool leaving_ = false;
  bool ended_ = false;
};

}  // namespace orrery::testing
