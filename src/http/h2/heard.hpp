// Heard: what a client has said of its streams, so that what it says later can be held against that (RFC 9113, 5.1).
//
// nghttp2 ignores frames of streams that it has forgotten, since they may be late. A client is never late with itself:
// what it sends behind its own END_STREAM or RST_STREAM, or on a stream that it has passed over, breaks the rules. The
// last 1024 streams are remembered, two bits for each. Pure. Loop thread only.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>

namespace orrery::http::h2 {

class Heard {
 public:
  enum class Verdict : std::uint8_t { kFine, kNeverOpened, kEnded };

  /// A HEADERS or DATA frame of an odd stream. `ends`: with END_STREAM. DATA opens nothing: whether it may is not
  /// judged here.
  Verdict on_frame(std::uint32_t stream, bool headers, bool ends) {
    if (stream > last_ && headers) open(stream);
    if (stream > last_ || last_ - stream >= 2 * kRemembered) return Verdict::kFine;
    if (!opened_[place(stream)]) return Verdict::kNeverOpened;
    if (ended_[place(stream)]) return Verdict::kEnded;
    ended_[place(stream)] = ends;
    return Verdict::kFine;
  }
  void on_reset(std::uint32_t stream) {
    if (stream <= last_ && last_ - stream < 2 * kRemembered) ended_[place(stream)] = true;
  }

 private:
  static constexpr std::uint32_t kRemembered = 1024;
  static std::size_t place(std::uint32_t stream) { return stream / 2 % kRemembered; }

  void open(std::uint32_t stream) {
    if (stream - last_ >= 2 * kRemembered) {
      opened_.reset();
    } else {
      for (std::uint32_t passed = last_ == 0 ? 1 : last_ + 2; passed < stream; passed += 2)
        opened_[place(passed)] = false;
    }
    opened_[place(stream)] = true;
    ended_[place(stream)] = false;
    last_ = stream;
  }

  std::bitset<kRemembered> opened_;
  std::bitset<kRemembered> ended_;
  std::uint32_t last_ = 0;
};

}  // namespace orrery::http::h2
