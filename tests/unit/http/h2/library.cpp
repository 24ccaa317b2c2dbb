#include "http/h2/library.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <nghttp2/nghttp2.h>
#include <string>

#include "support/http2_frames.hpp"

namespace orrery::http::h2 {
namespace {

namespace frames = test::http2;

/// A session that tells how many requests it has read.
class Reading {
 public:
  Reading() {
    nghttp2_session_callbacks* callbacks = nullptr;
    REQUIRE(nghttp2_session_callbacks_new(&callbacks) == 0);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks,
                                                         [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
                                                           if (frame->hd.type == NGHTTP2_HEADERS)
                                                             ++static_cast<Reading*>(user)->requests;
                                                           return 0;
                                                         });
    library.open(callbacks, this, nullptr);
    nghttp2_session_callbacks_del(callbacks);
  }
  void read(const std::string& bytes) {
    const auto* const first = reinterpret_cast<const std::uint8_t*>(bytes.data());
    CHECK(nghttp2_session_mem_recv(library.get(), first, bytes.size()) == static_cast<ssize_t>(bytes.size()));
  }

  int requests = 0;
  base::SpareBlocks blocks;
  Library library{blocks};
};

TEST_CASE("Library: its session goes on as if it had never rested") {
  Reading reading;
  reading.library.rest();
  CHECK(reading.library.resting());
  reading.read(std::string{frames::kPreface} + frames::settings());
  CHECK_FALSE(reading.library.resting());
  const std::string request = frames::headers(1, frames::get());
  // It rests in the middle of a frame.
  reading.read(request.substr(0, 5));
  reading.library.rest();
  reading.read(request.substr(5));
  CHECK(reading.requests == 1);
  reading.library.rest();
  for (std::uint32_t id = 3; id < 103; id += 2) reading.read(frames::headers(id, frames::get()));
  CHECK(reading.requests == 51);
  reading.library.rest();
  CHECK(nghttp2_session_get_last_proc_stream_id(reading.library.get()) == 101);
}

TEST_CASE("Library: one that rests can be closed") {
  Reading reading;
  reading.read(std::string{frames::kPreface} + frames::settings() + frames::headers(1, frames::get()));
  reading.library.rest();
  reading.library.close();
  reading.library.close();
  CHECK(reading.library.get() == nullptr);
}

}  // namespace
}  // namespace orrery::http::h2
