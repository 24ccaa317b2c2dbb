#include "ctl/documents.hpp"

#include <catch2/catch.hpp>

#include "admin/status.hpp"

namespace orrery::ctl {

TEST_CASE("documents: each is read whole") {
  const auto workers = read_workers(
      R"({"workers":[{"worker":3,"pid":41,"state":"ready","generation":2,"connections":5,"in_flight":1,"requests":99,
          "errors":2,"silence_seconds":0.5,"age_seconds":61,"cpu_seconds":null,"private_bytes":1048576,"new":[1]}]})");
  REQUIRE(workers);
  REQUIRE(workers->size() == 1);
  const Worker& worker = workers->front();
  CHECK(worker.number == 3);
  CHECK(worker.state == "ready");
  CHECK(worker.errors == 2);
  CHECK(worker.age == 61.0);
  CHECK_FALSE(worker.cpu);
  CHECK(worker.private_bytes == 1048576);
  const auto requests =
      read_requests(R"({"requests":[{"worker":1,"id":"a","thread":null,"age_seconds":2.5}],"left_out":4})");
  REQUIRE(requests);
  CHECK(requests->requests[0].age == 2.5);
  CHECK(requests->left_out == 4);
  const auto configuration = read_configuration(
      R"({"file":null,"generation":1,"settings":[{"name":"timeout","value":"30s","source":"default",
          "hidden":[{"value":"9s","source":"a.yaml:1"}]},{"name":"workers","value":2}]})");
  REQUIRE(configuration);
  CHECK(configuration->file.empty());
  CHECK(configuration->settings[0].hidden[0].source == "a.yaml:1");
  CHECK(configuration->settings[1].value == "2");
  const auto stacks = read_stacks(R"({"worker":1,"pid":2,"stacks":[{"thread":7,"frames":["a","b"]}]})");
  REQUIRE(stacks);
  CHECK(stacks->threads[0].frames == std::vector<std::string>{"a", "b"});
  CHECK(read_event(R"({"sequence":1,"time":2,"kind":"reload","text":"t","sender":null})")->sender.empty());
  CHECK(read_events(R"({"events":[{"sequence":7,"text":"t"}]})")->front().sequence == 7);
  CHECK(read_deaths(R"({"deaths":[{"time":1.5,"cause":"signal 9"}]})")->front().cause == "signal 9");
  CHECK(read_outcome(R"({"order":"reload","outcome":"done","text":"Done."})")->text == "Done.");
  CHECK(*read_log_level(R"({"log_level":"info"})") == "info");
}

TEST_CASE("documents: the status of this version's admin process is understood") {
  admin::View view;
  view.facts.state = os::ServiceFacts::State::kServing;
  view.facts.target = view.facts.ready = 2;
  view.facts.master = 4242;
  view.facts.started_ns = 1'700'000'000'000'000'000;
  view.facts.listener_count = 1;
  view.facts.listeners[0] = os::ServiceFacts::Url{"http://127.0.0.1:8000"};
  view.totals.requests = 9;
  view.totals.rejects[0] = 3;
  const auto status = read_status(admin::status_json(view));
  REQUIRE(status);
  CHECK(status->state == "serving");
  CHECK(status->ready);
  CHECK(status->wanted == 2);
  CHECK(status->master == 4242);
  CHECK(status->started == 1'700'000'000.0);
  CHECK(status->listeners == std::vector<std::string>{"http://127.0.0.1:8000"});
  CHECK(status->requests == 9);
  CHECK(status->refusals == std::vector<std::pair<std::string, std::int64_t>>{{"bad_request_line", 3}});
  CHECK_FALSE(status->reload_at);
}

TEST_CASE("documents: what is no such document is a sentence, and odd types are unknown values") {
  for (const char* text : {"", "{", "[]", "null", "{\"other\":1}", "\xff\xfe", "<html>"}) {
    INFO(text);
    CHECK_FALSE(read_workers(text));
    CHECK_FALSE(read_requests(text));
    CHECK_FALSE(read_configuration(text));
    CHECK_FALSE(read_status(text));
    CHECK_FALSE(read_outcome(text));
  }
  const auto odd = read_workers(R"({"workers":[{"worker":"1","pid":1e300,"state":5,"age_seconds":"x"},7,null,[]]})");
  REQUIRE(odd);
  REQUIRE(odd->size() == 4);
  CHECK(odd->front().number == 0);
  CHECK_FALSE(odd->front().age);
  CHECK(read_workers(R"({"workers":null})")->empty());
  CHECK(read_status(R"({"state":"serving","listeners":5,"workers":[],"reload":null})")->listeners.empty());
}

TEST_CASE("documents: an answered request, one without a response, and how many nobody saw") {
  const auto answered = read_answered(
      R"({"time":1700000000.5,"worker":3,"id":"a","method":"GET","route":"/planets/{name}","target":"/planets/mars",)"
      R"("client":"192.0.2.1","status":200,"duration_seconds":0.25,"later":1})");
  REQUIRE(answered);
  CHECK(answered->worker == 3);
  CHECK(answered->status == 200);
  CHECK(answered->route == "/planets/{name}");
  CHECK(answered->target == "/planets/mars");
  CHECK(answered->duration == 0.25);
  CHECK(answered->missed == 0);
  CHECK(read_answered(R"({"target":"/","status":null,"route":null})")->status == 0);
  CHECK(read_answered(R"({"missed":12})")->missed == 12);
  CHECK_FALSE(read_answered("{}"));
  CHECK_FALSE(read_answered("x"));
}

}  // namespace orrery::ctl
