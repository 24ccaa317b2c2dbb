// FrameHeads: finds the heads of frames in the bytes that a client sends, and shows each to a judge before nghttp2
// reads it.
//
// nghttp2 passes silently over frames that it ignores (of unknown types, of streams that it has forgotten), and those
// are what a flood is made of. Bytes may be split anywhere. Pure: keeps thirteen bytes, and knows of what is in a frame
// only the first number of two kinds. Loop thread only.
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
  std::uint32_t lead = 0;  ///< of DATA with padding: how long that is; of PRIORITY: the stream that it depends on

  [[nodiscard]] bool padded() const { return type == kData && (flags & kPadded) != 0 && length > 0; }
  /// Bytes of the payload that are shown with the head.
  [[nodiscard]] std::size_t lead_size() const {
    if (padded()) return 1;
    return type == kPriority && length >= kDependencySize ? kDependencySize : 0;
  }

 private:
  static constexpr std::uint8_t kData = 0;
  static constexpr std::uint8_t kPriority = 2;
  static constexpr std::uint8_t kPadded = 8;
  static constexpr std::size_t kDependencySize = 4;
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
    std::size_t begin = 0;  // of the frame; of the bytes where it began before them
    while (at < bytes.size()) {
      if (payload_left_ > 0) {
        const std::size_t skipped = std::min(payload_left_, bytes.size() - at);
        payload_left_ -= skipped;
        at += skipped;
        continue;
      }
      if (held_size_ == 0) begin = at;
      at += hold(bytes.substr(at), FrameHead::kSize);
      if (held_size_ < FrameHead::kSize) break;
      FrameHead head = read_head();
      const std::size_t lead = head.lead_size();
      at += hold(bytes.substr(at), FrameHead::kSize + lead);
      if (held_size_ < FrameHead::kSize + lead) break;
      if (lead > 0) head.lead = number(FrameHead::kSize, lead) & 0x7fffffffU;
      held_size_ = 0;
      payload_left_ = head.length - lead;
      if (!may_pass(head)) return begin;
    }
    return bytes.size();
  }

 private:
  /// Takes what is missing of so many bytes, as far as it is there; how many that are.
  std::size_t hold(std::string_view bytes, std::size_t wanted) {
    const std::size_t taken = std::min(wanted - std::min(wanted, held_size_), bytes.size());
    std::copy_n(bytes.data(), taken, held_.data() + held_size_);
    held_size_ += taken;
    return taken;
  }
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < size; ++i) value = value << 8U | static_cast<std::uint8_t>(held_[at + i]);
    return value;
  }
  [[nodiscard]] FrameHead read_head() const {
    return {number(0, 3), static_cast<std::uint8_t>(held_[3]), static_cast<std::uint8_t>(held_[4]),
            number(5, 4) & 0x7fffffffU, 0};
  }

  std::size_t payload_left_;
  std::size_t held_size_ = 0;
  std::array<char, FrameHead::kSize + 4> held_{};
};

}  // namespace orrery::http::h2
