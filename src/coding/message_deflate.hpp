// MessageDeflate: DEFLATE (RFC 1951) without a frame, one message at a time, as WebSocket has it (RFC 7692).
//
// No message refers to an earlier one, so one of each of these serves all connections of a thread, and none of them
// holds anything between two messages of its own. Each takes its memory at its first message and keeps it: a deflater
// 160 KiB for the largest window, an inflater 40 KiB. The only home of zlib's raw form. Loop thread only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace orrery::coding {

/// Exponents of the window's size: 512 bytes to 32 KiB. zlib has no raw form of a window of 256 bytes.
inline constexpr int kLeastWindow = 9;
inline constexpr int kLargestWindow = 15;

class MessageDeflate {
 public:
  enum class Outcome : std::uint8_t {
    kWhole,
    kBad,       ///< this is no DEFLATE, or not to its end
    kTooLarge,  ///< there would be more than was allowed; no more than that was ever in memory
  };

  MessageDeflate();
  MessageDeflate(const MessageDeflate&) = delete;
  MessageDeflate& operator=(const MessageDeflate&) = delete;
  ~MessageDeflate();

  /// Appends what becomes of the message, without the four bytes that its reader puts behind it. `window`: kLeastWindow
  /// to kLargestWindow. Throws std::bad_alloc.
  void deflate(std::string_view message, int window, std::string& out);
  /// Appends at most `largest` bytes of what the message was. Throws std::bad_alloc.
  Outcome inflate(std::string_view bytes, std::size_t largest, std::string& out);

 private:
  struct Deflater;
  struct Inflater;

  std::array<std::unique_ptr<Deflater>, kLargestWindow - kLeastWindow + 1> deflaters_;  ///< by window
  std::unique_ptr<Inflater> inflater_;
};

}  // namespace orrery::coding
