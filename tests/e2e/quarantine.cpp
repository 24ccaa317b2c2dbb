// Quarantine: one kind of request that always kills its worker does not take the service away from the
// others.
#include <atomic>
#include <csignal>
#include <thread>

#include "e2e/classes.hpp"
#include "support/programs.hpp"

namespace orrery::test {

namespace {

constexpr const char* kKiller = "GET /crash/segv?n=1";

/// A client that asks for one harmless thing after the other and counts how often, and how long it was in
/// vain at most.
class Innocent {
 public:
  explicit Innocent(int port) : thread_([this, port] { ask(port); }) {}
  Innocent(const Innocent&) = delete;
  Innocent& operator=(const Innocent&) = delete;
  ~Innocent() { end(); }
  void end() {
    over_ = true;
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] int served() const { return served_; }
  [[nodiscard]] int refused() const { return refused_; }
  [[nodiscard]] std::chrono::milliseconds longest() const { return std::chrono::milliseconds{longest_}; }

 private:
  void ask(int port) {
    auto asked = std::chrono::steady_clock::now();
    while (!over_) {
      const Answer answer = fetch(port, "GET /constant");
      if (answer.status == 0) continue;  // it was with the worker that died: asked again
      (answer.status == 200 ? served_ : refused_) += 1;
      const auto now = std::chrono::steady_clock::now();
      const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(now - asked).count();
      longest_ = std::max<long>(longest_, waited);
      asked = now;
    }
  }
  std::atomic<bool> over_{false};
  std::atomic<int> served_{0}, refused_{0};
  std::atomic<long> longest_{0};
  std::thread thread_;
};

int deaths(const ServerProcess& server) { return server.count_lines(" died ("); }

/// One death of it.
void kill_once(ServerProcess& server, const std::string& target) {
  const int before = deaths(server);
  CHECK(fetch(server.port(), target).status == 0);
  REQUIRE(eventually([&] { return deaths(server) == before + 1; }));
  REQUIRE(eventually([&] { return fetch(server.port(), "GET /constant").status == 200; }));
}

bool is_held(const ServerProcess& server, const std::string& target) {
  return fetch(server.port(), target).status == 503;
}

}  // namespace

TEST_CASE("quarantine: twelve requests that kill their workers, and all others are served") {
  const auto row = GENERATE(
      values<std::pair<const char*, const char*>>({{"async", "1"}, {"async", "3"}, {"sync", "2"}, {"threads", "2"}}));
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", row.first, "-w", row.second}};
  INFO(row.first << " " << row.second);
  REQUIRE(server.serve());
  Innocent one{server.port()}, other{server.port()};
  REQUIRE(eventually([&] { return one.served() > 0 && other.served() > 0; }));
  std::vector<std::unique_ptr<Wire>> wires;
  for (int i = 0; i < 12; ++i) {
    wires.push_back(std::make_unique<Wire>(server.port()));
    wires.back()->send(request(kKiller));
  }
  for (const auto& wire : wires) {
    const Answer answer = wire->read();
    CHECK((answer.status == 0 || answer.status == 503));
  }
  REQUIRE(eventually([&] { return is_held(server, kKiller); }));
  const int served = one.served() + other.served();
  REQUIRE(eventually([&] { return one.served() + other.served() > served + 10; }));
  one.end();
  other.end();
  CHECK(one.refused() + other.refused() == 0);
  CHECK(std::max(one.longest(), other.longest()) < 5s * kSlowness);
  REQUIRE(server.wait_for_line("Quarantine: GET /crash/segv "));
  // Two that decide, and what the other workers had begun by then.
  CHECK(deaths(server) <= 2 + std::atoi(row.second));
  CHECK(server.count_lines("this is a crash loop") == 0);
  CHECK(server.count_lines("Quarantine: GET /crash/segv ") == 1);
  CHECK(server.count_lines("; it was running GET /crash/segv, which is in quarantine from now on") == 1);
  CHECK(server.count_lines("(quarantined, target /crash/segv?n=1)") > 0);
  CHECK(server.stop() == 0);
  CHECK(server.wait_for_line("quarantined="));
}

TEST_CASE("quarantine: the answer says why and when again; method and whole target are meant") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  REQUIRE(server.serve());
  const std::string long_one = "GET /crash/segv?" + std::string(4000, 'x');
  const std::string target = GENERATE_COPY(std::string{kKiller}, long_one);
  kill_once(server, target);
  CHECK_FALSE(server.count_lines("Quarantine: ") > 0);
  kill_once(server, target);
  const Answer answer = fetch(server.port(), target);
  CHECK(answer.status == 503);
  CHECK(answer.body.find("workers died of this request") != std::string::npos);
  const int again = std::atoi(answer.field("Retry-After").value_or("0").c_str());
  CHECK(again > 500);
  CHECK(again <= 600);
  CHECK(answer.closes());
  CHECK(fetch(server.port(), "GET /crash/nothing").status == 200);
  kill_once(server, target + "y");
  CHECK(is_held(server, target));
  CHECK(fetch(server.port(), "POST" + target.substr(3)).status == 405);
  CHECK(server.stop() == 0);
}

TEST_CASE("quarantine: ends with its time, and begins anew") {
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "1", "--quarantine", seconds(2), "--quarantine-after", "1"}};
  REQUIRE(server.serve());
  kill_once(server, kKiller);
  CHECK(is_held(server, kKiller));
  REQUIRE(server.wait_for_line("The quarantine of GET /crash/segv is over"));
  kill_once(server, kKiller);
  CHECK(is_held(server, kKiller));
  CHECK(server.stop() == 0);
}

