#include "http/h2/heard.hpp"

#include <catch2/catch.hpp>

namespace orrery::http::h2 {
namespace {

using Verdict = Heard::Verdict;

TEST_CASE("Heard knows streams that were opened, passed over and ended") {
  Heard heard;
  CHECK(heard.on_frame(1, true, false) == Verdict::kFine);
  CHECK(heard.on_frame(1, false, true) == Verdict::kFine);
  CHECK(heard.on_frame(1, false, false) == Verdict::kEnded);
  CHECK(heard.on_frame(7, true, false) == Verdict::kFine);
  CHECK(heard.on_frame(3, true, false) == Verdict::kNeverOpened);
  CHECK(heard.on_frame(5, false, false) == Verdict::kNeverOpened);
  heard.on_reset(7);
  CHECK(heard.on_frame(7, true, false) == Verdict::kEnded);
  CHECK(heard.on_frame(9, false, false) == Verdict::kFine);
}

TEST_CASE("Heard forgets what is long ago") {
  Heard heard;
  for (const std::uint32_t jump : {2U, 2046U, 2048U, 2050U, 100'000U}) {
    Heard one;
    CHECK(one.on_frame(1, true, true) == Verdict::kFine);
    CHECK(one.on_frame(1 + jump, true, true) == Verdict::kFine);
    CHECK(one.on_frame(1, true, false) == (jump < 2048 ? Verdict::kEnded : Verdict::kFine));
    if (jump > 2) CHECK(one.on_frame(jump - 1, true, false) == Verdict::kNeverOpened);
    CHECK(one.on_frame(1 + jump, false, false) == Verdict::kEnded);
    CHECK(one.on_frame(3 + jump, true, false) == Verdict::kFine);
  }
}

}  // namespace
}  // namespace orrery::http::h2
