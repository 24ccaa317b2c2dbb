// Flights: the requests that have a handler now, written into the worker's slot so that the master can read them.
//
// A cell is taken on the loop thread and given back by whichever thread ends the handler; with all 64 cells taken, further
// requests fly unrecorded (the 64 oldest are kept). No lock, no system call.
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>

#include "http/message.hpp"
#include "os/scoreboard.hpp"

namespace orrery::worker {

/// What both the in-flight and the finished records say of a request.
void describe(const http::Message& message, os::RequestRecord& record);

class Flights {
 public:
  static constexpr int kNoCell = -1;

  explicit Flights(os::Slot& slot) : slot_(slot) {}

  /// `blocks_until`: when a handler that holds the loop thread must be done; the master ends the worker then. The epoch = it
  /// holds no loop, or has no limit.
  int begin(const http::Message& message, base::Monotonic blocks_until = {}) {
    slot_.in_flight.fetch_add(1, std::memory_order_relaxed);
    const int cell = std::countr_one(taken_.load(std::memory_order_relaxed));
    if (cell >= static_cast<int>(os::kInFlightCells)) return kNoCell;
    taken_.fetch_or(bit(cell), std::memory_order_relaxed);
    slot_.flights[static_cast<std::size_t>(cell)].write([&](os::RequestRecord& record) {
      describe(message, record);
      record.deadline_ns = blocks_until.time_since_epoch().count();
    });
    return cell;
  }

  /// The handler of this flight runs on pool thread `thread` from now on.
  void on_thread(int cell, pid_t thread) {
    if (cell == kNoCell) return;
    slot_.flights[static_cast<std::size_t>(cell)].write(
        [&](os::RequestRecord& record) { record.thread = thread; });
  }

  /// Any thread; once per begin().
  void end(int cell) {
    slot_.in_flight.fetch_sub(1, std::memory_order_relaxed);
    if (cell == kNoCell) return;
    slot_.flights[static_cast<std::size_t>(cell)].write(
        [](os::RequestRecord& record) { record.started_ns = 0; });
    taken_.fetch_and(~bit(cell), std::memory_order_release);
  }

 private:
  static std::uint64_t bit(int cell) { return std::uint64_t{1} << cell; }

  os::Slot& slot_;
  std::atomic<std::uint64_t> taken_{0};
};

}  // namespace orrery::worker
