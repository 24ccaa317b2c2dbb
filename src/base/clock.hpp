// Clock: the one door through which time comes in.
//
// Pure parts (supervisor, connection) never read a clock: they are given an Instant. `Monotonic` counts
// CLOCK_MONOTONIC, which all processes of one boot share, so the master may compare it with what a worker wrote
// into the scoreboard.
#pragma once

#include <chrono>
#include <ctime>

namespace orrery::base {

using Nanoseconds = std::chrono::nanoseconds;
/// Time since boot; the same in every process of the machine, never steps.
using Monotonic = std::chrono::time_point<std::chrono::steady_clock, Nanoseconds>;
/// UTC as the kernel knows it; may step.
using WallTime = std::chrono::time_point<std::chrono::system_clock, Nanoseconds>;

inline Nanoseconds read_clock(clockid_t id) {
  timespec ts{};
  ::clock_gettime(id, &ts);
  return std::chrono::seconds{ts.tv_sec} + Nanoseconds{ts.tv_nsec};
}

inline Monotonic monotonic_now() { return Monotonic{read_clock(CLOCK_MONOTONIC)}; }
/// The time of the kernel's last tick, at most 10 ms old; a quarter of the price.
inline WallTime wall_tick() { return WallTime{read_clock(CLOCK_REALTIME_COARSE)}; }
inline WallTime wall_now() { return WallTime{read_clock(CLOCK_REALTIME)}; }

}  // namespace orrery::base
