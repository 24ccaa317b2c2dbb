// Library: nghttp2's session of one connection, whose memory can be stowed while the client says nothing.
//
// What nghttp2 allocates as the session is made (the session, its map of streams, the tables of HPACK, the buffer of
// a frame: 25 KB, nearly all of it zero or unused) lies in a block that rest() stows; what comes later, a few small
// blocks for each request, comes from the spare blocks of the worker. get() brings it back, so the session is found as
// it was, at any time. Loop thread only.
#pragma once

#include <cstddef>

#include "base/spare_blocks.hpp"
#include "base/stowable.hpp"

struct nghttp2_option;
struct nghttp2_session;
struct nghttp2_session_callbacks;

namespace orrery::http::h2 {

class Library {
 public:
  /// `blocks` outlives it, and is its thread's.
  explicit Library(base::SpareBlocks& blocks) : blocks_(blocks) {}
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() { close(); }

  /// Makes the session of a server, once. Throws std::bad_alloc.
  void open(const nghttp2_session_callbacks* callbacks, void* user, const nghttp2_option* options);
  [[nodiscard]] nghttp2_session* get() const {
    memory_.restore();
    return session_;
  }
  /// Until the next get(). Not from within one of its callbacks.
  void rest() { memory_.stow(); }
  [[nodiscard]] bool resting() const { return memory_.stowed(); }
  /// Its callbacks are not called any more.
  void close();

 private:
  struct Heap;

  base::SpareBlocks& blocks_;
  mutable base::Stowable memory_;
  nghttp2_session* session_ = nullptr;
  bool opening_ = false;
};

}  // namespace orrery::http::h2
