#include "os/message_ring.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace orrery::os {

namespace {

constexpr std::size_t kWord = sizeof(std::uint64_t);

// A position's word: the position plus one, so that 0 is "never", and the number of its slot.
constexpr unsigned kSlotBits = 20;
constexpr std::uint64_t kSlotMask = (std::uint64_t{1} << kSlotBits) - 1;
constexpr std::uint64_t word_of(std::uint64_t position, std::uint64_t slot) {
  return ((position + 1) << kSlotBits) | slot;
}
constexpr std::uint64_t age_of(std::uint64_t word) { return word >> kSlotBits; }
constexpr std::uint64_t slot_of(std::uint64_t word) { return word & kSlotMask; }

// An owner's word: its process, its slot, and whether it is between putting the slot at a position and noting the one
// that it got for it.
constexpr std::uint64_t kBusy = 1;
constexpr std::uint64_t owner_of(pid_t pid, std::uint64_t slot) {
  return (static_cast<std::uint64_t>(pid) << 32U) | (slot << 1U);
}
constexpr pid_t pid_of(std::uint64_t owner) { return static_cast<pid_t>(owner >> 32U); }
constexpr std::uint64_t owned_slot(std::uint64_t owner) { return (owner >> 1U) & kSlotMask; }

bool is_alive(pid_t pid) { return ::kill(pid, 0) == 0 || errno == EPERM; }

long futex(const std::atomic<std::uint32_t>& word, int operation, std::uint32_t value) {
  static_assert(sizeof word == sizeof value);
  return ::syscall(SYS_futex, &word, operation, value, nullptr, nullptr, 0);
}

}  // namespace

MessageRing::MessageRing(std::size_t messages, std::size_t largest)
    : messages_(messages),
      largest_(largest),
      slot_words_(1 + (largest + kWord - 1) / kWord),
      memory_(sizeof(Header) + kWord * (messages + (messages + kSpares) * slot_words_)) {}

MessageRing::Word& MessageRing::position_word(Position position) const {
  return reinterpret_cast<Word*>(static_cast<char*>(memory_.data()) + sizeof(Header))[position % messages_];
}

MessageRing::Word* MessageRing::slot(std::uint64_t number) const {
  return &position_word(0) + messages_ + number * slot_words_;
}

bool MessageRing::publish(std::string_view message) {
  if (message.size() > largest_) return false;
  {
    const std::lock_guard lock{mutex_};
    std::uint64_t number = 0;
    if (!own_slot(number)) return false;
    fill(number, message);
    Word& owner = header().owners[own_.owner];
    owner.store(owner_of(own_.pid, number) | kBusy, std::memory_order_release);
    const std::uint64_t displaced = put(number);
    // The first messages displace nothing: the next slot is a fresh one.
    owner.store(displaced == 0 ? 0 : owner_of(own_.pid, displaced), std::memory_order_release);
    if (displaced == 0) own_.pid = 0;
  }
  header().bell.fetch_add(1);
  if (header().waits.load() > 0) futex(header().bell, FUTEX_WAKE, INT_MAX);
  return true;
}

// Slots are numbered from 1: 0 is none.
bool MessageRing::own_slot(std::uint64_t& number) {
  const pid_t self = ::getpid();
  Header& all = header();
  if (own_.pid == self) {
    number = owned_slot(all.owners[own_.owner].load(std::memory_order_relaxed));
    return true;
  }
  for (std::size_t i = 0; i < kOwners; ++i) {
    const std::uint64_t former = all.owners[i].load(std::memory_order_acquire);
    if (former != 0 && pid_of(former) != self && is_alive(pid_of(former))) continue;
    const auto taken = take_over(i, former);
    if (!taken) continue;
    own_ = {*taken == 0 ? 0 : self, i};
    number = *taken;
    return number != 0;
  }
  return false;
}

// What one that died in the middle had is in doubt: it stays unused. Nothing when another process was faster, 0 when no
// slot is left.
std::optional<std::uint64_t> MessageRing::take_over(std::size_t owner, std::uint64_t former) {
  Word& entry = header().owners[owner];
  const pid_t self = ::getpid();
  if (!entry.compare_exchange_strong(former, owner_of(self, 0) | kBusy, std::memory_order_acq_rel)) return {};
  std::uint64_t number = (former & kBusy) == 0 ? owned_slot(former) : 0;
  if (number == 0) {
    number = header().fresh.fetch_add(1, std::memory_order_relaxed) + std::uint64_t{1};
    if (number >= messages_ + kSpares) {
      header().fresh.fetch_sub(1, std::memory_order_relaxed);
      number = 0;
    }
  }
  entry.store(number == 0 ? 0 : owner_of(self, number), std::memory_order_release);
  return number;
}

void MessageRing::fill(std::uint64_t number, std::string_view message) const {
  // A reader that is still in the slot sees that its position means another one, before it sees these bytes.
  std::atomic_thread_fence(std::memory_order_release);
  Word* at = slot(number);
  at++->store(message.size(), std::memory_order_relaxed);
  while (!message.empty()) {
    std::uint64_t word = 0;
    const std::size_t part = std::min(message.size(), kWord);
    std::memcpy(&word, message.data(), part);
    at++->store(word, std::memory_order_relaxed);
    message.remove_prefix(part);
  }
}

// The slot that was there before; 0 when it is the first message of its place.
std::uint64_t MessageRing::put(std::uint64_t number) {
  Header& all = header();
  std::uint64_t position = all.next.load(std::memory_order_acquire);
  for (;;) {
    Word& place = position_word(position);
    std::uint64_t before = place.load(std::memory_order_acquire);
    // Another one's message is here, and perhaps that one died before it could say so.
    const bool taken = age_of(before) >= position + 1;
    if (!taken && place.compare_exchange_strong(before, word_of(position, number), std::memory_order_acq_rel)) {
      std::uint64_t expected = position;
      all.next.compare_exchange_strong(expected, position + 1, std::memory_order_acq_rel);
      return slot_of(before);
    }
    std::uint64_t expected = position;
    if (all.next.compare_exchange_strong(expected, position + 1, std::memory_order_acq_rel)) ++expected;
    position = expected;
  }
}

std::optional<MessageRing::Read> MessageRing::read(Position& position) const {
  Read read;
  for (;;) {
    const Position behind = end();
    if (position >= behind) return {};
    if (const Position oldest = behind - std::min<Position>(behind, messages_); position < oldest) {
      read.missed += oldest - position;
      position = oldest;
    }
    const Word& place = position_word(position);
    const std::uint64_t word = place.load(std::memory_order_acquire);
    const bool there = age_of(word) == position + 1;
    if (there) {
      const Word* at = slot(slot_of(word));
      read.message.resize(std::min<std::size_t>(at++->load(std::memory_order_relaxed), largest_));
      for (std::size_t done = 0; done < read.message.size(); done += kWord) {
        const std::uint64_t bytes = at++->load(std::memory_order_relaxed);
        std::memcpy(read.message.data() + done, &bytes, std::min(kWord, read.message.size() - done));
      }
      std::atomic_thread_fence(std::memory_order_acquire);
    }
    ++position;
    if (there && place.load(std::memory_order_relaxed) == word) return read;
    ++read.missed;
  }
}

void MessageRing::wait(Bell seen) {
  header().waits.fetch_add(1);
  futex(header().bell, FUTEX_WAIT, seen);
  header().waits.fetch_sub(1);
}

void MessageRing::wake() {
  header().bell.fetch_add(1);
  futex(header().bell, FUTEX_WAKE, INT_MAX);
}

}  // namespace orrery::os