TEST_CASE("quarantine: a new generation begins without, a refused reload changes nothing") {
  ServerProcess server;
  server.yaml = "workers: 1\nbind: 127.0.0.1:0\nquarantine_after: 1\n";
  REQUIRE(server.serve());
  kill_once(server, kKiller);
  REQUIRE(is_held(server, kKiller));
  server.write_config("workers: lots\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Reload refused"));
  CHECK(is_held(server, kKiller));
  server.write_config(server.yaml);
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("1 request has left quarantine: generation 2 may have mended what workers died of"));
  REQUIRE(server.wait_for_line("Generation 2 serves"));
  kill_once(server, kKiller);
  CHECK(server.stop() == 0);
}

TEST_CASE("quarantine: off by its setting") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--quarantine", "0"}};
  REQUIRE(server.serve());
  for (int i = 0; i < 3; ++i) kill_once(server, kKiller);
  CHECK(server.count_lines("uarantine") == 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("quarantine: whatever a handler does to its worker, on whatever thread") {
  struct Row {
    const char* target;
    const char* worker_class;
  };
  const auto row = GENERATE(values<Row>({{"GET /crash/abort", "async"},
                                         {"GET /crash/fpe", "sync"},
                                         {"GET /crash/overflow", "threads"},
                                         {"GET /crash/exit", "async"},
                                         {"GET /crash/exit", "threads"},
                                         {"GET /crash/segv/answering", "async"},
                                         {"GET /crash/segv/answering", "threads"}}));
  INFO(row.target << " " << row.worker_class);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", row.worker_class}};
  REQUIRE(server.serve());
  kill_once(server, row.target);
  kill_once(server, row.target);
  CHECK(is_held(server, row.target));
  CHECK(server.stop() == 0);
}

TEST_CASE("quarantine: a layer that kills its worker before any handler has the request") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.environment.emplace_back("ECHO_ROUTES", "layers");
  REQUIRE(server.serve());
  const std::string killer = "GET /plain?fault=crash";
  for (int death = 1; death <= 2; ++death) {
    CHECK(fetch(server.port(), killer).status == 0);
    REQUIRE(eventually([&] { return deaths(server) == death; }));
    REQUIRE(eventually([&] { return fetch(server.port(), "GET /plain").status == 200; }));
  }
  CHECK(server.count_lines("requests in flight: 1: GET /plain (id ") == 2);
  CHECK(server.count_lines("; it was running GET /plain, which is in quarantine from now on") == 1);
  Wire wire{server.port()};
  const Answer answer = wire.ask(killer);
  CHECK(answer.status == 503);
  CHECK(std::atoi(answer.field("Retry-After").value_or("0").c_str()) > 500);
  CHECK(fetch(server.port(), "GET /plain").status == 200);
  CHECK(server.count_lines("(quarantined, target /plain?fault=crash)") > 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("quarantine: a layer that kills its worker with the answer in its hands, of whatever shape that is") {
  const std::string path = GENERATE("/plain", "/task", "/later", "/stream", "/pull");
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.environment.emplace_back("ECHO_ROUTES", "layers");
  REQUIRE(server.serve());
  const std::string killer = "GET " + path + "?fault=crash-after";
  INFO(killer);
  for (int death = 1; death <= 2; ++death) {
    CHECK(fetch(server.port(), killer).status == 0);
    REQUIRE(eventually([&] { return deaths(server) == death; }, 2min));
    REQUIRE(eventually([&] { return fetch(server.port(), "GET " + path).status == 200; }, 2min));
  }
  CHECK(server.count_lines("requests in flight: 1: GET " + path + " (id ") == 2);
  CHECK(server.count_lines("; it was running GET " + path + ", which is in quarantine from now on") == 1);
  Wire wire{server.port()};
  const Answer answer = wire.ask(killer);
  CHECK(answer.status == 503);
  CHECK_FALSE(answer.field("X-Layer"));
  CHECK(fetch(server.port(), "GET " + path).status == 200);
  CHECK(server.stop(2min) == 0);
}

TEST_CASE("quarantine: a handler that holds up the loop until its worker is ended") {
  if (sanitizer() == "thread") return;
  const std::string worker_class = GENERATE("async", "sync");
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", worker_class}};
  server.yaml = "timeout: 1s\nrequest_deadline: 1s\nquarantine_after: 1\n";
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /crash/spin").status == (worker_class == "sync" ? 504 : 0));
  REQUIRE(server.wait_for_line("Quarantine: GET /crash/spin (this target, with its query) is answered 503 for 60 s"));
  CHECK(eventually([&] { return is_held(server, "GET /crash/spin"); }));
  CHECK(server.stop() == 0);
}

TEST_CASE("quarantine: nobody is blamed for a signal that somebody sent") {
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "1", "-k", GENERATE(from_range(kClasses)), "--quarantine-after", "1"}};
  REQUIRE(server.serve());
  const int signo = GENERATE(SIGKILL, SIGSEGV);
  Wire wire{server.port()};
  wire.send(request("GET /pid?ms=60000"));
  CHECK(wire.read(200ms).problem == "silent");
  ::kill(server.workers()[0], signo);
  REQUIRE(eventually([&] { return deaths(server) == 1; }));
  CHECK(server.count_lines("requests in flight: 1: GET /pid ") == 1);
  CHECK(server.count_lines("uarantine") == 0);
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
