#include "ctl/views.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <ctime>

namespace orrery::ctl {

namespace {

Configuration sample_configuration() {
  return {"planets.yaml",
          3,
          {{"timeout", "10s", "--timeout on the command line", {{"30s", "planets.yaml:12"}, {"30s", "default"}}},
           {"workers", "auto", "default", {}},
           {"user", "", "default", {}}}};
}

}  // namespace

TEST_CASE("views: the status is a few lines, and says why the service is not ready") {
  Status status;
  status.program = "orrery 0.1.0";
  status.build_id = "f7c3ad58155f85c5f72e";
  status.state = "drain_delay";
  status.reason = "the service is about to stop (drain_delay runs)";
  status.master = 4242;
  status.started = 1000;
  status.master_silence = 0.25;
  status.listeners = {"http://127.0.0.1:8000", "unix:/run/a.sock"};
  status.wanted = 2;
  status.ready_workers = 1;
  status.least_ready = 1;
  status.started_workers = 5;
  status.ended = {{"crash", 2}, {"timeout", 1}};
  status.generation = 3;
  status.reload_outcome = "given_up";
  status.reload_at = 4500;
  status.reload_why = "a worker did not\nboot";
  status.requests = 12;
  status.connections = 1;
  status.refusals = {{"missing_host", 4}};
  status.crash_loop = true;
  CHECK(status_text(status, 4600, {}) ==
        "program      orrery 0.1.0, build f7c3ad58155f\n"
        "state        drain delay, not ready: the service is about to stop (drain_delay runs); crash loop\n"
        "master       pid 4242, up 1 h, went round 0.25 s ago\n"
        "listens at   http://127.0.0.1:8000, unix:/run/a.sock\n"
        "workers      1 of 2 workers ready, at least 1 must be; 5 started\n"
        "ended        crash 2, timeout 1\n"
        "generation   3\n"
        "last reload  given up 1 min 40 s ago: a worker did not?boot\n"
        "requests     12 over 1 connection, 0 handler errors\n"
        "refusals     missing_host 4\n");
  CHECK_THAT(status_text(Status{}, 0, {}), Catch::Contains("last reload  none since the start\n"));
  CHECK_THAT(status_text(status, 4600, {true, 0}), Catch::Contains("\x1b[31mdrain delay\x1b[0m"));
}

TEST_CASE("views: workers stand in a table, what is not known is a dash") {
  const std::vector<Worker> workers{{1, 4243, "ready", 3, 120, 2, 98765, 0, 0.01, 7800, 61.5, 12'900'000},
                                    {12, 5, "draining", 2, 0, 0, 7, 4, {}, {}, {}, {}}};
  CHECK(workers_text(workers, {}) ==
        "WORKER   PID  STATE     GEN         AGE  CONNS  BUSY  REQUESTS  ERRORS  SILENT        CPU   PRIVATE\n"
        "     1  4243  ready       3  2 h 10 min    120     2     98765       0  0.01 s  1 min 2 s  12.3 MiB\n"
        "    12     5  draining    2           -      0     0         7       4       -          -         -\n");
  CHECK(workers_text({}, {}) == "There are no workers.\n");
}

TEST_CASE("views: the eldest request comes first, and a client's bytes are no orders to the terminal") {
  LiveRequests requests;
  requests.requests = {{1, 10, "a1", "GET", "/planets/{name}", "/planets/mars?x=\x1b[2J", "192.0.2.1", "handler", 0.5},
                       {2, 11, "b2", "POST", "", "/up", "unix", "body", 31}};
  requests.left_out = 1;
  CHECK(requests_text(requests, {}) ==
        "   AGE  WORKER  PHASE    CLIENT     ID  METHOD  ROUTE            TARGET\n"
        "  31 s       2  body     unix       b2  POST                     /up\n"
        "0.50 s       1  handler  192.0.2.1  a1  GET     /planets/{name}  /planets/mars?x=?[2J\n"
        "1 request is not shown.\n");
  CHECK(requests_text({}, {}) == "No request is handled now.\n");
}

TEST_CASE("views: deaths and events are told with their moment") {
  ::setenv("TZ", "UTC0", 1);
  ::tzset();
  CHECK(deaths_text({{1'700'000'000, 3, 77, 2, "signal 11", "line one\nline two"}}, {}) ==
        "2023-11-14 22:13:20  worker 3 (pid 77, generation 2): signal 11\n  line one\n  line two\n");
  CHECK(deaths_text({}, {}) == "No worker has died.\n");
  CHECK(event_line({1, 1'700'000'000, "reload", "Reload: HUP", "pid 123 (bash), uid 0"}, {}) ==
        "2023-11-14 22:13:20  reload  Reload: HUP [pid 123 (bash), uid 0]\n");
  CHECK(event_line({1, 1'700'000'000, "start", "It serves", ""}, {true, 0}) ==
        "\x1b[2m2023-11-14 22:13:20\x1b[0m  start  It serves\n");
}

TEST_CASE("views: a setting is told with the place of its value and the values that it hides") {
  const Configuration configuration = sample_configuration();
  CHECK(configuration_text(configuration, {}) ==
        "generation 3, planets.yaml\n"
        "SETTING  VALUE  FROM\n"
        "timeout  10s    --timeout on the command line\n"
        "workers  auto   default\n"
        "user            default\n");
  CHECK(*explained(configuration, "timeout") ==
        "timeout: 10s from --timeout on the command line\n"
        "  30s from planets.yaml:12, hidden by --timeout on the command line\n"
        "  30s, the default, hidden by --timeout on the command line\n");
  CHECK(*explained(configuration, "user") == "user: nothing, the default\n");
  CHECK(explained(configuration, "timeuot").error().message ==
        "there is no setting `timeuot`; did you mean `timeout`?");
}

TEST_CASE("views: a stack has its threads and frames") {
  CHECK(stacks_text({1, 4243, {{4243, {"read (libc.so.6)", "main"}}, {4250, {}}}}, {}) ==
        "worker 1 (pid 4243)\nthread 4243\n  #0   read (libc.so.6)\n  #1   main\nthread 4250\n");
}

TEST_CASE("views: an answered request on a line, made printable") {
  const AnsweredRequest fine{1700000000, 3, 200, "a", "GET", "/", "/planets/mars\x1b[2J", "192.0.2.1", 0.00125, 0};
  CHECK_THAT(answered_line(fine, {}), Catch::EndsWith("   200    1.25 ms  192.0.2.1  GET /planets/mars?[2J\n"));
  const AnsweredRequest slow{1700000000, 3, 0, "a", "GET", "", "/", "unix", 75, 0};
  CHECK_THAT(answered_line(slow, {}), Catch::EndsWith("  none  1 min 15 s  unix  GET /\n"));
  AnsweredRequest missed;
  missed.missed = 12;
  CHECK(answered_line(missed, {}) == "… 12 more were not seen: they came faster than they can be read\n");
}

}  // namespace orrery::ctl
