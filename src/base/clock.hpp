// Clock: the one door through which time comes in.
//
// Pure parts (supervisor, connection) never read a clock: they are given an Instant. `Monotonic` counts
// CLOCK_MONOTONIC, which all processes of one boot share, so the master may compare it with what a worker wrote
// into the scoreboard. A test that drives a worker by hand holds the clocks, and moves them on itself.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <ctime>

namespace orrery::base {

using Nanoseconds = std::chrono::nanoseconds;
/// Time since boot; the same in every process of the machine, never steps.
using Monotonic = std::chrono::time_point<std::chrono::steady_clock, Nanoseconds>;
/// UTC as the kernel knows it; may step.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Nanoseconds>;

/// As people read it: 1.5.
constexpr double seconds(Nanoseconds span) { return std::chrono::duration<double>(span).count(); }

inline Nanoseconds read_clock(clockid_t id) {
  timespec ts{};
  ::clock_gettime(id, &ts);
  return std::chrono::seconds{ts.tv_sec} + Nanoseconds{ts.tv_nsec};
}

/// What the clocks of this process say while somebody holds them; 0 = they run. Written by one thread.
struct HeldClocks {
  std::atomic<std::int64_t> monotonic_ns{0};
  std::atomic<std::int64_t> utc_ns{0};
};
inline HeldClocks held_clocks;

inline Monotonic monotonic_now() {
  if (const auto held = held_clocks.monotonic_ns.load(std::memory_order_relaxed); held != 0) [[unlikely]]
    return Monotonic{Nanoseconds{held}};
  return Monotonic{read_clock(CLOCK_MONOTONIC)};
}
inline WallTime utc_by(clockid_t id) {
  if (const auto held = held_clocks.utc_ns.load(std::memory_order_relaxed); held != 0) [[unlikely]]
    return WallTime{Nanoseconds{held}};
  return WallTime{read_clock(id)};
}
/// The time of the kernel's last tick, at most 10 ms old; a quarter of the price.
inline WallTime wall_tick() { return utc_by(CLOCK_REALTIME_COARSE); }
inline WallTime wall_now() { return utc_by(CLOCK_REALTIME); }

}  // namespace orrery::base
