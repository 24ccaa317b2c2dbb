// Scarcity: whether the memory of the cgroup is, or soon will be, so scarce that the workers' own must be measured.
//
// Pure, in the master, which looks at the group every two seconds. To measure a worker is dear: the kernel walks all of
// its memory. But how a worker grows is known only after some looks, and by then there must still be enough left.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace orrery::master {

class Scarcity {
 public:
  /// So many bytes of `limit` may still be taken. True when the workers are to be measured at this look.
  bool look(std::uint64_t left, std::uint64_t limit);

  /// At the pace of the last looks it would be used up after so many more.
  static constexpr std::uint64_t kLooksAhead = 40;

 private:
  static constexpr std::size_t kLooks = 4;
  std::array<std::uint64_t, kLooks> left_{};  ///< of the last looks
  std::size_t looks_ = 0;
};

}  // namespace orrery::master
