#include "os/ledger.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/core.h>
#include <string>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace orrery::os {

namespace {

constexpr std::uint64_t kMagic = 0x73746e756f43724f;  // "OrCounts"
constexpr std::size_t kPlaces = 2 * Ledger::kEntries;
constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
static_assert(std::has_single_bit(kPlaces));
static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "a lock in a shared mapping outlives its holder");

/// Part of the layout: FNV-1a.
std::size_t first_place(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return static_cast<std::size_t>(hash ^ hash >> 32) & (kPlaces - 1);
}

std::string why() { return std::strerror(errno); }

}  // namespace

struct Ledger::Entry {
  std::uint32_t length;
  std::uint32_t unused;
  std::array<char, kLongestName> bytes;
  std::array<std::atomic<std::uint64_t>, kColumns> columns;

  [[nodiscard]] std::string_view name() const { return {bytes.data(), std::min<std::size_t>(length, kLongestName)}; }
  [[nodiscard]] std::uint64_t all() const {
    std::uint64_t sum = 0;
    for (const auto& column : columns) sum += column.load(std::memory_order_relaxed);
    return sum;
  }
};

// An entry is written whole before a place says where it is. One whose writer was killed before, or slower than another
// one, belongs to no place.
struct Ledger::File {
  std::uint64_t magic;
  std::uint32_t version;
  std::uint32_t size;  ///< of the whole file
  std::atomic<std::uint32_t> masters;
  std::atomic<std::uint32_t> used;                         ///< entries that are taken; may be told too many
  std::array<std::atomic<std::uint32_t>, kPlaces> places;  ///< by name: one more than the entry's index; 0 = free
  std::array<Entry, kEntries> entries;
};

void Ledger::Unmap::operator()(File* file) const noexcept { ::munmap(file, sizeof(File)); }

Ledger::Ledger(base::UniqueFd fd, File* file) : fd_(std::move(fd)), file_(file) {}

Result<Ledger> Ledger::map(base::UniqueFd fd) {
  void* memory = ::mmap(nullptr, sizeof(File), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd.get(), 0);
  if (memory == MAP_FAILED) return fail(fmt::format("cannot map the ledger of counters: {}", why()));
  return Ledger{std::move(fd), static_cast<File*>(memory)};
}

Result<Ledger> Ledger::create() {
  base::UniqueFd fd{::memfd_create("orrery counters", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
  if (!fd || ::ftruncate(fd.get(), sizeof(File)) != 0 || ::fcntl(fd.get(), F_ADD_SEALS, kSeals) != 0)
    return fail(fmt::format("cannot make the ledger of counters: {}", why()));
  auto ledger = map(std::move(fd));
  if (!ledger) return ledger;
  File& file = *ledger->file_;
  file.magic = kMagic;
  file.version = kVersion;
  file.size = sizeof(File);
  ledger->claim_column();
  return ledger;
}

Result<Ledger> Ledger::adopt(base::UniqueFd fd) {
  struct stat status {};
  // Sealed, or it could shrink under us, and a look at it would end the process.
  const int seals = ::fcntl(fd.get(), F_GET_SEALS);
  if (seals < 0 || (seals & F_SEAL_SHRINK) == 0 || ::fstat(fd.get(), &status) != 0)
    return fail("the counters of the master before are no sealed memory file");
  if (std::cmp_less(status.st_size, sizeof(File)))
    return fail("the counters of the master before are of another layout");
  ::fcntl(fd.get(), F_SETFD, FD_CLOEXEC);
  auto ledger = map(std::move(fd));
  if (!ledger) return ledger;
  const File& file = *ledger->file_;
  if (file.magic != kMagic || file.version != kVersion || file.size != sizeof(File))
    return fail("the counters of the master before are of another layout");
  ledger->claim_column();
  return ledger;
}

void Ledger::claim_column() {
  const std::uint32_t turn = file_->masters.fetch_add(1, std::memory_order_acq_rel);
  column_ = turn % kColumns;
  if (turn < kColumns) return;
  before_.reserve(used());
  for (std::size_t i = 0; i < used(); ++i)
    before_.push_back(file_->entries[i].columns[column_].load(std::memory_order_relaxed));
}

std::size_t Ledger::used() const {
  return std::min<std::size_t>(file_->used.load(std::memory_order_acquire), kEntries);
}

Ledger::Entry* Ledger::find_or_add(std::string_view name) {
  if (name.empty() || name.size() > kLongestName) return nullptr;
  std::uint32_t own = 0;  // one more than the index of the entry that is made for it
  for (std::size_t i = 0, place = first_place(name); i < kPlaces; ++i, place = (place + 1) & (kPlaces - 1)) {
    std::atomic<std::uint32_t>& there = file_->places[place];
    std::uint32_t number = there.load(std::memory_order_acquire);
    if (number == 0) {
      if (own == 0) {
        if (used() >= kEntries) return nullptr;
        own = file_->used.fetch_add(1, std::memory_order_acq_rel) + 1;
        if (own > kEntries) return nullptr;
        Entry& entry = file_->entries[own - 1];
        std::memcpy(entry.bytes.data(), name.data(), name.size());
        entry.length = static_cast<std::uint32_t>(name.size());
      }
      if (there.compare_exchange_strong(number, own, std::memory_order_acq_rel)) number = own;
    }
    if (number > kEntries) continue;
    Entry& entry = file_->entries[number - 1];
    if (entry.name() != name) continue;
    return &entry;
  }
  return nullptr;
}

std::uint64_t Ledger::enter(std::string_view name, std::uint64_t own) {
  Entry* const entry = find_or_add(name);
  if (entry == nullptr) return own;
  const auto index = static_cast<std::size_t>(entry - file_->entries.data());
  const std::uint64_t fresh = own + (index < before_.size() ? before_[index] : 0);
  std::atomic<std::uint64_t>& column = entry->columns[column_];
  std::uint64_t there = column.load(std::memory_order_relaxed);
  while (there < fresh && !column.compare_exchange_weak(there, fresh, std::memory_order_relaxed)) {
  }
  return entry->all();
}

double Ledger::enter_sum(std::string_view name, double own, bool grows) {
  Entry* const entry = find_or_add(name);
  if (entry == nullptr) return own;
  const auto index = static_cast<std::size_t>(entry - file_->entries.data());
  const double fresh = own + (index < before_.size() ? std::bit_cast<double>(before_[index]) : 0.0);
  std::atomic<std::uint64_t>& column = entry->columns[column_];
  std::uint64_t there = column.load(std::memory_order_relaxed);
  while ((!grows || std::bit_cast<double>(there) < fresh) &&
         !column.compare_exchange_weak(there, std::bit_cast<std::uint64_t>(fresh), std::memory_order_relaxed)) {
  }
  double sum = 0;
  for (const auto& each : entry->columns) sum += std::bit_cast<double>(each.load(std::memory_order_relaxed));
  return sum;
}

void Ledger::each(std::string_view beginning,
                  const std::function<void(std::string_view rest, std::uint64_t all)>& tell) const {
  for (std::size_t place = 0; place < kPlaces; ++place) {
    const std::uint32_t number = file_->places[place].load(std::memory_order_acquire);
    if (number == 0 || number > kEntries) continue;
    const Entry& entry = file_->entries[number - 1];
    if (entry.name().starts_with(beginning)) tell(entry.name().substr(beginning.size()), entry.all());
  }
}

}  // namespace orrery::os
