// TicketKeys: the keys that session tickets are sealed with, the same in all workers, anew each hour.
//
// The master draws one secret; a worker inherits it by fork. Each hour every process makes the next secret out of the
// one before and forgets that, so all come to the same keys without a word, whichever generation they belong to, and a
// process that is read out later tells nothing of tickets that are older than two rotations. The keys of the two hours
// before are still accepted. Hours count by the machine's monotonic clock. The master of an upgrade gets their state
// from the one before (state), and so comes to the same keys. Loop thread only.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace orrery::tls {

class TicketKeys {
 public:
  static constexpr std::size_t kName = 16, kKey = 32;
  using Secret = std::array<std::uint8_t, 32>;
  struct Key {
    std::array<std::uint8_t, kName> name{};  ///< stands in the ticket
    std::array<std::uint8_t, kKey> cipher{};
    std::array<std::uint8_t, kKey> mac{};
  };
  struct Found {
    const Key* key = nullptr;  ///< null: nobody here made it, or too long ago
    bool current = false;      ///< else a ticket of the current key is to take its place
  };

  TicketKeys(const Secret& secret, base::Monotonic now);
  TicketKeys(const TicketKeys&) = delete;
  TicketKeys& operator=(const TicketKeys&) = delete;
  ~TicketKeys();

  /// All of it, as bytes for another process of this machine.
  [[nodiscard]] std::string state(base::Monotonic now);
  /// Null when these are no such bytes, or of another version.
  static std::shared_ptr<TicketKeys> from_state(std::string_view bytes);

  const Key& current(base::Monotonic now);
  Found find(std::span<const std::uint8_t> name, base::Monotonic now);
  /// Forgets what is too old.
  void advance(base::Monotonic now);

 private:
  TicketKeys() = default;
  void step();

  Secret secret_{};            ///< what the next hour's is made of
  std::int64_t hour_ = 0;      ///< of keys_[0]
  std::array<Key, 3> keys_{};  ///< the current one, and those of the hours before
};

}  // namespace orrery::tls
