// Journal: what happened in the life of the service, and how its workers died, for readers in other processes.
//
// Rings in the scoreboard's mapping: written by the master only, one entry at a time; any process reads copies of those
// that are still there. An entry has a number that only grows, so a reader knows where it was. Texts are cut. What a
// reader finds torn or overwritten it leaves out. No lock, no system call, nothing that points anywhere.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <sys/types.h>
#include <vector>

#include "os/sequenced.hpp"
#include "os/service_facts.hpp"

namespace orrery::os {

enum class EventKind : std::uint8_t {
  kNote,  ///< what has no kind of its own
  kStarted,
  kServing,  ///< a generation serves, and the service manager knows
  kSignal,   ///< a signal came to the master
  kOrder,    ///< an order came from the admin process
  kReloadBegun,
  kReloadFinished,
  kReloadRefused,
  kReloadGivenUp,
  kCanary,  ///< one is on trial, promoted or rolled back
  kWorkerReady,
  kWorkerEnded,  ///< asked for, or a plain restart
  kWorkerDied,
  kCrashLoop,  ///< it began, or it is over
  kScaled,
  kPaused,
  kDrained,
  kUndrained,
  kUpgrade,
  kLogLevel,
  kStopping,
};
/// "reload_finished": lower case, with underscores.
std::string_view word_for(EventKind kind);

struct LifeEvent {
  std::uint64_t sequence = 0;
  std::int64_t time_ns = 0;  ///< CLOCK_REALTIME
  EventKind kind = EventKind::kNote;
  CutText<380> text;    ///< a sentence
  CutText<100> sender;  ///< "pid 123 (bash), uid 0"; empty = nobody sent it
};

struct DeathNote {
  std::uint64_t sequence = 0;
  std::int64_t time_ns = 0;  ///< CLOCK_REALTIME
  std::uint32_t number = 0, generation = 0;
  pid_t pid = 0;
  Ending ending = Ending::kCrashed;
  CutText<100> cause;  ///< "SIGSEGV (core dumped)", "exit code 3"
  CutText<2400> text;  ///< the report
};

/// The last N entries; 1 is the first sequence.
template <class Entry, std::size_t N>
class Ring {
 public:
  /// Writer, one: calls `fill(entry)` of an empty entry.
  template <class Fill>
  void add(Fill&& fill) {
    const std::uint64_t next = newest_.load(std::memory_order_relaxed) + 1;
    cells_[next % N].write([&](Entry& entry) {
      entry = Entry{};
      fill(entry);
      entry.sequence = next;
    });
    newest_.store(next, std::memory_order_release);
  }
  /// The number of the last entry; 0 = there was none.
  [[nodiscard]] std::uint64_t newest() const { return newest_.load(std::memory_order_acquire); }
  /// Entries with a higher number than `sequence` that are still there, the oldest first.
  [[nodiscard]] std::vector<Entry> after(std::uint64_t sequence) const {
    std::vector<Entry> entries;
    const std::uint64_t last = newest();
    for (std::uint64_t at = std::max(sequence, last - std::min<std::uint64_t>(last, N)) + 1; at <= last; ++at) {
      const auto entry = cells_[at % N].read();
      if (entry && entry->sequence == at) entries.push_back(*entry);
    }
    return entries;
  }

 private:
  std::atomic<std::uint64_t> newest_{0};
  std::array<Sequenced<Entry>, N> cells_;
};

using EventRing = Ring<LifeEvent, 256>;
using DeathRing = Ring<DeathNote, 32>;

}  // namespace orrery::os
