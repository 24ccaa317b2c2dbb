#include "base/spares.hpp"

#include <catch2/catch.hpp>
#include <memory>

namespace orrery::base {
namespace {

struct Counted {
  Counted(int& all, int its_number) : alive(all), number(its_number) { ++alive; }
  ~Counted() { --alive; }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  int& alive;
  int number;
};

TEST_CASE("spares: the last that came goes first, and none is lost") {
  int alive = 0;
  {
    Spares<Counted, 2> spares;
    CHECK(spares.take() == nullptr);
    for (int number = 1; number <= 3; ++number) {
      auto object = std::make_unique<Counted>(alive, number);
      CHECK(spares.keep(object) == (number <= 2));
      CHECK((object != nullptr) == (number > 2));
    }
    CHECK(alive == 2);
    CHECK(spares.size() == 2);
    CHECK(spares.take()->number == 2);
    CHECK(alive == 1);
    CHECK(spares.size() == 1);
  }
  CHECK(alive == 0);
}

}  // namespace
}  // namespace orrery::base
