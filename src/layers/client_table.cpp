#include "layers/client_table.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <atomic>
#include <filesystem>
#include <new>
#include <string>
#include <system_error>
#include <unistd.h>

namespace orrery::layers {

struct ClientTable::Entry {
  std::atomic<std::uint64_t> client;  ///< 0: free
  std::atomic<std::int64_t> arrival;  ///< when the next request would come if all came evenly

  /// Process ids of those in flight; 0: free. They follow the entry in memory.
  [[nodiscard]] std::atomic<std::uint32_t>* places() {
    return std::launder(reinterpret_cast<std::atomic<std::uint32_t>*>(this + 1));
  }
  [[nodiscard]] const std::atomic<std::uint32_t>* places() const { return const_cast<Entry*>(this)->places(); }
};

namespace {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free && std::atomic<std::uint32_t>::is_always_lock_free);

constexpr auto kRelaxed = std::memory_order_relaxed;

/// Of IPv4: no IPv6 address of the internet begins so.
constexpr std::uint64_t kIpv4 = std::uint64_t{0xffff} << 32;

/// Spreads addresses that differ in a few bits (splitmix64).
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

bool is_alive(std::uint32_t process) {
  std::error_code ignored;
  return std::filesystem::exists("/proc/" + std::to_string(process), ignored);
}

std::size_t stride_of(std::size_t entry, unsigned in_flight) {
  const std::size_t bytes = entry + in_flight * sizeof(std::uint32_t);
  return (bytes + 7) / 8 * 8;
}

}  // namespace

std::optional<std::uint64_t> client_of(std::string_view address) {
  std::array<char, 64> text{};
  if (address.size() >= text.size()) return {};
  std::copy(address.begin(), address.end(), text.begin());
  std::array<unsigned char, 16> bytes{};
  std::uint64_t client = 0;
  if (::inet_pton(AF_INET, text.data(), bytes.data()) == 1) {
    for (std::size_t i = 0; i < 4; ++i) client = client << 8 | bytes[i];
    return client | kIpv4;
  }
  if (::inet_pton(AF_INET6, text.data(), bytes.data()) != 1) return {};
  for (std::size_t i = 0; i < 8; ++i) client = client << 8 | bytes[i];
  return std::max<std::uint64_t>(client, 1);
}

ClientTable::ClientTable(std::size_t clients, unsigned in_flight, Time interval, Time burst)
    : sets_((clients + kWays - 1) / kWays),
      in_flight_(in_flight),
      interval_(interval),
      burst_(burst),
      stride_(stride_of(sizeof(Entry), in_flight)),
      memory_(sets_ * kWays * stride_) {}

ClientTable::Entry& ClientTable::at(std::size_t index) const {
  // Zero bytes are what an entry of zeros is: the mapping has them.
  return *std::launder(reinterpret_cast<Entry*>(static_cast<std::byte*>(memory_.data()) + index * stride_));
}

bool ClientTable::rests(const Entry& entry, Time now) const {
  if (entry.arrival.load(kRelaxed) > now.count()) return false;
  return std::all_of(entry.places(), entry.places() + in_flight_,
                     [](const auto& place) { return place.load(kRelaxed) == 0; });
}

ClientTable::Entry* ClientTable::find(std::uint64_t client, Time now) {
  const std::size_t first = mixed(client) % sets_ * kWays;
  for (std::size_t way = 0; way < kWays; ++way)
    if (Entry& entry = at(first + way); entry.client.load(kRelaxed) == client) return &entry;
  for (std::size_t way = 0; way < kWays; ++way) {
    Entry& entry = at(first + way);
    std::uint64_t former = entry.client.load(kRelaxed);
    if (former != 0 && !rests(entry, now)) continue;
    if (entry.client.compare_exchange_strong(former, client, std::memory_order_acq_rel)) return &entry;
    if (former == client) return &entry;
  }
  return nullptr;
}

ClientTable::Time ClientTable::take(Entry& entry, Time now) const {
  if (interval_.count() == 0) return Time{0};
  std::int64_t arrival = entry.arrival.load(kRelaxed);
  for (;;) {
    const std::int64_t due = std::max(arrival, now.count());
    const Time early{due - now.count() - burst_.count()};
    if (early.count() > 0) return early;
    if (entry.arrival.compare_exchange_weak(arrival, due + interval_.count(), kRelaxed)) return Time{0};
  }
}

std::optional<unsigned> ClientTable::enter(Entry& entry) {
  const auto own = static_cast<std::uint32_t>(::getpid());
  const auto take_free = [&]() -> std::optional<unsigned> {
    for (unsigned i = 0; i < in_flight_; ++i) {
      std::uint32_t free = 0;
      if (entry.places()[i].compare_exchange_strong(free, own, kRelaxed)) return i;
    }
    return {};
  };
  if (const auto taken = take_free()) return taken;
  // Before a client is refused: a worker that was killed has left its places behind.
  for (unsigned i = 0; i < in_flight_; ++i) {
    std::uint32_t holder = entry.places()[i].load(kRelaxed);
    if (holder != 0 && holder != own && !is_alive(holder))
      entry.places()[i].compare_exchange_strong(holder, 0, kRelaxed);
  }
  return take_free();
}

void ClientTable::leave(Entry& entry, unsigned place) { entry.places()[place].store(0, kRelaxed); }

}  // namespace orrery::layers
