// The processes that tell of the service: what they answer and to whom, and that they neither touch it nor need it.
#include <algorithm>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <sys/stat.h>

#include "e2e/watched.hpp"
#include "support/json.hpp"
#include "support/load.hpp"

namespace orrery::test {

TEST_CASE("watching: the monitor tells how the service is, the admin process everything, each only at its address") {
  Watched watched;
  watched.serve();
  const Wire::Place service = watched.server.place();
  const Wire::Place monitor{watched.monitor_port(), {}, false};
  struct Row {
    const char* name;
    Wire::Place place;
    const char* request;
    int status;
  };
  const Row rows[] = {
      {"monitor, alive", monitor, "GET /livez", 200},           {"monitor, ready", monitor, "GET /readyz", 200},
      {"monitor, metrics", monitor, "GET /metrics", 200},       {"monitor, status", monitor, "GET /status", 404},
      {"admin, alive", watched.place(), "GET /livez", 200},     {"admin, ready", watched.place(), "GET /readyz", 200},
      {"admin, metrics", watched.place(), "GET /metrics", 200}, {"admin, status", watched.place(), "GET /status", 200},
      {"service, ready", service, "GET /readyz", 404},          {"service, status", service, "GET /status", 404},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(Wire{row.place}.ask(row.request).status == row.status);
  }
  struct stat status {};
  REQUIRE(::stat(watched.server.file("admin.sock").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(watched.server.stop() == 0);
  CHECK_FALSE(std::filesystem::exists(watched.server.file("admin.sock")));
}

TEST_CASE("watching: a balancer's checks work: HEAD, and HTTP/1.0 without Host") {
  Watched watched;
  watched.serve();
  Wire head{watched.monitor_port()};
  REQUIRE(head.send("HEAD /readyz HTTP/1.1\r\nHost: a\r\n\r\n"));
  CHECK(head.read(kPatience, true).status == 200);
  Wire old{watched.monitor_port()};
  REQUIRE(old.send("GET /readyz HTTP/1.0\r\n\r\n"));
  const Answer answer = old.read();
  CHECK(answer.status == 200);
  CHECK(answer.body == "ready\n");
  CHECK(answer.field("Cache-Control") == "no-store");
  const Answer verbose = watched.ask("GET /readyz?verbose");
  CHECK(verbose.body.find("workers: 2 of 2 workers ready, at least 1 must be\n") != std::string::npos);
}

TEST_CASE("watching: from TERM on the service is not ready, while it serves for drain_delay") {
  Watched watched{{"--drain-delay", "60"}};
  watched.serve();
  watched.server.signal(SIGTERM);
  REQUIRE(watched.server.wait_for_line("Serving goes on for 60.0 s"));
  const Answer answer = watched.ask("GET /readyz");
  CHECK(answer.status == 503);
  CHECK(answer.body == "not ready: the service is about to stop (drain_delay runs)\n");
  CHECK(watched.ask("GET /livez").status == 200);
  CHECK(Wire{watched.server.place()}.ask("GET /nowhere").status == 404);
  CHECK(watched.server.stop() == 0);
}

TEST_CASE("watching: WINCH makes it not ready, HUP ready again, and a refused reload is told") {
  Watched watched;
  watched.server.yaml = "min_ready: 2\n";
  watched.serve();
  watched.server.signal(SIGWINCH);
  CHECK(watched.readyz_says(503, "WINCH"));
  watched.server.signal(SIGHUP);
  CHECK(watched.readyz_says(200, "ready"));
  REQUIRE(eventually([&] { return watched.status()["reload"]["outcome"] == "done"; }, kPatience));
  watched.server.write_config("wrokers: 2\n");
  watched.server.signal(SIGHUP);
  REQUIRE(watched.server.wait_for_line("Reload refused"));
  const auto status = watched.status();
  CHECK(status["reload"]["outcome"] == "refused");
  CHECK(status["ready"] == true);
  CHECK(watched.ask("GET /metrics").body.find("orrery_reloads_total{outcome=\"refused\"} 1\n") != std::string::npos);
}

TEST_CASE("watching: it answers when every worker stands still, and its own death is none of theirs") {
  Watched watched;
  watched.serve();
  const auto workers = watched.server.workers();
  REQUIRE(workers.size() == 2);
  for (const pid_t worker : workers) ::kill(worker, SIGSTOP);
  CHECK(watched.status()["workers"]["list"].size() == 2);
  CHECK(watched.ask("GET /livez").status == 200);
  for (const pid_t worker : workers) ::kill(worker, SIGCONT);
  const pid_t first = watched.process();
  ::kill(first, SIGKILL);
  REQUIRE(eventually([&] { return watched.process() != first; }, kPatience));
  CHECK(watched.readyz_says(200, "ready"));
  CHECK(watched.server.workers() == workers);
  ::kill(watched.process(), SIGSTOP);
  CHECK(Wire{watched.server.place()}.ask("GET /nowhere").status == 404);
  CHECK(watched.server.stop() == 0);
}

TEST_CASE("watching: questions to it are in no log and no count of the service, whose own are, over a worker's death") {
  Watched watched{{"-w", "1", "--access-logfile", "access.log"}};
  watched.serve();
  for (int i = 0; i < 5; ++i) CHECK(Wire{watched.server.place()}.ask("GET /nowhere").status == 404);
  for (int i = 0; i < 20; ++i) CHECK(watched.ask("GET /status").status == 200);
  CHECK(watched.status()["requests"] == 5);
  const auto workers = watched.server.workers();
  ::kill(workers.at(0), SIGKILL);
  REQUIRE(eventually([&] { return watched.status()["workers"]["ended"]["crashed"] == 1; }, kPatience));
  CHECK(watched.status()["requests"] == 5);
  CHECK(watched.ask("GET /metrics").body.find("orrery_responses_total{class=\"4xx\"} 5\n") != std::string::npos);
  CHECK(watched.server.stop() == 0);
  CHECK(count_in(watched.server.read_file("access.log"), "/status") == 0);
  CHECK(count_in(watched.server.read_file("access.log"), "/nowhere") == 5);
}

TEST_CASE("watching: answered requests are followed by status, route and duration, without an access log") {
  Watched watched{{"-w", "1"}};
  watched.serve();
  const auto follow = [&](const std::string& query) {
    auto wire = std::make_unique<Wire>(watched.place());
    REQUIRE(wire->send("GET /tail" + query + " HTTP/1.1\r\nHost: a\r\n\r\n"));
    std::string head;
    while (head.find(": requests as they are answered") == std::string::npos) {
      const std::string more = wire->read_some(4096);
      REQUIRE_FALSE(more.empty());
      head += more;
    }
    return wire;
  };
  const auto all = follow(""), bad = follow("?status=4xx"), slow = follow("?slower=0.05"),
             other = follow("?route=/later");
  CHECK(Wire{watched.server.place()}.ask("GET /constant?a=b").status == 200);
  CHECK(Wire{watched.server.place()}.ask("GET /nowhere").status == 404);
  CHECK(Wire{watched.server.place()}.ask("GET /later?ms=60").status == 200);
  const auto until = [](Wire& wire, const std::string& last) {
    std::string text;
    while (text.find(last) == std::string::npos) {
      const std::string more = wire.read_some(4096);
      if (more.empty()) break;
      text += more;
    }
    return text;
  };
  const std::string everything = until(*all, "\"target\":\"/later\"");
  CHECK(everything.find("\"route\":\"/constant\",\"target\":\"/constant\"") != std::string::npos);
  CHECK(everything.find("\"route\":null,\"target\":\"/nowhere\"") != std::string::npos);
  CHECK(until(*bad, "\"target\":").find("/nowhere") != std::string::npos);
  CHECK(until(*slow, "\"target\":").find("/later") != std::string::npos);
  CHECK(until(*other, "\"target\":").find("/later") != std::string::npos);
  CHECK(watched.ask("GET /tail?status=abc").status == 400);
  CHECK(watched.ask("GET /tail?slower=fast").status == 400);
  CHECK(watched.server.stop() == 0);
}

TEST_CASE("watching: while the service starts it answers already, and says so") {
  Watched watched;
  watched.server.environment.emplace_back("ECHO_START", "hang");
  watched.server.start();
  CHECK(watched.readyz_says(503, "not ready: the service is starting"));
  CHECK(watched.ask("GET /livez").status == 200);
  CHECK(watched.status()["state"] == "starting");
}

TEST_CASE("watching: no count falls while workers die under load") {
  Watched watched;
  watched.serve();
  Load load;
  load.start(url(watched.server.port()), 3, true);
  REQUIRE(load.answers(50));
  std::uint64_t requests = 0, connections = 0;
  bool fell = false;
  const auto look = [&] {
    const auto status = watched.status();
    fell = fell || status["requests"] < requests || status["connections_accepted"] < connections;
    requests = status["requests"];
    connections = status["connections_accepted"];
    return status["workers"]["ended"]["crashed"].get<int>();
  };
  for (int deaths = 1; deaths <= 4; ++deaths) {
    ::kill(watched.server.workers().at(0), SIGKILL);
    REQUIRE(eventually([&] { return look() == deaths; }, kPatience));
    REQUIRE(watched.server.wait_for_workers(2));
    REQUIRE(load.answers(50));
    look();
  }
  load.stop();
  CHECK_FALSE(fell);
  CHECK(requests > 200);
}

TEST_CASE("watching: an upgrade renews it, on the same socket, and no answer says that the service is not ready") {
  Watched watched;
  watched.serve();
  const pid_t before = watched.status()["master"];
  watched.server.signal(SIGUSR2);
  pid_t now = before;
  bool ready = true;
  REQUIRE(eventually(
      [&] {
        const Answer answer = watched.ask("GET /readyz");  // none: it left as we came
        ready = ready && (answer.status == 200 || answer.status == 0);
        const auto status = nlohmann::json::parse(watched.ask("GET /status").body, nullptr, false);
        now = status.is_object() ? status["master"].get<pid_t>() : before;
        return now != before;
      },
      kPatience));
  CHECK(ready);
  REQUIRE(watched.server.wait_for_end() == 0);
  CHECK(watched.ask("GET /livez").status == 200);
  watched.server.adopt(now);
  ::kill(now, SIGTERM);
  CHECK(eventually([&] { return !ServerProcess::alive(now); }, kPatience));
  CHECK_FALSE(std::filesystem::exists(watched.server.file("admin.sock")));
}

TEST_CASE("watching: it is no reason not to start") {
  Watched first;
  first.serve();
  Watched second;
  second.server.arguments[3] = "unix:" + first.server.file("admin.sock");
  REQUIRE(second.server.serve());
  CHECK(second.server.wait_for_line("the service starts without it"));
  CHECK(second.process() == 0);
  CHECK(first.ask("GET /livez").status == 200);
}

TEST_CASE("watching: by itself it is in the service manager's directory, for its own user only") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.environment.emplace_back("RUNTIME_DIRECTORY", server.file(""));
  REQUIRE(server.serve());
  CHECK(Wire{Wire::Place{0, server.file("admin.sock"), false}}.ask("GET /livez").status == 200);
  CHECK(server.stop() == 0);
}

TEST_CASE("watching: everything is for this machine only") {
  ServerProcess server{ServerProcess::Program::kEcho, {"--admin", GENERATE("0.0.0.0:0", "[::]:0", "192.0.2.1:9000")}};
  server.start();
  CHECK(server.wait_for_end() == 2);
  CHECK(server.log().find("can be reached from other machines") != std::string::npos);
}

TEST_CASE("watching: what the application counts is summed over its workers, and outlives them") {
  Watched watched{{"-k", GENERATE(from_range(kClasses))}};
  watched.serve();
  const auto shows = [&](const std::string& line) {
    return eventually([&] { return watched.ask("GET /metrics").body.find("\n" + line + "\n") != std::string::npos; },
                      kPatience);
  };
  const auto count = [&](const std::string& kind, int times) {
    for (int i = 0; i < times; ++i)
      CHECK(fetch(watched.server.port(), "POST /count/" + kind + "?weight=5").status == 200);
  };
  count("a", 10);
  count("b", 1);
  CHECK(shows("counted_total{kind=\"a\"} 10"));
  CHECK(shows("counted_total{kind=\"b\"} 1"));
  CHECK(shows("weight_grams_bucket{le=\"10\"} 11"));
  CHECK(watched.server.wait_for_line("[INFO] counted b (request "));
  CHECK(watched.order("/reload").outcome == "done");
  count("a", 1);
  CHECK(shows("counted_total{kind=\"a\"} 11"));
  for (const char* kind : {"c", "d", "e", "f"}) count(kind, 1);
  CHECK(shows("counted_total{kind=\"other\"} 2"));
  CHECK(fetch(watched.server.port(), "POST /hold?n=7").status == 200);
  CHECK(shows("held 7"));
  CHECK(watched.order("/reload").outcome == "done");
  CHECK(shows("held 0"));
}

}  // namespace orrery::test
