// --single: the service in one process, for a debugger and for coverage.
#include "e2e/classes.hpp"
#include "support/server_process.hpp"

namespace orrery::test {

TEST_CASE("single: one process serves, and TERM lets it finish what is in flight") {
  ServerProcess server{ServerProcess::Program::kEcho, {"--single", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  CHECK(server.everybody().size() == 1);
  CHECK(server.workers().empty());
  Wire wire{server.port()};
  CHECK(wire.ask("GET /constant").status == 200);
  Wire waiting{server.port()};
  REQUIRE(waiting.ask("GET /constant").status == 200);
  waiting.send(request("GET /later?ms=300"));
  CHECK(wire.ask("GET /constant").status == 200);
  server.signal(SIGTERM);
  CHECK(waiting.read().status == 200);
  CHECK(server.wait_for_end() == 0);
  CHECK(server.wait_for_line("Stopped"));
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("single: the first Ctrl-C finishes what is in flight, and the process ends as a program does") {
  ServerProcess server{ServerProcess::Program::kEcho, {"--single"}};
  REQUIRE(server.serve());
  Wire waiting{server.port()};
  waiting.send(request("GET /later?ms=300"));
  REQUIRE(eventually([&] { return Wire{server.port()}.ask("GET /constant").status == 200; }));
  server.signal(SIGINT);
  CHECK(waiting.read().status == 200);
  CHECK(server.wait_for_end() == 0);
  // After main() has gone on: so exit handlers run, and what measures coverage writes it.
  CHECK(server.count_lines("Stopped") == 1);
}

TEST_CASE("single: a second Ctrl-C ends it at once") {
  ServerProcess server{ServerProcess::Program::kEcho, {"--single"}};
  REQUIRE(server.serve());
  Wire waiting{server.port()};
  waiting.send(request("GET /later?ms=60000"));
  REQUIRE(eventually([&] { return Wire{server.port()}.ask("GET /constant").status == 200; }));
  server.signal(SIGINT);
  CHECK(eventually([&] {
    server.signal(SIGINT);
    return server.wait_for_end(10ms).has_value();
  }));
}

TEST_CASE("single: what needs a master is refused with a sentence") {
  ServerProcess server{ServerProcess::Program::kEcho, {"--single"}};
  REQUIRE(server.serve());
  struct Row {
    int signo;
    const char* name;
  };
  for (const Row& row : {Row{SIGHUP, "SIGHUP"}, {SIGUSR2, "SIGUSR2"}, {SIGTTIN, "SIGTTIN"}, {SIGTTOU, "SIGTTOU"}}) {
    INFO(row.name);
    server.signal(row.signo);
    CHECK(server.wait_for_line(std::string{row.name} + " needs a master, and with --single there is none"));
    CHECK(Wire{server.port()}.ask("GET /constant").status == 200);
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("single: it does not go to the background") {
  ServerProcess server{ServerProcess::Program::kEcho, {"--single", "--daemon", "--error-logfile", "error.log"}};
  server.start();
  CHECK(server.wait_for_end() == 2);
  CHECK(server.log().find("--single: there is no master that could go to the background") != std::string::npos);
}

TEST_CASE("single: an address that is taken is said, and nothing is served") {
  ServerProcess first{ServerProcess::Program::kEcho, {"--single"}};
  REQUIRE(first.serve());
  ServerProcess second{ServerProcess::Program::kEcho, {"--single", "-b", "127.0.0.1:" + std::to_string(first.port())}};
  second.start();
  CHECK(second.wait_for_end() == 1);
  CHECK(second.log().find("127.0.0.1:" + std::to_string(first.port())) != std::string::npos);
}

}  // namespace orrery::test
