// Flights: the requests that have a handler now, written into the worker's slot so that the master can read them.
//
// The handler that the loop thread runs has a cell of its own: there is one at most, and it costs no locked
// instruction. For all others a cell is taken on the loop thread and given back by whichever thread ends the handler;
// with all of these taken, further requests fly unrecorded (the oldest are kept). No lock, no system call.
#pragma once

#include <atomic>
#include <bit>
#include <chrono>
#include <cstdint>

#include "http/layer_watch.hpp"
#include "http/message.hpp"
#include "os/scoreboard.hpp"

namespace orrery::worker {

/// What both the in-flight and the finished records say of a request.
void describe(const http::Message& message, os::RequestRecord& record);

class Flights final : public http::LayerWatch {
 public:
  static constexpr int kNoCell = -1;

  Flights(os::Slot& slot, const os::QuarantineTable& quarantine) : slot_(slot), quarantine_(quarantine) {}

  /// The loop thread calls a handler. `blocks_until`: when it must be done; the master ends the worker then. The epoch
  /// = no limit.
  int begin_here(http::Message& message, base::Monotonic blocks_until = {}) {
    // A handler may end another connection's stream, and so bring on the next request there.
    if (slot_.handling.load(std::memory_order_relaxed)) {
      const int cell = begin(message, blocks_until);
      enter(cell);
      return cell;
    }
    slot_.handling.store(true, std::memory_order_relaxed);
    record(kHere, message, blocks_until);
    return kHere;
  }

  /// A handler runs, or will, on another thread, or answers later.
  int begin(http::Message& message, base::Monotonic blocks_until = {}) {
    slot_.in_flight.fetch_add(1, std::memory_order_relaxed);
    // Acquired: another thread may have given the cell back.
    const int cell = std::countr_one(taken_.load(std::memory_order_acquire));
    if (cell >= static_cast<int>(os::kInFlightCells)) return kNoCell;
    taken_.fetch_or(bit(cell), std::memory_order_relaxed);
    message.flight = number_for(cell);
    record(cell, message, blocks_until);
    return cell;
  }

  /// The loop thread runs code of this flight, and not of the one that begin_here() began; what to leave() with.
  std::int8_t enter(int cell) {
    const std::int8_t former = slot_.inner.load(std::memory_order_relaxed);
    slot_.inner.store(static_cast<std::int8_t>(cell + 1), std::memory_order_relaxed);
    return former;
  }
  void leave(std::int8_t former) { slot_.inner.store(former, std::memory_order_relaxed); }

  /// Of the flight that begin() began for it last.
  static int cell_of(const http::Message& message) {
    return message.flight == 0 ? kNoCell : static_cast<int>(message.flight % os::kInFlightCells);
  }

  /// The handler of this flight runs on pool thread `thread` from now on.
  void on_thread(int cell, pid_t thread) {
    if (cell == kNoCell) return;
    at(cell).write([&](os::RequestRecord& record) { record.thread = thread; });
  }

  /// No request is in quarantine: one load.
  [[nodiscard]] bool none_held() const { return quarantine_.empty(); }
  /// Until when this one is; the epoch = it is not.
  [[nodiscard]] base::Monotonic held_until(const http::Message& message, base::Monotonic now) const {
    const std::uint64_t target = quarantine_.fingerprint(message.view(message.target));
    return quarantine_.held_until(os::QuarantineTable::key_of(message.method, target), now);
  }

  // Layers run on the loop thread, as handlers of the class `async` do.
  [[nodiscard]] std::chrono::seconds held_for(const http::Message& message, base::Monotonic now) override {
    if (none_held()) return std::chrono::seconds{0};
    const base::Monotonic until = held_until(message, now);
    return until == base::Monotonic{} ? std::chrono::seconds{0} : std::chrono::ceil<std::chrono::seconds>(until - now);
  }
  int begun(http::Message& message) override {
    if (!slot_.handling.load(std::memory_order_relaxed) && slot_.inner.load(std::memory_order_relaxed) == 0)
      return packed(begin_here(message), 0);
    // A handler answers, or ends the stream of, another request. What the message says of its own handler stays.
    const std::uint32_t flight = message.flight;
    const int cell = begin(message);
    message.flight = flight;
    return packed(cell, enter(cell));
  }
  void ended(int begun) override {
    end(begun / kFormers - 1);
    if (const int former = begun % kFormers; former != 0) leave(static_cast<std::int8_t>(former));
  }

  /// Any thread; once per begin().
  void end(int cell) {
    if (cell != kNoCell) at(cell).write([](os::RequestRecord& record) { record.started_ns = 0; });
    if (cell == kHere) return slot_.handling.store(false, std::memory_order_relaxed);
    if (cell != kNoCell && slot_.inner.load(std::memory_order_relaxed) == cell + 1) leave(0);
    slot_.in_flight.fetch_sub(1, std::memory_order_relaxed);
    if (cell != kNoCell) taken_.fetch_and(~bit(cell), std::memory_order_release);
  }

 private:
  static constexpr int kHere = 0;
  /// More than any value of `inner`: packed() keeps a former one as its remainder.
  static constexpr int kFormers = 128;
  static int packed(int cell, std::int8_t former) { return (cell + 1) * kFormers + former; }
  static constexpr std::uint64_t bit(int cell) { return std::uint64_t{1} << cell; }
  os::RequestCell& at(int cell) { return slot_.flights[static_cast<std::size_t>(cell)]; }
  /// The cell is its remainder.
  std::uint32_t number_for(int cell) {
    begun_ += os::kInFlightCells;
    return begun_ + static_cast<std::uint32_t>(cell);
  }
  void record(int cell, const http::Message& message, base::Monotonic blocks_until) {
    at(cell).write([&](os::RequestRecord& record) {
      describe(message, record);
      record.deadline_ns = blocks_until.time_since_epoch().count();
      record.target_fingerprint = quarantine_.fingerprint(message.view(message.target));
    });
  }

  os::Slot& slot_;
  const os::QuarantineTable& quarantine_;
  std::atomic<std::uint64_t> taken_{bit(kHere)};
  std::uint32_t begun_ = 0;
};

}  // namespace orrery::worker
