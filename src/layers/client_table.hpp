// ClientTable: what each client address has asked for, in memory that all workers share.
//
// A set-associative table of fixed size: a client has its place in one of the eight entries of its set, or none. An
// entry whose client rests is given to the next one. Every word is a lock-free atomic, so a worker that dies in the
// middle of anything leaves nothing locked; what it held in flight is found free by its process id, which is gone.
// Any process, any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "orrery/shared_memory.hpp"

namespace orrery::layers {

/// An address as its table knows it: an IPv4 address, or the upper half of an IPv6 one; nothing for what is neither.
std::optional<std::uint64_t> client_of(std::string_view address);

class ClientTable {
 public:
  using Time = std::chrono::nanoseconds;  ///< of the monotonic clock, which all processes share
  struct Entry;

  /// `interval`: between two requests in the long run, 0 = any; `burst`: how much earlier than that they may come.
  ClientTable(std::size_t clients, unsigned in_flight, Time interval, Time burst);

  /// Where this client is counted; null when there is no room.
  Entry* find(std::uint64_t client, Time now);
  /// Takes one request of the rate. Zero, or how long to wait for the next one.
  Time take(Entry& entry, Time now) const;
  /// Takes a place in flight for this process: its index; nothing when all are taken.
  std::optional<unsigned> enter(Entry& entry);
  void leave(Entry& entry, unsigned place);

 private:
  static constexpr std::size_t kWays = 8;

  [[nodiscard]] Entry& at(std::size_t index) const;
  [[nodiscard]] bool rests(const Entry& entry, Time now) const;

  std::size_t sets_;
  unsigned in_flight_;
  Time interval_;
  Time burst_;
  std::size_t stride_;
  SharedMemory memory_;
};

}  // namespace orrery::layers
