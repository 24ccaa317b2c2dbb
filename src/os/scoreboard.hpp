// Scoreboard: what each worker is doing, readable by the master even when the worker is stuck or dead.
//
// One anonymous shared mapping, made by the master before the first fork and reserved once for kMaxWorkers slots and
// one for each other kind of child (MAP_NORESERVE: untouched slots cost nothing). Exactly one writer per slot, the
// child that was born into it; the master reads, and clears a slot only after the child's death report is written. What
// is more than a number is os::Sequenced: a reader gets it whole or learns that it is torn. A total that any process
// reads never falls. No locks, no syscalls. Its layout never crosses binaries. Reset, and only reset, frees a slot for
// the next worker.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/duration_bounds.hpp"
#include "base/protocol.hpp"
#include "base/reject.hpp"
#include "os/journal.hpp"
#include "os/quarantine_table.hpp"
#include "os/role.hpp"
#include "os/route_counts.hpp"
#include "os/route_names.hpp"
#include "os/sequenced.hpp"
#include "os/service_facts.hpp"
#include "os/stack.hpp"

namespace orrery::os {

class Ledger;

inline constexpr std::size_t kMaxWorkers = 256;

enum class WorkerState : std::uint8_t { kFree, kBooting, kReady, kDraining };

/// One request, in flight or finished, as the death report and the access log need it.
struct RequestRecord {
  std::array<char, 16> method{};
  std::array<char, 120> target{};  ///< cut, without query
  std::array<char, 64> id{};
  base::Address peer;
  std::uint8_t method_length = 0, target_length = 0, id_length = 0;
  base::Protocol protocol = base::Protocol::kHttp11;
  std::uint16_t status = 0;      ///< 0 while in flight
  std::uint32_t flight = 0;      ///< its running number in this worker, see Slot::accounted; 0 = it has none
  std::int32_t thread = 0;       ///< thread id that runs the handler; 0 = the loop thread
  std::int64_t started_ns = 0;   ///< CLOCK_MONOTONIC
  std::int64_t deadline_ns = 0;  ///< CLOCK_MONOTONIC, of a handler that holds the loop thread; 0 = none
  std::int64_t finished_ns = 0;  ///< CLOCK_MONOTONIC; 0 while in flight
  /// Of the whole target, query and all, however long: QuarantineTable::fingerprint(). In flight only.
  std::uint64_t target_fingerprint = 0;

  void set_method(std::string_view text) {
    constexpr std::size_t kUsual = 3;  // GET: copied without a call
    if (text.size() != kUsual) return copy_cut(method, method_length, text);
    std::memcpy(method.data(), text.data(), kUsual);
    method_length = kUsual;
  }
  void set_target(std::string_view text) { copy_cut(target, target_length, text); }
  void set_id(std::string_view text) { copy_cut(id, id_length, text); }
  [[nodiscard]] std::string_view method_view() const { return {method.data(), method_length}; }
  [[nodiscard]] std::string_view target_view() const { return {target.data(), target_length}; }
  [[nodiscard]] std::string_view id_view() const { return {id.data(), id_length}; }

 private:
  template <std::size_t N>
  static void copy_cut(std::array<char, N>& to, std::uint8_t& length, std::string_view text) {
    static_assert(N <= 255);
    length = static_cast<std::uint8_t>(std::min(text.size(), N));
    if (length > 0) std::memcpy(to.data(), text.data(), length);  // an empty view may have no address
  }
};

/// A RequestRecord in a slot.
class RequestCell {
 public:
  /// Writer, one at a time: calls `fill(record)`.
  template <class Fill>
  void write(Fill&& fill) {
    record_.write(fill);
  }
  /// Reader in another process: the record, or nothing when it was torn; `started_ns == 0` means the cell is empty.
  [[nodiscard]] std::optional<RequestRecord> read() const;

