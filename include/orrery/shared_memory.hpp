// SharedMemory: bytes that all workers see, made in the master before they are forked.
//
// For what an App keeps for the whole service: make it while the App is built. All bytes are zero at first; pages that
// nobody writes cost nothing. What lies there must stand several processes: lock-free atomics, and no pointer.
#pragma once

#include <cstddef>

#include "orrery/export.hpp"

namespace orrery {

class ORRERY_EXPORT SharedMemory {
 public:
  /// Throws std::bad_alloc. The bytes begin at a page.
  explicit SharedMemory(std::size_t size);
  ~SharedMemory();
  SharedMemory(const SharedMemory&) = delete;
  SharedMemory& operator=(const SharedMemory&) = delete;

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void* data_;
  std::size_t size_;
};

}  // namespace orrery
