#include "master/canary.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <memory>
#include <random>

namespace orrery::master {

namespace {

using namespace std::chrono_literals;
using Outcome = CanaryFinding::Outcome;

constexpr std::size_t kMillisecond = 20;  ///< bucket of 1.05 to 2.1 ms

/// So many answers, so many of them errors, and how many of them in the bucket `slow` instead of that of a millisecond.
Tally answers(std::uint64_t requests, std::uint64_t errors, std::uint64_t slowly = 0, std::size_t slow = 26) {
  Tally tally;
  tally.requests = requests;
  tally.errors = errors;
  tally.latency[kMillisecond] = requests - slowly;
  tally.latency[slow] += slowly;
  return tally;
}

struct Row {
  const char* name;
  Tally canary, siblings;
  base::Nanoseconds served;
  Outcome outcome;
  const char* why;  ///< a part of it
};

}  // namespace

TEST_CASE("canary: what was answered, and the terms, go between two masters as words") {
  Tally tally = answers(300, 7, 20);
  tally.latency[39] = 1;
  const auto back = tally_from(to_words(tally));
  REQUIRE(back);
  CHECK(back->requests == 300);
  CHECK(back->errors == 7);
  CHECK(back->latency == tally.latency);
  CHECK(to_words(Tally{}) == "0 0");
  CHECK(tally_from("0 0")->requests == 0);
  CHECK(tally_from("1 0 77:5")->requests == 1);  // a bucket that only a newer version has
  for (const char* const none : {"", "1", "x", "1 0 3", "1 0 3-4", "1 0 3:x", "1 0 x"}) {
    INFO(none);
    CHECK_FALSE(tally_from(none));
  }
  os::CanaryTerms terms;
  terms.requests = 40;
  terms.limit = 9;
  terms.promotes = true;
  CHECK(to_words(terms) == "40 9 promote");
  CHECK(terms_from("40 9 promote") == terms);
  CHECK_FALSE(terms_from("40 9 roll-back")->promotes);
  for (const char* const none : {"", "40", "40 9", "40 9 keep", "0 9 promote", "40 0 promote", "40 4000 promote"}) {
    INFO(none);
    CHECK_FALSE(terms_from(none));
  }
}

TEST_CASE("canary: what is found by what it and its siblings have answered") {
  const os::CanaryTerms terms{100, 60, false, {}, {}};
  const Row rows[] = {
      {"nothing yet", {}, {}, 1s, Outcome::kUndecided, ""},
      {"too few, and good", answers(99, 0), answers(400, 0), 59s, Outcome::kUndecided, ""},
      {"siblings too few", answers(400, 0), answers(99, 0), 59s, Outcome::kUndecided, ""},
      {"good", answers(100, 0), answers(300, 0), 5s, Outcome::kPromote, "the canary answered 100 requests"},
      {"as bad as its siblings", answers(100, 5), answers(300, 15), 5s, Outcome::kPromote, "5.0 % errors"},
      {"better than its siblings", answers(100, 0), answers(300, 90), 5s, Outcome::kPromote, "0.0 % errors"},
      {"all fail, in both", answers(100, 100), answers(300, 300), 5s, Outcome::kPromote, "100.0 % errors"},
      {"one error of a hundred", answers(100, 1), answers(300, 0), 5s, Outcome::kPromote, "1.0 % errors"},
      {"30 % errors", answers(100, 30), answers(300, 0), 5s, Outcome::kRollBack,
       "30.0 % of the canary's 100 requests failed, and 0.0 % of its siblings' 300"},
      {"5 % errors", answers(100, 5), answers(300, 0), 5s, Outcome::kRollBack, "5.0 % of the canary's"},
      {"30 % errors, early", answers(20, 6), answers(100, 0), 1s, Outcome::kRollBack, "30.0 % of the canary's 20"},
      {"everything fails, early", answers(10, 10), answers(10, 0), 1s, Outcome::kRollBack, "100.0 %"},
      {"a handful of errors is no proof", answers(9, 9), answers(100, 0), 1s, Outcome::kUndecided, ""},
      {"some errors, early", answers(40, 2), answers(100, 0), 1s, Outcome::kUndecided, ""},
      {"errors, and siblings that were asked nothing", answers(20, 20), {}, 1s, Outcome::kRollBack, "100.0 %"},
      {"slower", answers(100, 0, 90), answers(300, 0), 5s, Outcome::kRollBack,
       "90 % of the canary's 100 requests took"},
      {"slower for a fifth", answers(100, 0, 20), answers(300, 0, 3), 5s, Outcome::kRollBack, "took up to"},
      {"slower for some", answers(100, 0, 8), answers(300, 0, 3), 5s, Outcome::kPromote, ""},
      {"slower by nothing that is noticed", answers(100, 0, 100, kMillisecond + 1), answers(300, 0), 5s,
       Outcome::kPromote, ""},
      {"quicker", answers(100, 0), answers(300, 0, 250), 5s, Outcome::kPromote, ""},
      {"slower, too early to tell", answers(30, 0, 30), answers(300, 0), 5s, Outcome::kUndecided, ""},
      {"slower, at the limit", answers(30, 0, 30), answers(300, 0), 60s, Outcome::kRollBack, "took up to"},
      {"too few at the limit", answers(12, 0), answers(300, 0), 60s, Outcome::kRollBack,
       "the canary answered 12 of 100 requests within 60 s, which is too few to compare, and the verdict for that is "
       "roll-back"},
      {"siblings too few at the limit", answers(300, 0), answers(5, 0), 60s, Outcome::kRollBack,
       "its siblings answered 5 of 100 requests"},
      {"errors at the limit", answers(12, 4), answers(300, 0), 60s, Outcome::kRollBack, "33.3 % of the canary's"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const CanaryFinding finding = judge_canary(row.canary, row.siblings, terms, row.served);
    CHECK(finding.outcome == row.outcome);
    CHECK_THAT(finding.why, Catch::Contains(row.why));
  }
  const os::CanaryTerms lenient{100, 60, true, {}, {}};
  CHECK(judge_canary(answers(3, 0), answers(9, 0), lenient, 60s).outcome == Outcome::kPromote);
  CHECK(judge_canary(answers(20, 20), answers(90, 0), lenient, 60s).outcome == Outcome::kRollBack);
}

TEST_CASE("canary: properties of the finding, over random answers") {
  std::mt19937_64 random{7};
  const auto up_to = [&](std::uint64_t most) { return std::uniform_int_distribution<std::uint64_t>{0, most}(random); };
  int promoted = 0, rolled_back = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint64_t asked = up_to(400), siblings_asked = up_to(900);
    const Tally canary = answers(asked, up_to(asked), up_to(asked), up_to(39));
    const Tally siblings = answers(siblings_asked, up_to(siblings_asked), up_to(siblings_asked), up_to(39));
    const os::CanaryTerms terms{1 + static_cast<std::uint32_t>(up_to(300)), 60, up_to(1) == 0, {}, {}};
    const CanaryFinding early = judge_canary(canary, siblings, terms, 10s),
                        late = judge_canary(canary, siblings, terms, 60s);
    // At the limit there is a verdict, and what was decided before is not turned round.
    CHECK(late.outcome != Outcome::kUndecided);
    if (early.outcome != Outcome::kUndecided) CHECK(late.outcome == early.outcome);
    CHECK(early.why.empty() == (early.outcome == Outcome::kUndecided));
    if (early.outcome == Outcome::kPromote) CHECK(std::min(asked, siblings_asked) >= terms.requests);
    // Who makes no more errors than its siblings is never rolled back for errors.
    const bool no_worse = canary.errors * siblings_asked <= siblings.errors * asked && siblings_asked > 0;
    if (no_worse) CHECK(early.why.find(" failed, and ") == std::string::npos);
    promoted += late.outcome == Outcome::kPromote ? 1 : 0;
    rolled_back += late.outcome == Outcome::kRollBack ? 1 : 0;
  }
  CHECK(promoted > 500);
  CHECK(rolled_back > 500);
}

// A good generation must not be turned away by chance, however often it is looked at.
TEST_CASE("canary: of a thousand good generations with errors of their own few are rolled back, of bad ones all") {
  std::mt19937_64 random{11};
  const os::CanaryTerms terms{100, 60, false, {}, {}};
  const auto fate = [&](double own, double usual) {
    std::bernoulli_distribution fails{own}, usually_fails{usual};
    Tally canary, siblings;
    for (int second = 1;; ++second) {
      for (int i = 0; i < 13; ++i) canary += answers(1, fails(random) ? 1 : 0);
      for (int i = 0; i < 39; ++i) siblings += answers(1, usually_fails(random) ? 1 : 0);
      const CanaryFinding finding = judge_canary(canary, siblings, terms, std::chrono::seconds{second});
      if (finding.outcome != Outcome::kUndecided) return finding.outcome;
    }
  };
  int turned_away = 0, let_in = 0;
  for (int i = 0; i < 1000; ++i) {
    turned_away += fate(0.02, 0.02) == Outcome::kRollBack ? 1 : 0;
    let_in += fate(0.30, 0.02) == Outcome::kPromote ? 1 : 0;
  }
  CHECK(turned_away < 30);
  CHECK(let_in == 0);
}

TEST_CASE("canary: the z of two proportions, and quantiles") {
  CHECK(two_proportion_z(0, 0, 1, 10) == 0);
  CHECK(two_proportion_z(1, 10, 0, 0) == 0);
  CHECK(two_proportion_z(0, 50, 0, 50) == 0);
  CHECK(two_proportion_z(50, 50, 50, 50) == 0);
  // 15 of 100 against 10 of 200: pooled 25/300, standard error 0.03385.
  CHECK(two_proportion_z(15, 100, 10, 200) == Approx(2.954).margin(0.001));
  CHECK(two_proportion_z(10, 200, 15, 100) == Approx(-2.954).margin(0.001));
  CHECK(quantile({}, 0.9).count() == 0);
  Tally tally;
  tally.latency[10] = 90;
  tally.latency[20] = 10;
  CHECK(quantile(tally, 0.9) == 2048ns);
  CHECK(quantile(tally, 0.45) == 1536ns);
  CHECK(quantile(tally, 1.0).count() == 1 << 21);
}

TEST_CASE("canary: a sheet counts from the first look, and keeps what those that are gone have answered") {
  TallySheet sheet;
  sheet.look(1, true, answers(5, 5));
  sheet.look(2, false, answers(1000, 0));
  CHECK(sheet.of(true).requests == 0);
  CHECK(sheet.of(false).requests == 0);
  sheet.look(1, true, answers(25, 8));
  sheet.look(2, false, answers(1040, 1));
  sheet.look(3, false, answers(0, 0));
  sheet.look(3, false, answers(7, 2));
  CHECK(sheet.of(true).requests == 20);
  CHECK(sheet.of(true).errors == 3);
  CHECK(sheet.of(false).requests == 47);
  CHECK(sheet.of(false).errors == 3);
  CHECK(sheet.of(false).latency[kMillisecond] == 47);
}

TEST_CASE("canary: what is told of a slot's counters") {
  const auto slot = std::make_unique<os::Slot>();
  slot->counters.requests = 40;
  slot->counters.responses[5] = 3;
  slot->counters.handler_errors = 4;
  slot->counters.latency[7] = 40;
  const Tally tally = tally_of(*slot);
  CHECK(tally.requests == 40);
  CHECK(tally.errors == 4);
  CHECK(tally.latency[7] == 40);
}

}  // namespace orrery::master
