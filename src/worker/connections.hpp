// Connections: all sessions of one worker: where they live, which are idle, how many may be.
//
// Owns the sessions. A session that ends is released and freed after the loop's turn, so none deletes itself. When
// there is no room, the longest idle goes first. For that all stand in a queue in the order in which they were last
// seen to be idle, which a request does not touch: only when the longest idle is asked for is the first looked at, and
// sent back to where it belongs when it has been busy since. Those that linger have their answer: they stand in a queue
// of their own, only so many at once, and are the first to go. Loop thread only.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "os/handover.hpp"
#include "uv/end_watch.hpp"
#include "worker/session.hpp"

namespace orrery::worker {

class Connections {
 public:
  Connections(Services& services, std::size_t most, std::size_t most_lingering);

  /// Takes a fresh connection in, whose client has `waited` for that.
  void add(base::UniqueFd socket, const base::Arrival& arrival, std::chrono::milliseconds waited = {});
  /// Takes one in that rested with a sibling.
  void adopt(os::TakenConnection taken);
  [[nodiscard]] bool full() const { return open_ >= most_; }
  [[nodiscard]] bool empty() const { return open_ == 0; }
  /// Closes the connection that lingers longest, else the one that has been idle longest; false when there is neither.
  bool make_room();
  [[nodiscard]] bool can_make_room() const { return idle_ > 0 || lingering_ > 0; }
  [[nodiscard]] bool any_idle() const { return idle_ > 0; }
  [[nodiscard]] std::size_t count_idle() const { return idle_; }
  [[nodiscard]] std::size_t count_lingering() const { return lingering_; }
  void drain();
  [[nodiscard]] bool leaving() const { return leaving_; }
  /// Tells the handlers that are streaming that the worker leaves, and ends the connections that no sibling can take as
  /// they come to rest.
  void tell_draining();
  /// Offers each connection at rest to `give`, the longest idle first, and forgets those that were given; those that
  /// cannot be are told to end.
  void give_resting(const std::function<os::Giving(int socket, const os::ConnectionAtRest&)>& give);
  /// The worker's time is over: closes all but those whose handler is at work. Returns how many had not all of their
  /// answer.
  std::size_t cut_off();

  /// The session at this place; null when there is none.
  [[nodiscard]] Session* at(std::uint32_t index) const;
  /// The session that still handles this request; null when it is over.
  [[nodiscard]] Session* find(RequestKey key) const;
  std::uint32_t next_serial() { return ++serial_; }

  // --- told by sessions ---
  void now_idle(Session& session) {
    if (!std::exchange(session.counted_idle_, true)) ++idle_;
  }
  void now_busy(Session& session) {
    if (std::exchange(session.counted_idle_, false)) --idle_;
  }
  /// Its answer is sent, its client still sends. False when it may not linger.
  bool now_lingering(Session& session);
  /// It is not read, and must hear all the same when its client leaves. To be asked once for a session.
  void watch_end(const Session& session);
  void release(Session& session);
  /// Frees what was released. Call when no session is on the stack.
  void free_released() { released_.clear(); }
  /// Called after a connection has gone.
  void on_room(std::function<void()> callback) { room_callback_ = std::move(callback); }

 private:
  Session& make_session(const base::Arrival& arrival);
  /// The last step of taking one in; one whose stream could not begin goes again.
  void begin(Session& session, const Result<void>& begun);
  void count();
  struct Queue {
    Session* first = nullptr;
    Session* last = nullptr;
  };
  bool close_longest_idle();
  /// Puts the session into the queue as one that was last seen idle at `seen`.
  void enqueue(Session& session, base::Monotonic seen);
  void insert(Queue& queue, Session& session, Session* before);
  void dequeue(Session& session);
  /// The one that has been idle longest; null when none is idle.
  Session* longest_idle();

  Services& services_;
  uv::EndWatch ends_;
  std::size_t most_;
  std::size_t most_lingering_;
  std::size_t open_ = 0;
  std::size_t lingering_ = 0;
  std::size_t idle_ = 0;
  std::uint32_t serial_ = 0;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<std::uint32_t> free_;
  std::vector<std::unique_ptr<Session>> released_;
  Queue seen_idle_;  ///< the first: seen idle longest ago
  Queue lingerers_;  ///< the first: since longest
  bool leaving_ = false;
  std::function<void()> room_callback_;
};

}  // namespace orrery::worker
