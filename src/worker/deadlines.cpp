#include "worker/deadlines.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace orrery::worker {

using base::Monotonic;

namespace {

constexpr std::chrono::milliseconds kTick{100};

std::int64_t tick_at_or_after(Monotonic time) {
  return std::chrono::ceil<std::chrono::milliseconds>(time.time_since_epoch()) / kTick + 1;
}
std::int64_t tick_before(Monotonic time) {
  return std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch()) / kTick;
}
Monotonic time_of(std::int64_t tick) { return Monotonic{kTick * tick}; }

}  // namespace

void WheelLink::unlink() {
  if (!next) return;
  previous->next = next;
  next->previous = previous;
  next = previous = nullptr;
}

Deadlines::Deadlines(uv::Loop& loop) : timer_(loop, [this] { turn(); }), done_(tick_before(base::monotonic_now())) {
  for (WheelLink& head : heads_) head.next = head.previous = &head;
}

Deadlines::~Deadlines() {
  for (WheelLink& head : heads_) {
    while (head.next != &head) head.next->unlink();
    head.next = head.previous = nullptr;
  }
}

void Deadlines::link(Deadline& deadline, Monotonic due, Monotonic now) {
  const std::int64_t current = std::max(done_, tick_before(now));
  const std::int64_t tick = std::clamp(tick_at_or_after(due), current + 1, current + kSlots - 1);
  deadline.unlink();
  WheelLink& head = heads_[static_cast<std::size_t>(tick % kSlots)];
  deadline.tick = tick;
  deadline.due = due;
  deadline.previous = head.previous;
  deadline.next = &head;
  head.previous->next = &deadline;
  head.previous = &deadline;
  if (armed_ == 0 || tick < armed_) arm(tick, now);
}

void Deadlines::arm(std::int64_t tick, Monotonic now) {
  armed_ = tick;
  const auto wait = std::chrono::ceil<std::chrono::milliseconds>(time_of(tick) - now);
  timer_.start(std::max(wait, std::chrono::milliseconds{1}));
}

void Deadlines::turn() {
  const Monotonic now = base::monotonic_now();
  const std::int64_t current = tick_before(now);
  armed_ = 0;
  const std::int64_t first = std::max(done_ + 1, current - kSlots + 1);
  done_ = current;
  for (std::int64_t tick = first; tick <= current; ++tick) wake_slot(tick, now);
  if (const std::int64_t next = next_occupied(current + 1); next > 0 && (armed_ == 0 || next < armed_)) arm(next, now);
}

void Deadlines::wake_slot(std::int64_t tick, Monotonic now) {
  WheelLink& head = heads_[static_cast<std::size_t>(tick % kSlots)];
  // Whatever a woken one schedules lies in a later tick, so this ends; it may destroy others, so no iterator is kept.
  while (head.next != &head && head.next->tick <= tick) {
    auto& deadline = static_cast<Deadline&>(*head.next);
    deadline.unlink();
    deadline.on_deadline(now);
  }
}

std::optional<Monotonic> Deadlines::next_due(Monotonic now) const {
  Monotonic first = Monotonic::max();
  for (const WheelLink& head : heads_)
    for (const WheelLink* link = head.next; link != &head; link = link->next)
      if (link->due > now) first = std::min(first, link->due);
  return first == Monotonic::max() ? std::nullopt : std::optional{first};
}

// Each once: what asks anew stands in the wheel again. One that is woken may destroy others, so no iterator is kept.
void Deadlines::wake_due(Monotonic now) {
  WheelLink due;
  due.next = due.previous = &due;
  for (WheelLink& head : heads_) {
    for (WheelLink* link = head.next; link != &head;) {
      WheelLink& one = *std::exchange(link, link->next);
      if (one.due > now) continue;
      one.unlink();
      one.previous = due.previous;
      one.next = &due;
      due.previous = due.previous->next = &one;
    }
  }
  while (due.next != &due) {
    auto& deadline = static_cast<Deadline&>(*due.next);
    deadline.unlink();
    deadline.on_deadline(now);
  }
}

std::int64_t Deadlines::next_occupied(std::int64_t from) const {
  for (std::int64_t tick = from; tick < from + kSlots; ++tick) {
    const WheelLink& head = heads_[static_cast<std::size_t>(tick % kSlots)];
    if (head.next != &head) return tick;
  }
  return 0;
}

}  // namespace orrery::worker
