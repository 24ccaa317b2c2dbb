#include "os/service_facts.hpp"

#include <catch2/catch.hpp>
#include <set>

namespace orrery::os {

namespace {

using State = ServiceFacts::State;

ServiceFacts facts_in(State state, unsigned ready) {
  ServiceFacts facts;
  facts.state = state;
  facts.target = 4;
  facts.least_ready = 2;
  facts.ready = ready;
  return facts;
}

}  // namespace

TEST_CASE("service facts: a text is cut, never overrun") {
  CHECK(CutText<4>{"abcdef"}.view() == "abcd");
  CHECK(CutText<4>{""}.view().empty());
  CHECK(CutText<4>{"ab"} == CutText<4>{"ab"});
  CHECK_FALSE(CutText<4>{"ab"} == CutText<4>{"abc"});
}

TEST_CASE("service facts: each ending has a word of its own") {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < kEndings; ++i) words.insert(word_for(static_cast<Ending>(i)));
  CHECK(words.size() == kEndings);
}

TEST_CASE("service facts: ready is a service that serves with enough workers; else a reason is given") {
  struct Row {
    const char* name;
    ServiceFacts facts;
    const char* reason;
  };
  ServiceFacts looping = facts_in(State::kServing, 0);
  looping.crash_loop = true;
  ServiceFacts few = facts_in(State::kServing, 1);
  few.target = 1;
  ServiceFacts none = facts_in(State::kReloading, 0);
  none.target = 0;
  const Row rows[] = {
      {"HUP after WINCH", none, "0 of 0 workers ready, and at least 1 must be"},
      {"all, where fewer are wanted than must be ready", few, ""},
      {"serving", facts_in(State::kServing, 4), ""},
      {"enough of them", facts_in(State::kServing, 2), ""},
      {"a reload", facts_in(State::kReloading, 4), ""},
      {"too few", facts_in(State::kServing, 1), "1 of 4 workers ready, and at least 2 must be"},
      {"crash loop", looping,
       "0 of 4 workers ready, and at least 2 must be; workers die as soon as they are replaced (crash loop)"},
      {"starting", facts_in(State::kStarting, 0), "the service is starting: no worker has been ready yet"},
      {"WINCH", facts_in(State::kPaused, 4), "all workers were told to leave (WINCH); HUP brings them back"},
      {"drain_delay", facts_in(State::kDrainDelay, 4), "the service is about to stop (drain_delay runs)"},
      {"another master has it", facts_in(State::kHandedOver, 0), ""},
      {"stopping", facts_in(State::kStopping, 4), "the service is stopping"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(why_not_ready(row.facts) == row.reason);
  }
}

}  // namespace orrery::os
