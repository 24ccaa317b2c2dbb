#include "os/scoreboard.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/core.h>
#include <new>
#include <sys/mman.h>
#include <sys/random.h>
#include <utility>

#include "base/check.hpp"
#include "os/ledger.hpp"

namespace orrery::os {

static_assert(std::atomic<std::int64_t>::is_always_lock_free, "a lock in a shared mapping outlives its holder");
static_assert(static_cast<int>(WorkerState::kFree) == 0, "a fresh page must read as free slots");

namespace {

void fold(std::atomic<std::uint64_t>& total, const std::atomic<std::uint64_t>& part) {
  bump(total, part.load(std::memory_order_relaxed));
}
void fold(std::uint64_t& total, const std::atomic<std::uint64_t>& part) {
  total += part.load(std::memory_order_relaxed);
}

template <class Number, std::size_t N>
void fold(std::array<Number, N>& totals, const std::array<std::atomic<std::uint64_t>, N>& parts) {
  for (std::size_t i = 0; i < N; ++i) fold(totals[i], parts[i]);
}

template <class Number>
void fold(CountersOf<Number>& totals, const Counters& parts) {
  fold(totals.connections, parts.connections);
  fold(totals.lost_races, parts.lost_races);
  fold(totals.requests, parts.requests);
  fold(totals.duration_ns, parts.duration_ns);
  fold(totals.responses, parts.responses);
  fold(totals.handler_errors, parts.handler_errors);
  fold(totals.late_answers, parts.late_answers);
  fold(totals.access_lines_dropped, parts.access_lines_dropped);
  fold(totals.bodies_spooled, parts.bodies_spooled);
  fold(totals.bytes_in, parts.bytes_in);
  fold(totals.bytes_out, parts.bytes_out);
  fold(totals.rejects, parts.rejects);
  fold(totals.handshakes, parts.handshakes);
  fold(totals.latency, parts.latency);
  fold(totals.queue, parts.queue);
  fold(totals.queue_ns, parts.queue_ns);
  fold(totals.closed, parts.closed);
  fold(totals.taken_over, parts.taken_over);
}

}  // namespace

std::optional<RequestRecord> RequestCell::read() const {
  auto copy = record_.read();
  if (!copy) return copy;
  // The lengths index the arrays of a process that may not trust the writer's memory.
  copy->method_length = std::min<std::uint8_t>(copy->method_length, sizeof copy->method);
  copy->target_length = std::min<std::uint8_t>(copy->target_length, sizeof copy->target);
  copy->id_length = std::min<std::uint8_t>(copy->id_length, sizeof copy->id);
  return copy;
}

namespace {

struct ConfigCell {
  std::uint32_t generation;
  std::uint32_t length;
  std::array<char, kConfigText> bytes;
};

}  // namespace

struct Scoreboard::Mapping {
  Sequence moving;  ///< counters move between `retired` and the slots
  Counters retired;
  Sequenced<ServiceFacts> facts;
  std::atomic<std::int64_t> beat_ns;  ///< CLOCK_MONOTONIC
  std::atomic<bool> stopping;
  std::atomic<bool> other_master;
  std::atomic<bool> closing;
  std::atomic<std::uint8_t> log_level;  ///< one more than the level; 0 = the configured one
  EventRing events;
  DeathRing deaths;
  Sequence config_written;
  ConfigCell config;
  QuarantineTable quarantine;
  std::atomic<std::size_t> used;                      ///< workers' slots below this one were claimed at some time
  std::array<Slot, kMaxWorkers + kOtherRoles> slots;  ///< the workers', then one for each other role
  base::DurationBounds duration_bounds;               ///< of `routes`
  RouteNames route_names;
  std::array<RouteCounts, kMaxWorkers + kOtherRoles> routes;  ///< of the child that has the slot

