#include "upstream/budget.hpp"

#include <catch2/catch.hpp>

namespace orrery::upstream {
namespace {

TEST_CASE("budget: one call in ten is tried again, and ten retries lie ready at most") {
  Budget budget;
  CHECK(budget.take());  // also in the first call's trouble
  CHECK_FALSE(budget.take());
  for (int i = 0; i < 9; ++i) budget.add_call();
  CHECK_FALSE(budget.take());
  budget.add_call();
  CHECK(budget.take());
  for (int i = 0; i < 100'000; ++i) budget.add_call();
  int taken = 0;
  while (budget.take()) ++taken;
  CHECK(taken == 10);
}

}  // namespace
}  // namespace orrery::upstream
