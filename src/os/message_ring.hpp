// MessageRing: the last messages that any worker has published, in memory that all of them share.
//
// Made in the master before any fork, for nothing but zero pages. A message is written into a slot that nobody reads,
// and then put at the next position by one compare-and-swap: a publisher that dies at any instruction has published it
// whole, or not at all, and holds up nobody. The slot that the message displaces is the publisher's next one. A reader
// copies and looks whether the position still means the same; one that is more than a ring behind has missed some.
//
// Any thread of any process of the service. It never waits but in wait(), and publish() makes a system call only when
// somebody waits there. Nothing in it is a pointer.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "orrery/shared_memory.hpp"

namespace orrery::os {

class MessageRing {
 public:
  static constexpr std::size_t kMostMessages = std::size_t{1} << 19U;

  /// `messages`: kept for who is slow, 1 to kMostMessages. `largest`: bytes of one, at least 1. Throws std::bad_alloc.
  MessageRing(std::size_t messages, std::size_t largest);

  /// False when it is larger than `largest`, or when the slots are used up, which takes a thousand processes that died
  /// in the middle of publish().
  bool publish(std::string_view message);

  /// Counts what has been published.
  using Position = std::uint64_t;
  [[nodiscard]] Position end() const { return header().next.load(std::memory_order_acquire); }

  struct Read {
    std::string message;
    std::uint64_t missed = 0;  ///< before it
  };
  /// The message at `position`, or the first one after it that is still there; then `position` is behind that. Nothing
  /// when there is none yet.
  std::optional<Read> read(Position& position) const;

  /// Rings with each message, and with wake().
  using Bell = std::uint32_t;
  [[nodiscard]] Bell bell() const { return header().bell.load(); }
  /// Waits until the bell has rung since it was looked at; perhaps less long. What is waited for is to be looked at in
  /// between.
  void wait(Bell seen);
  /// Every wait() returns, in all processes.
  void wake();

 private:
  using Word = std::atomic<std::uint64_t>;
  /// Processes that publish at the same time.
  static constexpr std::size_t kOwners = 512;
  /// Slots beside those that have positions: one for each owner, and one for each death in the middle of publish().
  static constexpr std::size_t kSpares = 2048;

  struct Header {
    Word next;                         ///< position of the next message
    std::atomic<std::uint32_t> bell;   ///< counts what was published, for the kernel to compare
    std::atomic<std::uint32_t> waits;  ///< threads that wait; more, where some have died
    std::atomic<std::uint32_t> fresh;  ///< slots that were given out
    Word owners[kOwners];              ///< who has which slot to write into
  };
  /// This process's entry among the owners.
  struct Own {
    pid_t pid = 0;  ///< else it came by a fork, and is another's
    std::size_t owner = 0;
  };

  [[nodiscard]] Header& header() const { return *static_cast<Header*>(memory_.data()); }
  [[nodiscard]] Word& position_word(Position position) const;
  [[nodiscard]] Word* slot(std::uint64_t number) const;
  [[nodiscard]] bool own_slot(std::uint64_t& number);
  [[nodiscard]] std::optional<std::uint64_t> take_over(std::size_t owner, std::uint64_t former);
  void fill(std::uint64_t number, std::string_view message) const;
  std::uint64_t put(std::uint64_t number);

  std::size_t messages_;
  std::size_t largest_;
  std::size_t slot_words_;
  SharedMemory memory_;
  std::mutex mutex_;  ///< between threads of this process
  Own own_;
};

}  // namespace orrery::os
