#include "http/h2/library.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <nghttp2/nghttp2.h>

namespace orrery::http::h2 {

/// What nghttp2 calls instead of malloc() and its like.
struct Library::Heap {
  static Library& of(void* user) { return *static_cast<Library*>(user); }

  static void* allocate(std::size_t size, void* user) noexcept {
    void* const kept = of(user).opening_ ? of(user).memory_.allocate(size) : nullptr;
    return kept ? kept : of(user).blocks_.allocate(size);
  }
  static void* allocate_zeros(std::size_t count, std::size_t size, void* user) noexcept {
    std::size_t bytes = 0;
    const bool fits = of(user).opening_ && !__builtin_mul_overflow(count, size, &bytes);
    void* const kept = fits ? of(user).memory_.allocate(bytes) : nullptr;
    return kept ? kept : std::calloc(count, size);
  }
  static void release(void* pointer, void* user) noexcept {
    if (of(user).memory_.room_behind(pointer) == 0) of(user).blocks_.release(pointer);
  }
  static void* resize(void* pointer, std::size_t size, void* user) noexcept {
    if (!pointer) return allocate(size, user);
    const std::size_t room = of(user).memory_.room_behind(pointer);
    if (room == 0) return std::realloc(pointer, size);
    void* const moved = std::malloc(size);
    // How long it was is not known; what lies behind it is copied in vain.
    if (moved) std::memcpy(moved, pointer, std::min(size, room));
    return moved;
  }
};

void Library::open(const nghttp2_session_callbacks* callbacks, void* user, const nghttp2_option* options) {
  nghttp2_mem heap{this, Heap::allocate, Heap::release, Heap::allocate_zeros, Heap::resize};
  opening_ = true;
  const int failed = nghttp2_session_server_new3(&session_, callbacks, user, options, &heap);
  opening_ = false;
  if (failed != 0) throw std::bad_alloc();
}

void Library::close() {
  if (session_) nghttp2_session_del(get());
  session_ = nullptr;
}

}  // namespace orrery::http::h2
