#include "orrery/shared_memory.hpp"

#include <new>
#include <sys/mman.h>

namespace orrery {

SharedMemory::SharedMemory(std::size_t size) : data_(MAP_FAILED), size_(size) {
  data_ = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (data_ == MAP_FAILED) throw std::bad_alloc{};
}

SharedMemory::~SharedMemory() { ::munmap(data_, size_); }

}  // namespace orrery