 private:
  Sequenced<RequestRecord> record_;
};

inline constexpr std::size_t kInFlightCells = 64;
inline constexpr std::size_t kFinishedCells = 32;
inline constexpr std::size_t kMaxThreads = 1024;
inline constexpr std::size_t kLatencyBuckets = 40;  ///< bucket b: [2^b, 2^(b+1)) ns
inline constexpr std::size_t kAccessBatch = 64 * 1024;

/// Why a connection ended.
enum class Closing : std::uint8_t {
  kFinished,    ///< after a response that said so
  kClient,      ///< its client closed it
  kBroken,      ///< it broke, or what was on it could not be sent
  kTimedOut,    ///< a time limit passed
  kMadeRoom,    ///< it was idle, and another one came
  kDrained,     ///< its worker left
  kHandedOver,  ///< it went on in another worker
  kCutOff,      ///< its worker's time to leave was over
};
/// By Closing, for labels.
inline constexpr std::array<std::string_view, 8> kClosings{"finished",  "client",  "broken",      "timed_out",
                                                           "made_room", "drained", "handed_over", "cut_off"};

/// What is counted; every number only ever grows.
template <class Number>
struct CountersOf {
  Number connections{0};              ///< accepted
  Number lost_races{0};               ///< woken for a connection a sibling had taken
  Number requests{0};                 ///< answered, or given up
  Number duration_ns{0};              ///< of all requests together
  std::array<Number, 6> responses{};  ///< by status class; [0] = none sent
  Number handler_errors{0};           ///< handlers that threw or dropped their responder
  Number late_answers{0};             ///< answers after request_deadline, dropped
  Number access_lines_dropped{0};
  Number bytes_in{0}, bytes_out{0};
  std::array<Number, 95> rejects{};    ///< by base::Reject
  Number bodies_spooled{0};            ///< request bodies that went into a file
  std::array<Number, 4> handshakes{};  ///< of TLS that ended well: TLS 1.2, the same resumed, 1.3, the same resumed
  std::array<Number, kLatencyBuckets> latency{};
  std::array<Number, kLatencyBuckets> queue{};    ///< time in queue, of requests that a handler took
  Number queue_ns{0};                             ///< of all requests together
  std::array<Number, kClosings.size()> closed{};  ///< by Closing
  Number taken_over{0};                           ///< connections that another worker handed over
};
static_assert(base::kRejects.size() <= 95);
/// Of one worker. Plain relaxed atomics: one writer.
using Counters = CountersOf<std::atomic<std::uint64_t>>;
/// Of the service.
using Totals = CountersOf<std::uint64_t>;

/// Adds to a counter that only the calling process writes: a plain add, no locked instruction.
inline void bump(std::atomic<std::uint64_t>& counter, std::uint64_t by = 1) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

/// The same for what comes and goes.
inline void adjust(std::atomic<std::int32_t>& gauge, std::int32_t by) {
  gauge.store(gauge.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

/// Access-log bytes not yet written to the file. The worker appends and flushes; after its death the master writes
/// the rest. [0, used) are whole lines; `used` is stored last.
struct AccessBatch {
  std::atomic<std::uint32_t> used{0};
  std::array<char, kAccessBatch> bytes;
};

/// The threads of one pool of a worker, as it uses them.
struct PoolUse {
  std::atomic<std::uint32_t> threads{0};
  std::atomic<std::uint32_t> busy{0};    ///< threads that run a job
  std::atomic<std::uint32_t> queued{0};  ///< jobs that wait for a thread
};
/// The first is the one of class `threads`; the pools of the App follow. Of further ones nothing is told.
inline constexpr std::size_t kPoolsTold = 32;

struct alignas(64) Slot {
  // First cache line: what the master looks at every second.
  std::atomic<pid_t> pid{0};
  std::atomic<WorkerState> state{WorkerState::kFree};
  std::atomic<Role> role{Role::kWorker};
  std::atomic<std::uint32_t> generation{0};
  std::atomic<std::int64_t> heartbeat_ns{0};  ///< CLOCK_MONOTONIC of the loop thread's last beat; 0 = not yet
  std::atomic<std::int32_t> connections{0};   ///< open now
  std::atomic<std::int32_t> in_flight{0};     ///< requests with a handler now, but for the one that
  std::atomic<bool> handling{false};          ///< the loop thread runs now
  std::atomic<bool> accepting{false};         ///< it would take a connection that comes now
  /// The loop thread runs the handler of flights[inner - 1], and not that of flights[0]; 0 = it does not.
  std::atomic<std::int8_t> inner{0};
  std::atomic<std::uint32_t> number{0};  ///< the child's age among those of its role, as in its title and the log
  std::atomic<std::int64_t> born_ns{0};  ///< CLOCK_MONOTONIC

  // What the loop thread knew when it beat last.
  std::atomic<std::int32_t> idle{0}, lingering{0};  ///< of the open connections
  std::atomic<std::int64_t> lag_ns{0};              ///< by how much the beat was late

  alignas(64) Counters counters;
  std::array<PoolUse, kPoolsTold> pools;
  std::array<std::atomic<pid_t>, kMaxThreads> threads{};  ///< ids of the pool threads
  std::array<RequestCell, kInFlightCells> flights;        ///< the oldest requests in flight
  /// Beside each of them: the last `flight` whose request is counted and has its access line although its handler may
  /// still run, as after request_deadline.
  std::array<std::atomic<std::uint32_t>, kInFlightCells> accounted{};
  std::atomic<std::uint32_t> finished_next{0};
  std::array<RequestCell, kFinishedCells> finished;  ///< ring of the last requests done
  StackCell crash;                                   ///< where it crashed
  StackCell sample;                                  ///< where a thread was when the master asked
  AccessBatch access;
  // What is open now: connections that have ended a TLS handshake, those that speak HTTP/2, and WebSockets.
  std::atomic<std::int32_t> secured{0}, http2{0}, websockets{0};

  /// The loop thread: the request of this flight is counted, and logged.
  void account(std::uint32_t flight) {
    std::atomic<std::uint32_t>& last = accounted[flight % kInFlightCells];
    // The cell may have a newer one by now.
    if (flight > last.load(std::memory_order_relaxed)) last.store(flight, std::memory_order_relaxed);
  }
  [[nodiscard]] bool is_accounted(std::uint32_t flight) const {
    return flight != 0 && accounted[flight % kInFlightCells].load(std::memory_order_relaxed) == flight;
  }
  [[nodiscard]] std::int32_t requests_in_flight() const {
    return in_flight.load(std::memory_order_relaxed) + (handling.load(std::memory_order_relaxed) ? 1 : 0);
  }
};

/// Where the settings of the configuration in force came from, as text that the master does not read.
struct ConfigText {
  std::uint32_t generation = 0;
  std::string text;
};
/// What is longer is not published.
inline constexpr std::size_t kConfigText = 256 * 1024;

class Scoreboard {
 public:
  /// Maps the slots. Call once, in the master, before any fork. `bounds`: by which the durations of routes are counted.
  static Result<Scoreboard> create(const base::DurationBounds& bounds = {});
  ~Scoreboard();
  Scoreboard(Scoreboard&&) noexcept;
  Scoreboard& operator=(Scoreboard&&) noexcept;

  [[nodiscard]] Slot& slot(std::size_t index);
  [[nodiscard]] const Slot& slot(std::size_t index) const;

  /// Master: a slot in state kFree, made ready for a new child; nothing when all for its role are taken.
  std::optional<std::size_t> claim(Role role = Role::kWorker);
  /// Master: frees the slot; a dead worker's counters are added to `retired()`.
  void release(std::size_t index);
  /// Totals of all workers that are gone.
  [[nodiscard]] const Counters& retired() const;
  /// Any process: totals of all workers, those that are gone and those that live. No number of it is ever below the one
  /// of an earlier call. Nothing when the slots did not stand still for a look, as when the master died in release().
  [[nodiscard]] std::optional<Totals> totals() const;
  /// Every slot that a worker ever claimed, free ones among them.
  [[nodiscard]] std::span<const Slot> workers() const;
  /// The same of those that can stand in for the child of slot `own`, which is among them: the workers for a worker,
  /// nobody else for any other child.
  [[nodiscard]] std::span<const Slot> siblings(const Slot& own) const;

  /// The share of the child that has this slot, for it alone to count in.
  [[nodiscard]] RouteCounts& routes_of(const Slot& own) const;
  /// Any process: the shares of all workers, those that are gone among them.
  [[nodiscard]] std::span<const RouteCounts> routes() const;
  /// By which durations are counted in them, for as long as there is this board.
  [[nodiscard]] const base::DurationBounds& duration_bounds() const;
  /// Of the rows in them.
  [[nodiscard]] RouteNames& route_names() const;
  /// What masters before and beside this one counted, by name; null where there is no such file. Given once, by the
  /// master, before the first fork.
  void keep(Ledger ledger);
  [[nodiscard]] Ledger* ledger() const { return ledger_.get(); }

  /// Requests that no worker shall run for a while.
  [[nodiscard]] QuarantineTable& quarantine();
  [[nodiscard]] const QuarantineTable& quarantine() const;
  /// Those that the child of slot `own` shall not run: none, when it is no worker.
  [[nodiscard]] const QuarantineTable& quarantine(const Slot& own) const;

  /// Master: what it knows of the service, for readers in other processes.
  void publish(const ServiceFacts& facts);
  /// What was published last; nothing when the master died while it wrote. Zeros before the first time.
  [[nodiscard]] std::optional<ServiceFacts> facts() const;
  /// Master: it goes round; when it did last, the epoch = not yet.
  void beat(base::Monotonic now);
  [[nodiscard]] base::Monotonic last_beat() const;

  /// Master writes, any process reads: what happened, and the deaths of workers that nobody asked for.
  [[nodiscard]] EventRing& events();
  [[nodiscard]] const EventRing& events() const;
  [[nodiscard]] DeathRing& deaths();
  [[nodiscard]] const DeathRing& deaths() const;
  /// Master: the settings in force; what is too long is left out.
  void publish_config(std::uint32_t generation, std::string_view text);
  [[nodiscard]] std::optional<ConfigText> config() const;
  /// Master: every child logs from this level on; nothing = from its configured one.
  void set_log_level(std::optional<LogLevel> level);
  [[nodiscard]] std::optional<LogLevel> log_level() const;
  /// Master: clients are to come back on other connections, so each response ends its own.
  void set_closing(bool closing);
  [[nodiscard]] const std::atomic<bool>& closing() const;

  /// Master: from now on a worker that is told to leave has no siblings to leave anything to.
  void announce_stop();
  [[nodiscard]] bool stopping() const;
  /// Master: workers of another master, whose slots are not here, take connections that are handed over; or not.
  void announce_other_master(bool there);
  [[nodiscard]] bool has_other_master() const;

 private:
  struct Mapping;
  struct Unmap {
    void operator()(Mapping* mapping) const noexcept;
  };
  explicit Scoreboard(Mapping* mapping);
  std::unique_ptr<Mapping, Unmap> mapping_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace orrery::os
