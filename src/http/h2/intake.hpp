// Intake: how much of the bodies of one connection's requests may be in memory at once.
//
// Each stream may send 64 KiB before anything is decided (the initial window of RFC 9113). A body that may be larger
// gets a place here, as large as the body may become or as the window that fills a link of 1 Gbit/s over 100 ms, and
// its stream's window is opened so far. While there is no place for it, it waits at its 64 KiB. One is always let in,
// and what is let in can always come to its end: so a connection holds at most one budget, or one largest body, and
// 64 KiB for each of its streams; and no two uploads wait for each other. Pure. Loop thread only.
#pragma once

#include <algorithm>
#include <cstdint>

namespace orrery::http::h2 {

/// What a stream may send before its window was opened (RFC 9113, 6.9.2).
inline constexpr std::uint64_t kInitialWindow = 65535;
/// 1 Gbit/s for 100 ms.
inline constexpr std::uint64_t kLargestWindow = 12'500'000;

class Intake {
 public:
  explicit Intake(std::uint64_t largest_body) : budget_(std::max(largest_body, kLargestWindow)) {}

  /// Takes a place of this size; false when there is none.
  bool reserve(std::uint64_t size) {
    if (reserved_ > 0 && (size > budget_ || reserved_ > budget_ - size)) return false;
    reserved_ += size;
    return true;
  }
  void release(std::uint64_t size) { reserved_ -= size; }
  [[nodiscard]] std::uint64_t reserved() const { return reserved_; }

 private:
  std::uint64_t budget_;
  std::uint64_t reserved_ = 0;
};

}  // namespace orrery::http::h2