  std::span<Slot> slots_for(Role role) {
    if (role == Role::kWorker) return std::span{slots}.first(kMaxWorkers);
    return std::span{slots}.subspan(kMaxWorkers + static_cast<std::size_t>(role) - 1, 1);
  }
};

void Scoreboard::Unmap::operator()(Mapping* mapping) const noexcept { ::munmap(mapping, sizeof(Mapping)); }

Scoreboard::Scoreboard(Mapping* mapping) : mapping_(mapping) {}
Scoreboard::~Scoreboard() = default;
Scoreboard::Scoreboard(Scoreboard&&) noexcept = default;
Scoreboard& Scoreboard::operator=(Scoreboard&&) noexcept = default;

Result<Scoreboard> Scoreboard::create(const base::DurationBounds& bounds) {
  // MAP_NORESERVE: some 90 MB of addresses, of which only the slots ever claimed become memory.
  void* memory =
      ::mmap(nullptr, sizeof(Mapping), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    return fail(fmt::format("cannot map the scoreboard ({} KiB): {}", sizeof(Mapping) / 1024, std::strerror(errno)));
  }
  // Zero pages are what free slots and counters at 0 look like; claim() constructs a slot before anyone uses it.
  auto* mapping = static_cast<Mapping*>(memory);
  std::uint64_t seed = static_cast<std::uint64_t>(base::wall_now().time_since_epoch().count());
  [[maybe_unused]] const ssize_t got = ::getrandom(&seed, sizeof seed, GRND_NONBLOCK);
  mapping->quarantine.seed(seed);
  mapping->duration_bounds = bounds;
  return Scoreboard{mapping};
}

Slot& Scoreboard::slot(std::size_t index) { return mapping_->slots.at(index); }
const Slot& Scoreboard::slot(std::size_t index) const { return mapping_->slots.at(index); }
const Counters& Scoreboard::retired() const { return mapping_->retired; }

std::optional<Totals> Scoreboard::totals() const {
  Totals totals;
  const bool whole = mapping_->moving.read([&] {
    totals = {};
    fold(totals, mapping_->retired);
    for (const Slot& slot : workers()) {
      if (slot.state.load(std::memory_order_acquire) != WorkerState::kFree) fold(totals, slot.counters);
    }
  });
  return whole ? std::optional{totals} : std::nullopt;
}

RouteCounts& Scoreboard::routes_of(const Slot& own) const {
  return mapping_->routes.at(static_cast<std::size_t>(&own - mapping_->slots.data()));
}
std::span<const RouteCounts> Scoreboard::routes() const {
  return {mapping_->routes.data(), mapping_->used.load(std::memory_order_acquire)};
}

const base::DurationBounds& Scoreboard::duration_bounds() const { return mapping_->duration_bounds; }
RouteNames& Scoreboard::route_names() const { return mapping_->route_names; }

void Scoreboard::keep(Ledger ledger) { ledger_ = std::make_unique<Ledger>(std::move(ledger)); }

QuarantineTable& Scoreboard::quarantine() { return mapping_->quarantine; }
const QuarantineTable& Scoreboard::quarantine() const { return mapping_->quarantine; }
const QuarantineTable& Scoreboard::quarantine(const Slot& own) const {
  static const QuarantineTable kNone{};
  return own.role.load(std::memory_order_relaxed) == Role::kWorker ? mapping_->quarantine : kNone;
}

std::span<const Slot> Scoreboard::workers() const {
  return {mapping_->slots.data(), mapping_->used.load(std::memory_order_acquire)};
}

std::span<const Slot> Scoreboard::siblings(const Slot& own) const {
  return own.role.load(std::memory_order_relaxed) == Role::kWorker ? workers() : std::span<const Slot>{&own, 1};
}

void Scoreboard::publish(const ServiceFacts& facts) {
  mapping_->facts.write([&facts](ServiceFacts& published) { published = facts; });
}
std::optional<ServiceFacts> Scoreboard::facts() const { return mapping_->facts.read(); }

void Scoreboard::beat(base::Monotonic now) {
  mapping_->beat_ns.store(now.time_since_epoch().count(), std::memory_order_relaxed);
}
base::Monotonic Scoreboard::last_beat() const {
  return base::Monotonic{base::Nanoseconds{mapping_->beat_ns.load(std::memory_order_relaxed)}};
}

EventRing& Scoreboard::events() { return mapping_->events; }
const EventRing& Scoreboard::events() const { return mapping_->events; }
DeathRing& Scoreboard::deaths() { return mapping_->deaths; }
const DeathRing& Scoreboard::deaths() const { return mapping_->deaths; }

void Scoreboard::publish_config(std::uint32_t generation, std::string_view text) {
  if (text.size() > kConfigText) text = {};
  mapping_->config_written.write([&] {
    mapping_->config.generation = generation;
    mapping_->config.length = static_cast<std::uint32_t>(text.size());
    std::copy(text.begin(), text.end(), mapping_->config.bytes.begin());
  });
}

std::optional<ConfigText> Scoreboard::config() const {
  ConfigText copy;
  const bool whole = mapping_->config_written.read([&] {
    const ConfigCell& cell = mapping_->config;
    copy = {cell.generation, {cell.bytes.data(), std::min<std::size_t>(cell.length, kConfigText)}};
  });
  return whole ? std::optional{std::move(copy)} : std::nullopt;
}

void Scoreboard::set_log_level(std::optional<LogLevel> level) {
  const auto stored = level ? static_cast<std::uint8_t>(static_cast<int>(*level) + 1) : std::uint8_t{0};
  mapping_->log_level.store(stored, std::memory_order_relaxed);
}
std::optional<LogLevel> Scoreboard::log_level() const {
  const std::uint8_t stored = mapping_->log_level.load(std::memory_order_relaxed);
  return stored == 0 ? std::nullopt : std::optional{static_cast<LogLevel>(stored - 1)};
}

void Scoreboard::set_closing(bool closing) { mapping_->closing.store(closing, std::memory_order_relaxed); }
const std::atomic<bool>& Scoreboard::closing() const { return mapping_->closing; }

void Scoreboard::announce_stop() { mapping_->stopping.store(true, std::memory_order_release); }
bool Scoreboard::stopping() const { return mapping_->stopping.load(std::memory_order_acquire); }
void Scoreboard::announce_other_master(bool there) { mapping_->other_master.store(there, std::memory_order_release); }
bool Scoreboard::has_other_master() const { return mapping_->other_master.load(std::memory_order_acquire); }

std::optional<std::size_t> Scoreboard::claim(Role role) {
  const std::span<Slot> slots = mapping_->slots_for(role);
  const auto found = std::ranges::find_if(
      slots, [](const Slot& slot) { return slot.state.load(std::memory_order_relaxed) == WorkerState::kFree; });
  if (found == slots.end()) return std::nullopt;
  // Default-initialised: the 64 KiB of the access batch stay untouched. A reader of the totals may still be here since
  // before the last release(), and will look again.
  ::new (static_cast<void*>(&*found)) Slot;
  found->role.store(role, std::memory_order_relaxed);
  found->state.store(WorkerState::kBooting, std::memory_order_release);
  const auto index = static_cast<std::size_t>(&*found - mapping_->slots.data());
  if (role == Role::kWorker && index >= mapping_->used.load(std::memory_order_relaxed)) {
    mapping_->used.store(index + 1, std::memory_order_release);
  }
  return index;
}

void Scoreboard::release(std::size_t index) {
  Slot& dead = slot(index);
  ORRERY_CHECK(dead.state.load(std::memory_order_relaxed) != WorkerState::kFree);
  mapping_->moving.write([&] {
    if (dead.role.load(std::memory_order_relaxed) == Role::kWorker) fold(mapping_->retired, dead.counters);
    dead.pid.store(0, std::memory_order_relaxed);
    dead.state.store(WorkerState::kFree, std::memory_order_release);
  });
}

}  // namespace orrery::os
