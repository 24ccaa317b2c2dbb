// FrameHeads: finds the heads of frames in the bytes that a client sends, and shows each to a judge before nghttp2
// reads it.
//
// nghttp2 passes silently over frames that it ignores (of unknown types, of streams that it has forgotten), and those
// are what a flood is made of. Bytes may be split anywhere. Pure: keeps nine bytes, and knows nothing of what is in a
// frame. Loop thread only.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace orrery::http::h2 {

/// RFC 9113, 4.1.
struct FrameHead {
  static constexpr std::size_t kSize = 9;
  std::uint32_t length = 0;
  std::uint8_t type = 0;
  std::uint8_t flags = 0;
  std::uint32_t stream = 0;
};

class FrameHeads {
 public:
  /// `preface`: bytes in front of the first frame.
  explicit FrameHeads(std::size_t preface) : payload_left_(preface) {}

  /// Shows each frame whose head ends in `bytes` to `may_pass`, until that says no. How many of the bytes stand in
  /// front of the frame that may not pass; all of them when there is none.
  template <class Judge>
  std::size_t look(std::string_view bytes, Judge&& may_pass) {
    std::size_t at = 0;
    while (at < bytes.size()) {
      if (payload_left_ > 0) {
        const std::size_t skipped = std::min(payload_left_, bytes.size() - at);
        payload_left_ -= skipped;
        at += skipped;
        continue;
      }
      const std::size_t begin = at;
      const std::size_t taken = std::min(FrameHead::kSize - held_size_, bytes.size() - at);
      std::copy_n(bytes.data() + at, taken, held_.data() + held_size_);
      held_size_ += taken;
      at += taken;
      if (held_size_ < FrameHead::kSize) break;
      held_size_ = 0;
      const FrameHead head = read_head();
      payload_left_ = head.length;
      if (!may_pass(head)) return begin;
    }
    return bytes.size();
  }

 private:
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8U | static_cast<std::uint8_t>(held_[at + i]);
    return value;
  }
  [[nodiscard]] FrameHead read_head() const {
    return {number(0, 3), static_cast<std::uint8_t>(held_[3]), static_cast<std::uint8_t>(held_[4]),
            number(5, 4) & 0x7fffffffU};
  }

  std::size_t payload_left_;
  std::size_t held_size_ = 0;
  std::array<char, FrameHead::kSize> held_{};
};

}  // namespace orrery::http::h2
