#include "admin/status.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <string>

#include "support/json.hpp"
#include "support/schema.hpp"

namespace orrery::admin {
namespace {

/// What it says, which config/status.schema.json describes to its last member.
nlohmann::json status_of(const View& view) {
  static const auto schema =
      nlohmann::json::parse(std::ifstream{std::string{ORRERY_TEST_DATA_DIR} + "/../config/status.schema.json"});
  auto status = nlohmann::json::parse(status_json(view));
  for (const std::string& objection : test::objections(status, schema, schema)) FAIL_CHECK(objection);
  return status;
}

}  // namespace

TEST_CASE("status: it is one JSON object, also where nothing has happened yet") {
  const auto status = status_of(View{});
  CHECK(status["state"] == "starting");
  CHECK(status["ready"] == false);
  CHECK(status["reason"] == "the service is starting: no worker has been ready yet");
  CHECK(status["build_id"].is_null());
  CHECK(status["reload"]["at"].is_null());
  CHECK(status["canary"]["worker"].is_null());
  CHECK(status["canary"]["generation"].is_null());
  CHECK(status["workers"]["list"].empty());
  CHECK(status["listeners"].empty());
  CHECK(status["refusals"].empty());
}

TEST_CASE("status: what there is stands in it, whatever bytes a text has") {
  View view;
  view.facts.state = os::ServiceFacts::State::kServing;
  view.facts.master = 4242;
  view.facts.target = view.facts.ready = 1;
  view.facts.listener_count = 20;
  view.facts.listeners[0] = os::ServiceFacts::Url{"unix:/run/a \"b\".sock"};
  view.facts.reload.outcome = os::ServiceFacts::Outcome::kRefused;
  view.facts.canary = {5, 2, 3, 4};
  view.facts.reload.at_ns = 1'700'000'000'500'000'000;
  view.facts.reload.why = os::CutText<320>{"line\n\x01 \xc3"};
  view.facts.ended[static_cast<std::size_t>(os::Ending::kDeadline)] = 3;
  view.totals.rejects[0] = 7;
  view.workers = {{101, os::WorkerState::kReady, 3, 4, 1, 6, std::chrono::milliseconds{250}}};
  const auto status = nlohmann::json::parse(status_json(view));
  CHECK(status["master"] == 4242);
  CHECK(status["ready"] == true);
  CHECK(status["reason"].is_null());
  CHECK(status["listeners"].size() == os::ServiceFacts::kListeners);
  CHECK(status["listeners"][0] == "unix:/run/a \"b\".sock");
  CHECK(status["reload"]["outcome"] == "refused");
  CHECK(status["canary"] == nlohmann::json{{"worker", 5}, {"generation", 2}, {"promoted", 3}, {"rolled_back", 4}});
  CHECK(status["reload"]["at"] == 1'700'000'000.5);
  CHECK(status["reload"]["why"] == "line\n\x01 ?");
  CHECK(status["workers"]["ended"]["request_deadline"] == 3);
  CHECK(status["workers"]["list"][0]["pid"] == 101);
  CHECK(status["workers"]["list"][0]["heartbeat_age"] == 0.25);
  CHECK(status["refusals"]["bad_request_line"] == 7);
}

TEST_CASE("status: every word that it may say is described") {
  View view;
  view.workers = {{101, os::WorkerState::kReady, 3, 4, 1, 6, std::chrono::milliseconds{250}}};
  for (int state = 0; state <= int(os::ServiceFacts::State::kHandedOver); ++state) {
    view.facts.state = os::ServiceFacts::State(state);
    view.facts.reload.outcome = os::ServiceFacts::Outcome(state % (int(os::ServiceFacts::Outcome::kGivenUp) + 1));
    view.facts.log_level = LogLevel(state % (int(LogLevel::kCritical) + 1));
    view.workers[0].state = os::WorkerState(state % (int(os::WorkerState::kDraining) + 1));
    CHECK(status_of(view)["state"] == word_for(view.facts.state));
  }
}

}  // namespace orrery::admin
