// What a load must say when nothing planned has cost its clients anything.
#pragma once

#include <catch2/catch.hpp>

#include "support/load.hpp"

namespace orrery::test {

inline void check_clean(const LoadAccount& account) {
  INFO(account.first_problem);
  CHECK(account.ok > 0);
  CHECK(account.failed == 0);
  CHECK(account.refused == 0);
  CHECK(account.reset == 0);
}

}  // namespace orrery::test
