// WarmFiles: which parts of which files were found in memory a moment ago, so that those who send them need not ask
// the kernel again for each answer.
//
// What was there stays there for kFresh, as far as anybody can tell: the kernel takes last the pages that were used
// last. Where it does take them, the loop waits once for a disk. One entry for each file, and few of them: a file whose
// place another one takes is asked about as if it had never been. Pure; one of each loop, for its thread.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace orrery::uv {

class WarmFiles {
 public:
  static constexpr std::chrono::milliseconds kFresh{100};

  /// The bytes from `begin` to `end` of this file (OpenFile::identity()) were in memory. `now`: of the loop, in ms.
  void found(std::uint64_t identity, std::uint64_t begin, std::uint64_t end, std::uint64_t now) {
    if (identity != 0) place_of(identity) = {identity, begin, end, now + kFresh.count()};
  }
  [[nodiscard]] bool has(std::uint64_t identity, std::uint64_t begin, std::uint64_t end, std::uint64_t now) {
    const Entry& entry = place_of(identity);
    return identity != 0 && entry.identity == identity && entry.begin <= begin && end <= entry.end && now < entry.until;
  }

 private:
  struct Entry {
    std::uint64_t identity = 0;
    std::uint64_t begin = 0, end = 0;
    std::uint64_t until = 0;
  };
  Entry& place_of(std::uint64_t identity) { return entries_[identity % entries_.size()]; }

  std::array<Entry, 64> entries_{};
};

}  // namespace orrery::uv
