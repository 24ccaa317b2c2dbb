// Loop: one libuv event loop and the small things that live on it: timers, wake-ups, phases.
//
// Made in the worker, after the fork; libuv is never touched before. One thread runs it. Only Wakeup::send may be
// called from other threads, and from signal handlers. The destructor runs the loop dry: everything made on it must be
// gone before. A test drives it by single turns, and holds its timers.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <uv.h>

#include "uv/handle.hpp"
#include "uv/held_timers.hpp"
#include "uv/warm_files.hpp"

namespace orrery::uv {

class Loop {
 public:
  /// `read_size`: bytes one read takes at most; one buffer serves all connections of the loop. Throws, in a
  /// sentence, where no descriptor is left for it.
  explicit Loop(std::size_t read_size = 64 * 1024);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  void run();
  /// Makes run() return after the current turn.
  void stop();

  // --- for who drives it by hand ---
  /// Does what can be done now, and does not wait.
  void turn() { uv_run(loop_.get(), UV_RUN_NOWAIT); }
  /// A turn would find something to do.
  [[nodiscard]] bool busy() const;
  /// Waits until the kernel or another thread brings something. False when `limit` is over before.
  bool wait(std::chrono::milliseconds limit);
  /// Descriptors that are watched, but for those of streams.
  [[nodiscard]] std::size_t watched() const;
  /// From now on timers only run by hand. Before any is started.
  HeldTimers& hold_timers();
  [[nodiscard]] HeldTimers* held_timers() const { return held_.get(); }

  /// The loop's clock, in milliseconds: when this turn began.
  [[nodiscard]] std::uint64_t now() const { return uv_now(loop_.get()); }
  [[nodiscard]] uv_loop_t* raw() { return loop_.get(); }
  [[nodiscard]] uv_buf_t read_buffer() { return uv_buf_init(buffer_.get(), static_cast<unsigned>(read_size_)); }
  /// The stream that is reading has had a whole buffer; asked for once.
  void note_full_read() { full_read_ = true; }
  bool take_full_read() { return std::exchange(full_read_, false); }
  [[nodiscard]] WarmFiles& warm_files() { return warm_files_; }

 private:
  std::unique_ptr<uv_loop_t> loop_;
  std::size_t read_size_;
  std::unique_ptr<char[]> buffer_;
  std::unique_ptr<HeldTimers> held_;
  bool full_read_ = false;
  WarmFiles warm_files_;
};

/// Calls back after a delay, once or repeatedly.
class Timer {
 public:
  Timer(Loop& loop, Callback callback);
  void start(std::chrono::milliseconds delay, std::chrono::milliseconds repeat = std::chrono::milliseconds{0});
  void stop();

 private:
  struct Block {
    uv_timer_t handle;
    Callback callback;
  };
  struct Close {
    void operator()(Block* block) const noexcept;
  };
  std::unique_ptr<Block, Close> block_;
};

/// Calls back on the loop thread some time after send(); several sends may become one call.
class Wakeup {
 public:
  Wakeup(Loop& loop, Callback callback);
  /// Any thread; async-signal-safe.
  void send() const noexcept;

 private:
  struct Block {
    uv_async_t handle;
    Callback callback;
  };
  Handle<Block> block_;
};

/// Calls back in each turn of the loop right after it has looked for I/O; while `spin(true)`, the loop never sleeps.
class AfterPoll {
 public:
  AfterPoll(Loop& loop, Callback callback);
  void spin(bool on);

 private:
  struct CheckBlock {
    uv_check_t handle;
    Callback callback;
  };
  struct IdleBlock {
    uv_idle_t handle;
  };
  Handle<CheckBlock> check_;
  Handle<IdleBlock> idle_;
};

}  // namespace orrery::uv
