#include "uv/loop.hpp"

#include <chrono>
#include <cstdint>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <utility>

#include "base/check.hpp"

namespace orrery::uv {

namespace {

template <class Block, class UvHandle>
void call_back(UvHandle* handle) noexcept {
  reinterpret_cast<Block*>(handle)->callback();
}

bool readable(int descriptor, std::chrono::milliseconds limit) {
  pollfd asked{descriptor, POLLIN, 0};
  return ::poll(&asked, 1, static_cast<int>(limit.count())) > 0;
}

HeldTimers* held_timers_of(const uv_timer_t& timer) { return static_cast<Loop*>(timer.loop->data)->held_timers(); }

}  // namespace

Loop::Loop(std::size_t read_size)
    : loop_(std::make_unique<uv_loop_t>()),
      read_size_(read_size),
      buffer_(std::make_unique_for_overwrite<char[]>(read_size)) {
  // Its descriptors are what may be missing: a limit, not a bug.
  if (const int error = uv_loop_init(loop_.get()); error != 0)
    throw std::runtime_error(std::string("cannot make an event loop: ") + uv_strerror(error) +
                             "; raise the limit of open files (ulimit -n, LimitNOFILE)");
  loop_->data = this;
}

Loop::~Loop() {
  uv_run(loop_.get(), UV_RUN_DEFAULT);
  ORRERY_CHECK(uv_loop_close(loop_.get()) == 0);
}

void Loop::run() { uv_run(loop_.get(), UV_RUN_DEFAULT); }
void Loop::stop() { uv_stop(loop_.get()); }

bool Loop::busy() const {
  // 0 also stands for "nothing that it could ever wait for": a loop that has a mailbox always has.
  return uv_backend_timeout(loop_.get()) == 0 || readable(uv_backend_fd(loop_.get()), std::chrono::milliseconds{0});
}

bool Loop::wait(std::chrono::milliseconds limit) { return busy() || readable(uv_backend_fd(loop_.get()), limit); }

std::size_t Loop::watched() const {
  std::size_t count = 0;
  uv_walk(
      loop_.get(),
      [](uv_handle_t* handle, void* counted) noexcept {
        if (handle->type == UV_POLL && uv_is_closing(handle) == 0) ++*static_cast<std::size_t*>(counted);
      },
      &count);
  return count;
}

HeldTimers& Loop::hold_timers() {
  if (!held_) held_ = std::make_unique<HeldTimers>();
  return *held_;
}

Timer::Timer(Loop& loop, Callback callback) : block_(new Block{{}, std::move(callback)}) {
  ORRERY_CHECK(uv_timer_init(loop.raw(), &block_->handle) == 0);
}

void Timer::Close::operator()(Block* block) const noexcept {
  if (HeldTimers* const held = held_timers_of(block->handle)) held->forget(block->callback);
  StartClose<Block>{}(block);
}

void Timer::start(std::chrono::milliseconds delay, std::chrono::milliseconds repeat) {
  if (HeldTimers* const held = held_timers_of(block_->handle)) return held->start(block_->callback, delay, repeat);
  uv_timer_start(
      &block_->handle, [](uv_timer_t* handle) noexcept { call_back<Block>(handle); },
      static_cast<std::uint64_t>(delay.count()), static_cast<std::uint64_t>(repeat.count()));
}

void Timer::stop() {
  if (HeldTimers* const held = held_timers_of(block_->handle)) return held->forget(block_->callback);
  uv_timer_stop(&block_->handle);
}

Wakeup::Wakeup(Loop& loop, Callback callback) : block_(new Block{{}, std::move(callback)}) {
  const auto on_sent = [](uv_async_t* handle) noexcept { call_back<Block>(handle); };
  ORRERY_CHECK(uv_async_init(loop.raw(), &block_->handle, on_sent) == 0);
}

void Wakeup::send() const noexcept { uv_async_send(&block_->handle); }

AfterPoll::AfterPoll(Loop& loop, Callback callback)
    : check_(new CheckBlock{{}, std::move(callback)}), idle_(new IdleBlock{}) {
  ORRERY_CHECK(uv_check_init(loop.raw(), &check_->handle) == 0);
  ORRERY_CHECK(uv_idle_init(loop.raw(), &idle_->handle) == 0);
  uv_check_start(&check_->handle, [](uv_check_t* handle) noexcept { call_back<CheckBlock>(handle); });
}

void AfterPoll::spin(bool on) {
  if (on)
    uv_idle_start(&idle_->handle, [](uv_idle_t*) noexcept {});
  else
    uv_idle_stop(&idle_->handle);
}

}  // namespace orrery::uv
