// Counters never fall: not at a worker's death, not at a reload, and not where one master follows another.
#include <csignal>
#include <filesystem>
#include <map>

#include "e2e/counter_watch.hpp"
#include "e2e/watched.hpp"
#include "support/load.hpp"
#include "support/programs.hpp"

namespace orrery::test {

namespace {

/// A watched server whose binary is a file of its own.
struct Counted : Watched {
  explicit Counted(std::vector<std::string> more = {}) : Watched(std::move(more)) {
    server.binary = server.file("service");
    std::filesystem::copy_file(echo_binary(), server.binary);
  }
  void install(const std::string& from) {
    std::filesystem::copy_file(from, server.file("next"));
    std::filesystem::rename(server.file("next"), server.binary);
  }
  /// The new master's pid, once the old one has gone.
  pid_t upgrade(pid_t old) {
    const int before = server.count_lines("has the service now");
    ::kill(old, SIGUSR2);
    REQUIRE(eventually([&] { return server.count_lines("has the service now") > before; }, kPatience));
    REQUIRE(eventually([&] { return !ServerProcess::alive(old); }, kPatience));
    const std::string log = server.log(), mark = "Upgrade: the new master has pid ";
    return std::atoi(log.c_str() + log.rfind(mark) + mark.size());
  }
  void stop(pid_t master) {
    ::kill(master, SIGTERM);
    CHECK(eventually([&] { return server.everybody().empty(); }, kPatience));
  }
  [[nodiscard]] std::map<std::string, double> counters() const { return counters_in(ask("GET /metrics").body); }
  [[nodiscard]] double counter(const std::string& name) const {
    const auto all = counters();
    const auto found = all.find(name);
    return found == all.end() ? -1 : found->second;
  }
  /// The sum of all samples that begin so.
  [[nodiscard]] double sum(const std::string& beginning) const {
    double sum = 0;
    for (const auto& [name, value] : counters())
      if (name.starts_with(beginning)) sum += value;
    return sum;
  }
};

}  // namespace

TEST_CASE("counters: requests by pattern, method and status, and their durations, over a worker's death") {
  Counted counted{{"-w", "1"}};
  counted.serve();
  const Wire::Place service = counted.server.place();
  CHECK(Wire{service}.ask("GET /nowhere/at/all").status == 404);
  CHECK(Wire{service}.ask("GET /nowhere/else").status == 404);
  CHECK(Wire{service}.ask("POST /count/apples?weight=5", "Content-Length: 0\r\n").status == 200);
  CHECK(Wire{service}.ask("POST /count/pears?weight=5", "Content-Length: 0\r\n").status == 200);
  CHECK(Wire{service}.ask("DELETE /count/pears").status == 405);
  CHECK(Wire{service}.ask("GET /constant", "Host: other\r\n").status == 400);
  const auto right = [&] {
    const auto counters = counted.counters();
    const auto is = [&](const std::string& name, double value) {
      const auto found = counters.find(name);
      INFO(name);
      CHECK(found != counters.end());
      if (found != counters.end()) CHECK(found->second == value);
    };
    is(R"x(orrery_route_requests_total{route="(unmatched)",method="GET",status="404"})x", 2);
    is(R"(orrery_route_requests_total{route="/count/{kind}",method="POST",status="200"})", 2);
    is(R"(orrery_route_requests_total{route="/count/{kind}",method="DELETE",status="405"})", 1);
    is(R"x(orrery_route_requests_total{route="(server)",method="GET",status="400"})x", 1);
    is(R"(orrery_route_request_duration_seconds_count{route="/count/{kind}"})", 3);
    is(R"x(orrery_route_request_duration_seconds_bucket{route="(unmatched)",le="+Inf"})x", 2);
  };
  // An answer is counted when it has left, which its client may see first.
  CHECK(eventually([&] { return counted.sum(R"x(orrery_route_requests_total{)x") == 6; }));
  right();
  ::kill(counted.server.workers().at(0), SIGKILL);
  REQUIRE(eventually([&] { return counted.status()["workers"]["ended"]["crashed"] == 1; }, kPatience));
  right();
  CHECK(counted.server.stop() == 0);
}

TEST_CASE("counters: none falls through reloads, changes of the number of workers and upgrades, no request is lost") {
  Counted counted;
  counted.serve();
  const int port = counted.server.port();
  CounterWatch watch{{counted.place(), {counted.monitor_port(), {}, false}}};
  Load load;
  load.start(url(port), 2, true);
  load.start(url(port), 2, false);
  REQUIRE(load.answers(30));
  for (int i = 0; i < 3; ++i)
    CHECK(Wire{counted.server.place()}.ask("POST /count/apples?weight=5", "Content-Length: 0\r\n").status == 200);

  counted.server.signal(SIGHUP);
  REQUIRE(counted.server.wait_for_line("Generation 2 serves"));
  counted.server.signal(SIGTTIN);
  REQUIRE(counted.server.wait_for_line("The number of workers is now 3"));
  counted.server.signal(SIGTTOU);
  REQUIRE(counted.server.wait_for_line("The number of workers is now 2"));
  REQUIRE(watch.looks(5));
  pid_t master = counted.server.pid();
  for (int round = 0; round < 2; ++round) {
    counted.install(echo_binary());
    master = counted.upgrade(master);
    REQUIRE(load.answers(30));
    REQUIRE(watch.looks(5));
  }
  const LoadAccount account = load.stop();
  CHECK(account.clean());
  watch.end();
  CHECK(watch.fall().empty());
  const double sent = static_cast<double>(account.ok + 3);
  CHECK(eventually([&] { return counted.counter("orrery_requests_total") == sent; }, kPatience));
  CHECK(counted.counter("orrery_request_duration_seconds_count") == sent);
  CHECK(counted.sum("orrery_route_requests_total") == sent);
  CHECK(counted.sum("orrery_route_request_duration_seconds_count") == sent);
  CHECK(counted.status()["requests"] == account.ok + 3);
  CHECK(counted.counter(R"(counted_total{kind="apples"})") == 3);
  CHECK(counted.counter("weight_grams_sum") == 15);
  CHECK(counted.counter(R"(orrery_reloads_total{outcome="done"})") == 1);
  CHECK(counted.counter("orrery_worker_starts_total") >= 9);
  counted.stop(master);
}

TEST_CASE("counters: none falls while workers and the processes that tell of them are killed") {
  Counted counted;
  counted.serve();
  CounterWatch watch{{counted.place(), {counted.monitor_port(), {}, false}}};
  Load load;
  load.start(url(counted.server.port()), 3, true);
  REQUIRE(load.answers(30));
  pid_t master = counted.server.pid();
  for (int round = 0; round < 2; ++round) {
    ::kill(ServerProcess::workers_of(master).at(0), SIGKILL);
    REQUIRE(load.answers(20));
    const pid_t told = counted.process();
    ::kill(told, SIGKILL);
    REQUIRE(eventually([&] { return counted.process() != told; }, kPatience));
    REQUIRE(watch.looks(5));
    counted.install(echo_binary());
    master = counted.upgrade(master);
    REQUIRE(watch.looks(5));
  }
  load.stop();
  watch.end();
  CHECK(watch.fall().empty());
  counted.stop(master);
}

TEST_CASE("counters: durations by the bounds that are set, which an upgrade takes anew and a reload does not") {
  const std::string bucket = R"(orrery_route_request_duration_seconds_bucket{route="/constant",le=")";
  Counted counted;
  counted.server.yaml = "workers: 1\nduration_buckets: [900us, 60s]\n";
  counted.serve();
  CHECK(Wire{counted.server.place()}.ask("GET /constant").status == 200);
  CHECK(eventually([&] { return counted.counter(bucket + R"(60"})") == 1; }));
  CHECK(counted.counter(bucket + R"(0.0009"})") >= 0);
  CHECK(counted.sum(bucket) - counted.counter(bucket + R"(0.0009"})") == 2);
  counted.server.write_config("workers: 1\nduration_buckets: [0.5, 60s, 120s]\n");
  counted.server.signal(SIGHUP);
  REQUIRE(counted.server.wait_for_line("Generation 2 serves"));
  CHECK(counted.counter(bucket + R"(120"})") == -1);
  CHECK(counted.counter(bucket + R"(60"})") == 1);
  const pid_t master = counted.upgrade(counted.server.pid());
  CHECK(counted.counter(bucket + R"(0.0009"})") == -1);
  CHECK(counted.counter(bucket + R"(60"})") == 1);
  CHECK(counted.counter(bucket + R"(120"})") == 1);
  CHECK(counted.counter(bucket + R"(+Inf"})") == 1);
  counted.stop(master);
}

TEST_CASE("counters: an upgrade to a program with other routes keeps the counts of those that are no more") {
  Counted counted{{"-w", "1"}};
  counted.serve();
  CHECK(Wire{counted.server.place()}.ask("POST /count/apples?weight=5", "Content-Length: 0\r\n").status == 200);
  CHECK(eventually([&] { return counted.counter("orrery_requests_total") == 1; }));
  counted.install(orrery_binary());
  const pid_t master = counted.upgrade(counted.server.pid());
  CHECK(counted.counter(R"(orrery_route_requests_total{route="/count/{kind}",method="POST",status="200"})") == 1);
  CHECK(Wire{counted.server.place()}.ask("GET /planets/mars").status == 200);
  CHECK(eventually([&] { return counted.counter("orrery_requests_total") == 2; }, kPatience));
  CHECK(counted.sum("orrery_route_requests_total") == 2);
  counted.stop(master);
}

}  // namespace orrery::test
