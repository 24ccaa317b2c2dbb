// What one worker publishes, all workers hear: whoever dies, whoever comes, in every class.
#include <csignal>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// What each worker says that it has heard, by its pid; each question is a new connection.
class Ears {
 public:
  explicit Ears(const ServerProcess& server) : server_(server) {}

  /// All `workers` say now something that ends with `end`.
  [[nodiscard]] bool agree(std::size_t workers, const std::string& end) {
    listen();
    std::size_t agreed = 0;
    for (const pid_t worker : server_.workers()) {
      const auto found = said_.find(std::to_string(worker));
      if (found != said_.end() && found->second.ends_with(end)) ++agreed;
    }
    return agreed >= workers;
  }
  [[nodiscard]] bool all_heard(std::size_t workers, const std::string& end) {
    return eventually([&] { return agree(workers, end); }, kPatience);
  }

 private:
  /// On connections that are open side by side: they are spread over the workers.
  void listen() {
    std::vector<std::unique_ptr<Wire>> wires;
    for (int i = 0; i < 6; ++i) wires.push_back(std::make_unique<Wire>(server_.port()));
    for (const auto& wire : wires) {
      const std::string body = wire->ask("GET /topic/heard").body;
      const std::size_t blank = body.find(' ');
      if (blank != std::string::npos) said_[body.substr(0, blank)] = body.substr(blank);
    }
  }

  const ServerProcess& server_;
  std::map<std::string, std::string> said_;
};

int say(const ServerProcess& server, const std::string& text) {
  Wire wire{server.port()};
  wire.send("POST /topic/say HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(text.size()) + "\r\n\r\n" +
            text);
  return wire.read().status;
}

}  // namespace

TEST_CASE("topics: all workers hear what one publishes, in every class") {
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "3", "-e", "ECHO_TOPICS=yes", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Ears ears{server};
  CHECK(say(server, "one") == 204);
  CHECK(ears.all_heard(3, " heard 1 missed 0 last one\n"));
  CHECK(say(server, std::string(64, 'x')) == 204);
  CHECK(ears.all_heard(3, " heard 2 missed 0 last " + std::string(64, 'x') + "\n"));
  CHECK(say(server, std::string(65, 'x')) == 413);
  CHECK(say(server, "") == 204);
  CHECK(ears.all_heard(3, " heard 3 missed 0 last \n"));
  CHECK(server.stop() == 0);
}

TEST_CASE("topics: a worker that is killed while it publishes holds up nobody, and its successor hears") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-e", "ECHO_TOPICS=yes", "--graceful-timeout", "1"}};
  REQUIRE(server.serve());
  for (int round = 0; round < 3; ++round) {
    const auto before = server.workers();
    Wire dying{server.port()};
    // Another target each time, so that it is not held back as one that kills.
    dying.send("GET /topic/die?round=" + std::to_string(round) + " HTTP/1.1\r\nHost: a\r\n\r\n");
    Ears ears{server};
    CHECK(ears.all_heard(2, " last dying\n"));
    for (const pid_t worker : before) ::kill(worker, SIGKILL);
    REQUIRE(eventually(
        [&] {
          const auto now = server.workers();
          return now.size() == 2 && now[0] != before[0] && now[1] != before[1];
        },
        kPatience));
    // A worker hears what is said from its start on: it is said until both are there.
    CHECK(eventually([&] { return say(server, "alive") == 204 && ears.agree(2, " last alive\n"); }, kPatience));
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("topics: a reload's workers hear what the old ones say, and later ones miss nothing") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-e", "ECHO_TOPICS=yes"}};
  REQUIRE(server.serve());
  CHECK(say(server, "old") == 204);
  const auto before = server.workers();
  server.signal(SIGHUP);
  REQUIRE(eventually(
      [&] {
        const auto now = server.workers();
        return now.size() == 2 && now[0] != before[0] && now[1] != before[1];
      },
      kPatience));
  REQUIRE(server.wait_for_line("Generation 2 serves"));
  CHECK(say(server, "new") == 204);
  Ears ears{server};
  CHECK(ears.all_heard(2, " heard 1 missed 0 last new\n"));
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
