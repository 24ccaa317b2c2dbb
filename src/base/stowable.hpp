// Stowable: a block of memory whose contents can be stowed away while nobody uses them, and come back where they were.
//
// For objects of a library that are large, mostly zero, and kept for as long as a client says nothing. While it is
// stowed it holds only the words that are not zero, and its pages are the kernel's; restore() puts them back at the
// same addresses, so pointers into it stay good. What was allocated in it is freed only all at once, with the block.
// Blocks come from slabs that are kept for the next ones and never given back; a slab that nobody uses holds no pages.
// Any thread may make and destroy one; one thread at a time uses it. It waits for nothing but the lock of their list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace orrery::base {

class Stowable {
 public:
  /// Address space of a block in bytes: whole pages. What nobody touches of it takes no memory.
  static constexpr std::size_t kSize = 28 * 1024;

  /// Throws std::bad_alloc.
  Stowable();
  Stowable(const Stowable&) = delete;
  Stowable& operator=(const Stowable&) = delete;
  ~Stowable();

  /// `size` bytes that are zero, aligned for everything; null when the block has no such room any more.
  void* allocate(std::size_t size);
  /// The bytes from `pointer` to the end of the block; 0: it points elsewhere.
  [[nodiscard]] std::size_t room_behind(const void* pointer) const {
    const auto offset = reinterpret_cast<std::uintptr_t>(pointer) - reinterpret_cast<std::uintptr_t>(block_);
    return offset < kSize ? kSize - offset : 0;
  }

  /// Nobody may look at the contents until restore(). Does nothing where there is no memory for what they are.
  void stow() noexcept;
  void restore() noexcept {
    if (stowed_) [[unlikely]]
      put_back();
  }
  [[nodiscard]] bool stowed() const { return stowed_ != nullptr; }

 private:
  void put_back() noexcept;

  char* block_;
  std::size_t used_ = 0;                     ///< bytes from its beginning
  std::unique_ptr<std::uint64_t[]> stowed_;  ///< runs: the first word's place, how many, and they; a count of 0 ends
};

}  // namespace orrery::base
