// Seeds: what a fuzz target begins with: the wire cases of tests/corpus in the target's own form, and the files of
// tests/fuzz/seeds/TARGET and tests/fuzz/findings/TARGET.
//
// Used by the replay and by the tool that lays them out as files. Throws std::runtime_error when a folder cannot be
// read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery::fuzz {

struct Seed {
  std::string name;
  std::string bytes;
};

/// All seeds of `target`; `tests` is the folder tests/.
std::vector<Seed> seeds_of(std::string_view target, const std::string& tests);

}  // namespace orrery::fuzz
