// Claim: what a fuzz target holds to be true of every input.
//
// A claim that fails is said on standard error and ends the process, which is how libFuzzer and the replay see a
// finding.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace orrery::fuzz {

inline void claim(bool holds, std::string_view sentence) {
  if (holds) return;
  std::fprintf(stderr, "fuzz: it does not hold that %.*s\n", static_cast<int>(sentence.size()), sentence.data());
  std::abort();
}

}  // namespace orrery::fuzz
