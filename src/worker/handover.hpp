// Handover: a leaving worker gives its connections to its siblings one by one, as each comes to rest; the siblings
// adopt them.
//
// Giver and Adopter are the two ends of os::HandoverPair in one worker's life: it adopts while it serves and gives when
// it leaves. The client sees nothing: what it sends meanwhile waits in the kernel for the new owner. Given up means the
// leave-taking of a full stop. Loop thread only.
//
// When to give up: at once when the service stops; after a second in which no worker serves; and while siblings serve,
// only when they take nothing for `patience`. Those are busy, with blocking handlers for the most part, and will come
// back: a client that waits for them is served, where one that is cut off after a second would have to find out whether
// its next request was heard.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <utility>

#include "base/clock.hpp"
#include "os/handover.hpp"
#include "uv/listener_poll.hpp"
#include "uv/loop.hpp"
#include "worker/connections.hpp"

namespace orrery::worker {

class Giver {
 public:
  /// What is there to give to.
  enum class Takers : std::uint8_t {
    kNever,   ///< the service stops, or its master is gone
    kNotNow,  ///< no worker serves at the moment
    kThere,   ///< siblings serve, or another master's workers; they may be busy
  };
  /// `patience`: how long siblings that are there may be too busy to take anything.
  Giver(uv::Loop& loop, const os::HandoverPair& pair, Connections& connections, std::function<Takers()> takers,
        std::chrono::milliseconds patience);

  void begin();
  /// Call once in each turn, after the poll phase.
  void after_poll() {
    if (begun_ && !given_up_) give();
  }
  [[nodiscard]] bool begun() const { return begun_; }
  /// Everything given was taken, or is given up. Asks the kernel.
  [[nodiscard]] bool done() const;
  [[nodiscard]] unsigned given() const { return given_; }

 private:
  void give();
  void look();
  void run_out_of_patience(Takers takers, base::Monotonic now);
  void give_up();

  const os::HandoverPair& pair_;
  Connections& connections_;
  std::function<Takers()> takers_;
  std::chrono::milliseconds patience_;
  uv::Timer timer_;
  base::Monotonic progress_{};  ///< something was given or taken, or nothing waited
  int untaken_ = 0;
  unsigned given_ = 0;
  bool begun_ = false;
  bool given_up_ = false;
};

class Adopter {
 public:
  /// `has_more`: a sibling should have the next connection rather than this worker.
  Adopter(uv::Loop& loop, const os::HandoverPair& pair, Connections& connections, std::function<bool()> has_more);

  void start();
  /// Call once in each turn, after the poll phase. `is_free`: a request could be served now.
  void after_poll(bool is_free) {
    if (std::exchange(knocked_, false) && is_free) take_one();
  }
  /// Leaves what waits to the siblings for a moment.
  void pause_briefly();
  /// Takes what waits, whichever worker should have it, then no more for ever.
  void finish();
  void stop();

 private:
  void take_one();

  const os::HandoverPair& pair_;
  Connections& connections_;
  std::function<bool()> has_more_;
  uv::ListenerPoll poll_;
  uv::Timer again_;
  unsigned left_to_others_ = 0;  ///< times in a row
  bool open_ = false;
  bool away_ = false;
  bool knocked_ = false;
};

}  // namespace orrery::worker
