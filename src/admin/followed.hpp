// Followed: the stream of one who follows something in the admin process: how its end is noticed, and how it is kept
// alive. What it is told is its owner's: Followers and Tail.
//
// Admin process, loop thread only. It never waits: what a client does not take is its owner's to leave out.
#pragma once

#include <chrono>
#include <memory>

#include "orrery/app.hpp"

namespace orrery::admin {

/// Proxies take a connection on which nothing comes for dead.
inline constexpr std::chrono::seconds kLongestSilence{15};

struct Followed {
  Stream stream;
  bool gone = false;

  void break_silence() {
    if (!gone && !stream.behind()) gone = !stream.write(":\n\n");
  }
  [[nodiscard]] bool over() const { return gone || !stream.open(); }

  /// From now on `gone` tells when its client leaves; when the process leaves, the stream ends. Callbacks of a stream
  /// may outlive what follows.
  static void notice_end(const std::shared_ptr<Followed>& follower) {
    const std::weak_ptr<Followed> known = follower;
    follower->stream.on_closed([known] {
      if (const auto closed = known.lock()) closed->gone = true;
    });
    follower->stream.on_draining([known] {
      const auto leaving = known.lock();
      if (!leaving) return;
      leaving->gone = true;
      leaving->stream.end();
    });
  }
};

}  // namespace orrery::admin
