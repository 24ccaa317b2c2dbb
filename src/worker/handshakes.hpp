// Handshakes: how many TLS handshakes a worker has under way at once, and which wait for a turn.
//
// A handshake costs a hundred times what a request does, and memory while it lasts. Those beyond the limit wait in the
// order in which they came. Pure: begins nothing itself, and wakes nobody inside of a call of another one: it asks to
// be called back (`wake`), and then admit() gives the turns that are free. Loop thread only.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <utility>

namespace orrery::worker {

class Handshakes {
 public:
  class Waiter {
   public:
    /// Its turn has come; it was entered.
    virtual void on_turn() = 0;

   protected:
    ~Waiter() = default;
  };

  Handshakes(std::size_t most, std::function<void()> wake) : most_(most), wake_(std::move(wake)) {}

  /// True: it may begin, and is to say when it is done(). False: it waits for on_turn().
  bool enter(Waiter& waiter);
  /// A handshake that was entered has ended, well or not.
  void done();
  /// Does not wait any more.
  void forget(const Waiter& waiter);
  /// Gives the turns that are free to those who have waited longest.
  void admit();

  [[nodiscard]] std::size_t under_way() const { return under_way_; }
  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }

 private:
  std::size_t most_;
  std::size_t under_way_ = 0;
  std::deque<Waiter*> waiting_;
  std::function<void()> wake_;
};

}  // namespace orrery::worker
