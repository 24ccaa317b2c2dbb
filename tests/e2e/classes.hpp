// The worker classes, for tests of what must hold in all of them:
//   const std::string worker_class = GENERATE(from_range(kClasses));
#pragma once

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "support/server_process.hpp"
#include "support/wire.hpp"

namespace orrery::test {

inline const std::array<std::string, 3> kClasses{"async", "sync", "threads"};

}  // namespace orrery::test
