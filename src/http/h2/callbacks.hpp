// Callbacks: through which nghttp2 calls a Connection, and the options with which it is made.
//
// Trampolines from C: noexcept. Where one cannot go on for want of memory, or since the client has asked for too much,
// it says so in the connection and stops the library. Decides nothing. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <nghttp2/nghttp2.h>

namespace orrery::http::h2 {

class Connection;
struct Stream;

struct Callbacks {
  /// Opens the session of this connection, which it calls. Throws std::bad_alloc.
  static void open_session(Connection& connection);
  /// Where the library takes the body of the stream's response from.
  static nghttp2_data_provider provider_of(Stream& stream);

 private:
  struct Trampolines;
  static void fill(nghttp2_session_callbacks* callbacks);

  template <class Act>
  static int guarded(Connection& connection, Act&& act) noexcept;
  static void on_begin_headers(Connection& connection, const nghttp2_frame& frame);
  static void on_frame(Connection& connection, const nghttp2_frame& frame);
  static void on_frame_sent(Connection& connection, const nghttp2_frame& frame);
  static ssize_t read(Stream& stream, std::size_t length, std::uint32_t& flags);
  static int write(Connection& connection, const nghttp2_frame& frame, const std::uint8_t* head, std::size_t length,
                   Stream& stream);
};

}  // namespace orrery::http::h2
