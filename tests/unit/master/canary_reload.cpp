#include "master/canary_reload.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "os/scoreboard.hpp"

namespace orrery::master {

namespace {

using namespace std::chrono_literals;
using Outcome = CanaryFinding::Outcome;

constexpr base::Monotonic kStart{1000s};

CanaryRead answered(std::uint64_t requests, std::uint64_t errors) {
  CanaryRead read;
  read.canary.requests = requests;
  read.canary.errors = errors;
  read.siblings.requests = 300;
  return read;
}

/// Worker 3 is the canary of generation 2.
CanaryReload begun() {
  CanaryReload reload;
  os::CanaryTerms terms;
  terms.requests = 100;
  terms.limit = 20;
  reload.begin(2, Plan{}, terms);
  reload.name(3);
  return reload;
}

}  // namespace

TEST_CASE("canary reload: nothing is weighed before the canary is ready") {
  CanaryReload reload;
  CHECK_FALSE(reload.under_way());
  CHECK(reload.expire(kStart).outcome == Outcome::kUndecided);
  reload = begun();
  CHECK(reload.under_way());
  CHECK_FALSE(reload.weighed());
  CHECK(reload.deadline() == base::Monotonic::max());
  CHECK(reload.is(3));
  CHECK_FALSE(reload.is(0));
  reload.ready(kStart);
  CHECK(reload.weighed());
  CHECK(reload.deadline() == kStart + 20s);
}

TEST_CASE("canary reload: a promotion is counted, and praised until the next one") {
  CanaryReload reload = begun();
  reload.ready(kStart);
  CHECK(reload.weigh(answered(99, 0), kStart + 1s).outcome == Outcome::kUndecided);
  CHECK(reload.weigh(answered(100, 0), kStart + 1s).outcome == Outcome::kPromote);
  reload.promote("it is good");
  CHECK_FALSE(reload.under_way());
  CHECK_FALSE(reload.is(3));
  CHECK(reload.generation() == 2);
  CHECK(reload.promoted() == 1);
  CHECK(reload.rolled_back() == 0);
  CHECK(reload.praise_of(2) == ": it is good");
  CHECK(reload.praise_of(3).empty());
}

TEST_CASE("canary reload: a rollback is counted, one that another takes the place of is not") {
  CanaryReload reload = begun();
  reload.ready(kStart);
  CHECK(reload.weigh(answered(100, 30), kStart + 1s).outcome == Outcome::kRollBack);
  reload.roll_back();
  CHECK(reload.rolled_back() == 1);
  reload.begin(3, Plan{}, {});
  reload.drop();
  CHECK_FALSE(reload.under_way());
  CHECK(reload.rolled_back() == 1);
  CHECK(reload.promoted() == 0);
}

TEST_CASE("canary reload: why there can be none") {
  CHECK(canary_obstacle({false, false, 2, 1, 2}, "reload").empty());
  CHECK(canary_obstacle({true, false, 2, 1, 2}, "reload") ==
        "workers die as soon as they are replaced (crash loop): reload without a canary");
  CHECK(canary_obstacle({false, true, 2, 1, 2}, "reload").find("too little memory") != std::string::npos);
  CHECK(canary_obstacle({false, false, 0, 1, 2}, "upgrade").ends_with("compared with: upgrade without one"));
  CHECK(canary_obstacle({false, false, 2, 0, 2}, "upgrade").ends_with("compared with: upgrade without one"));
  CHECK(canary_obstacle({false, false, 2, 1, os::kMaxWorkers}, "reload").find("are the most") != std::string::npos);
}

}  // namespace orrery::master
