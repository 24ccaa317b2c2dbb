// SpareBlocks: small blocks of memory that were given back and wait to be given again: malloc() for a library that
// takes and returns many of the same few sizes at each turn, more of them than the C library keeps at hand.
//
// What it keeps is bounded, a number of blocks of each size; what is larger, or beyond that, is the C library's. It is
// told no size when a block comes back: the C library knows how large it is. Under the address sanitizer it keeps
// nothing, so that a use of what was given back is seen. One thread only; never waits, and never throws.
#pragma once

#include <array>
#include <cstddef>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace orrery::base {

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ORRERY_ADDRESSES_ARE_CHECKED
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(ORRERY_ADDRESSES_ARE_CHECKED)
inline constexpr std::size_t kMostSpareBlocks = 0;
#else
inline constexpr std::size_t kMostSpareBlocks = 64;
#endif

/// Keeps up to `kMost` blocks of each size.
template <std::size_t kMost = kMostSpareBlocks>
class SpareBlocksUpTo {
 public:
  /// Blocks are kept by multiples of this.
  static constexpr std::size_t kStep = 32;
  static constexpr std::size_t kLargest = 512;

  SpareBlocksUpTo() = default;
  SpareBlocksUpTo(const SpareBlocksUpTo&) = delete;
  SpareBlocksUpTo& operator=(const SpareBlocksUpTo&) = delete;
  ~SpareBlocksUpTo() {
    for (Size& size : sizes_)
      while (void* const block = take(size)) std::free(block);
  }

  /// `size` bytes, aligned for everything; null where there is no memory.
  void* allocate(std::size_t size) noexcept {
    if (size > kLargest) return std::malloc(size);
    // The smallest block has room for what links it to the next.
    const std::size_t steps = size == 0 ? 1 : (size + kStep - 1) / kStep;
    void* const kept = take(sizes_[steps - 1]);
    return kept ? kept : std::malloc(steps * kStep);
  }
  /// What allocate(), malloc(), calloc() or realloc() gave, or null.
  void release(void* block) noexcept {
    if (!block) return;
    const std::size_t steps = malloc_usable_size(block) / kStep;
    if (steps == 0 || steps > sizes_.size() || sizes_[steps - 1].count == kMost) return std::free(block);
    Size& size = sizes_[steps - 1];
    size.first = new (block) Link{size.first};
    ++size.count;
  }
  /// Blocks that wait.
  [[nodiscard]] std::size_t count() const {
    std::size_t all = 0;
    for (const Size& size : sizes_) all += size.count;
    return all;
  }

 private:
  struct Link {
    Link* next;
  };
  struct Size {
    Link* first = nullptr;
    std::size_t count = 0;
  };

  static void* take(Size& size) noexcept {
    Link* const block = size.first;
    if (!block) return nullptr;
    size.first = block->next;
    --size.count;
    return block;
  }

  std::array<Size, kLargest / kStep> sizes_;
};

using SpareBlocks = SpareBlocksUpTo<>;

}  // namespace orrery::base
