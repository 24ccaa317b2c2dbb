#include "admin/lists.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "support/json.hpp"

namespace orrery::admin {

using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr base::Monotonic kNow{100s};

void put(os::Slot& slot, std::size_t cell, std::string_view target, base::Nanoseconds age, pid_t thread = 0) {
  slot.flights[cell].write([&](os::RequestRecord& record) {
    record.set_method("GET");
    record.set_target(target);
    record.set_id("id-1");
    record.thread = thread;
    record.flight = static_cast<std::uint32_t>(os::kInFlightCells + cell);
    record.started_ns = (kNow - age).time_since_epoch().count();
  });
}

}  // namespace

TEST_CASE("lists: workers as they are, and what the kernel does not tell is null") {
  View view;
  WorkerView worker{101, os::WorkerState::kDraining, 3, 4, 1, 6, 250ms};
  worker.number = 7;
  worker.errors = 2;
  worker.age = 90s;
  view.workers = {worker, worker};
  view.workers[1].pid = 102;
  const auto cost = [](pid_t pid) { return pid == 101 ? Cost{1500ms, 4096, 17} : Cost{}; };
  const json list = json::parse(workers_json(view, cost))["workers"];
  REQUIRE(list.size() == 2);
  CHECK(list[0]["worker"] == 7);
  CHECK(list[0]["pid"] == 101);
  CHECK(list[0]["state"] == "draining");
  CHECK(list[0]["generation"] == 3);
  CHECK(list[0]["connections"] == 4);
  CHECK(list[0]["in_flight"] == 1);
  CHECK(list[0]["requests"] == 6);
  CHECK(list[0]["errors"] == 2);
  CHECK(list[0]["silence_seconds"] == 0.25);
  CHECK(list[0]["age_seconds"] == 90.0);
  CHECK(list[0]["cpu_seconds"] == 1.5);
  CHECK(list[0]["private_bytes"] == 4096);
  CHECK(list[0]["open_files"] == 17);
  CHECK(list[1]["open_files"].is_null());
  CHECK(list[1]["cpu_seconds"].is_null());
  CHECK(list[1]["private_bytes"].is_null());
  CHECK(json::parse(workers_json(View{}, cost))["workers"].empty());
}

TEST_CASE("lists: requests in flight, the eldest first, and how many have no cell") {
  auto board = os::Scoreboard::create();
  REQUIRE(board);
  os::Slot& slot = board->slot(*board->claim());
  slot.number = 5;
  slot.pid = 4242;
  slot.in_flight = 9;
  put(slot, 0, "/young", 1s);
  put(slot, 3, "/planets/mars \"<x>", 20s, 777);
  put(slot, 4, "/late", 3s);
  slot.account(static_cast<std::uint32_t>(os::kInFlightCells + 4));
  const auto route = [](std::string_view method, std::string_view path) -> std::string {
    return method == "GET" && path.starts_with("/planets/") ? "/planets/{name}" : "";
  };
  const json told = json::parse(requests_json(*board, route, kNow));
  CHECK(told["left_out"] == 6);
  REQUIRE(told["requests"].size() == 3);
  const json& eldest = told["requests"][0];
  CHECK(eldest["worker"] == 5);
  CHECK(eldest["pid"] == 4242);
  CHECK(eldest["thread"] == 777);
  CHECK(eldest["id"] == "id-1");
  CHECK(eldest["method"] == "GET");
  CHECK(eldest["route"] == "/planets/{name}");
  CHECK(eldest["target"] == "/planets/mars \"<x>");
  CHECK(eldest["phase"] == "handler");
  CHECK(eldest["age_seconds"] == 20.0);
  CHECK(told["requests"][1]["phase"] == "late");
  CHECK(told["requests"][2]["thread"].is_null());
  CHECK(told["requests"][2]["route"].is_null());
  const json nothing{{"requests", json::array()}, {"left_out", 0}};
  CHECK(json::parse(requests_json(*os::Scoreboard::create(), {}, kNow)) == nothing);
}

TEST_CASE("lists: deaths, the newest first") {
  std::vector<os::DeathNote> deaths(2);
  deaths[0].number = 1;
  deaths[1].number = 2;
  deaths[1].time_ns = 1'700'000'000'250'000'000;
  deaths[1].pid = 99;
  deaths[1].generation = 4;
  deaths[1].ending = os::Ending::kTimeout;
  deaths[1].cause = os::CutText<100>{"signal 6 (SIGABRT)"};
  deaths[1].text = os::CutText<2400>{"Worker 2 (pid 99, generation 4) was ended"};
  const json list = json::parse(deaths_json(deaths))["deaths"];
  REQUIRE(list.size() == 2);
  CHECK(list[0] == json{{"time", 1'700'000'000.25},
                        {"worker", 2},
                        {"pid", 99},
                        {"generation", 4},
                        {"ending", "timeout"},
                        {"cause", "signal 6 (SIGABRT)"},
                        {"text", "Worker 2 (pid 99, generation 4) was ended"}});
  CHECK(list[1]["time"].is_null());
}

TEST_CASE("lists: events, the oldest first, and who sent what") {
  std::vector<os::LifeEvent> events(2);
  events[0].sequence = 1;
  events[0].kind = os::EventKind::kSignal;
  events[0].text = os::CutText<380>{"SIGHUP came"};
  events[0].sender = os::CutText<100>{"pid 123 (bash), uid 0"};
  events[1].sequence = 2;
  events[1].kind = os::EventKind::kReloadFinished;
  const json list = json::parse(events_json(events))["events"];
  CHECK(list[0]["kind"] == "signal");
  CHECK(list[0]["text"] == "SIGHUP came");
  CHECK(list[0]["sender"] == "pid 123 (bash), uid 0");
  CHECK(list[1]["sequence"] == 2);
  CHECK(list[1]["kind"] == "reload_finished");
  CHECK(list[1]["sender"].is_null());
}

}  // namespace orrery::admin
