#include "base/stowable.hpp"

#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <span>
#include <sys/mman.h>
#include <utility>
#include <vector>

namespace orrery::base {

namespace {

using Word = std::uint64_t;

constexpr std::size_t kPage = 4096;
constexpr std::size_t kBlocksOfSlab = 64;
constexpr std::size_t kAlignment = alignof(std::max_align_t);
/// A run goes on over so few zeros: a run of its own would cost as much.
constexpr std::size_t kZerosWithin = 2;

/// Gives the pages back; what looks at them next finds zeros.
void make_zero(char* first, std::size_t size) noexcept {
  if (::madvise(first, size, MADV_DONTNEED) != 0) std::memset(first, 0, size);
}

/// The blocks that nobody uses; they are zero.
class Blocks {
 public:
  char* take() {
    const std::lock_guard lock{mutex_};
    if (free_.empty()) add_slab();
    char* const block = free_.back();
    free_.pop_back();
    return block;
  }
  void give_back(char* block) noexcept {
    make_zero(block, Stowable::kSize);
    const std::lock_guard lock{mutex_};
    free_.push_back(block);  // there is room for all
  }

 private:
  void add_slab() {
    free_.reserve(made_ + kBlocksOfSlab);
    constexpr std::size_t kBytes = kBlocksOfSlab * Stowable::kSize;
    char* const slab = static_cast<char*>(std::aligned_alloc(kPage, kBytes));
    if (!slab) throw std::bad_alloc();
    // A huge page would be there as a whole, however little of it is used.
    ::madvise(slab, kBytes, MADV_NOHUGEPAGE);
    make_zero(slab, kBytes);
    made_ += kBlocksOfSlab;
    for (std::size_t i = kBlocksOfSlab; i > 0; --i) free_.push_back(slab + (i - 1) * Stowable::kSize);
  }

  std::mutex mutex_;
  std::vector<char*> free_;
  std::size_t made_ = 0;
};

/// Never destroyed: a block may be given back by a thread that ends last.
Blocks& blocks() {
  static auto& all = *new Blocks;
  return all;
}

/// Calls `take(place, count)` for each run of words that are not zero, the first one first.
template <class Take>
void each_run(std::span<const Word> words, Take&& take) {
  std::size_t at = 0;
  while (true) {
    while (at < words.size() && words[at] == 0) ++at;
    if (at == words.size()) return;
    const std::size_t begin = at;
    std::size_t end = at;
    for (std::size_t zeros = 0; at < words.size() && zeros <= kZerosWithin; ++at) {
      zeros = words[at] == 0 ? zeros + 1 : 0;
      if (zeros == 0) end = at + 1;
    }
    take(begin, end - begin);
  }
}

}  // namespace

Stowable::Stowable() : block_(blocks().take()) {}

Stowable::~Stowable() { blocks().give_back(block_); }

void* Stowable::allocate(std::size_t size) {
  const std::size_t rounded = (size + kAlignment - 1) / kAlignment * kAlignment;
  if (rounded < size || rounded > kSize - used_) return nullptr;
  return block_ + std::exchange(used_, used_ + rounded);
}

void Stowable::stow() noexcept {
  if (stowed_) return;
  const std::span words{reinterpret_cast<const Word*>(block_), used_ / sizeof(Word)};
  std::size_t size = 1;
  each_run(words, [&](std::size_t, std::size_t count) { size += 1 + count; });
  stowed_.reset(new (std::nothrow) Word[size]);
  if (!stowed_) return;
  Word* to = stowed_.get();
  each_run(words, [&](std::size_t place, std::size_t count) {
    *to++ = Word{place} << 32 | count;
    std::memcpy(to, words.data() + place, count * sizeof(Word));
    to += count;
  });
  *to = 0;
  make_zero(block_, kSize);
}

void Stowable::put_back() noexcept {
  const Word* from = stowed_.get();
  while (*from != 0) {
    const std::size_t place = *from >> 32;
    const std::size_t count = *from & 0xffffffff;
    std::memcpy(block_ + place * sizeof(Word), from + 1, count * sizeof(Word));
    from += 1 + count;
  }
  stowed_.reset();
}

}  // namespace orrery::base
