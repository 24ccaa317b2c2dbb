// `orrery ctl` as an operator calls it: against a server with answers of the contract, and against a real service.
#include <catch2/catch.hpp>

#include "support/canned_server.hpp"
#include "support/json.hpp"
#include "support/programs.hpp"
#include "support/server_process.hpp"
#include "support/tool.hpp"

namespace orrery::test {

namespace {

const std::vector<std::pair<std::string, std::string>> kNowhere{
    {"RUNTIME_DIRECTORY", ""}, {"XDG_RUNTIME_DIR", ""}, {"ORRERY_ADMIN", ""}, {"TZ", "UTC0"}};

Said orrery(std::vector<std::string> words, std::vector<std::pair<std::string, std::string>> more = {}) {
  auto environment = kNowhere;
  environment.insert(environment.end(), more.begin(), more.end());
  return run_tool(orrery_binary(), std::move(words), environment);
}

std::string done(const std::string& order, const std::string& text) {
  return canned(200, R"({"order":")" + order + R"(","outcome":"done","text":")" + text + R"("})");
}

/// A fake admin process on a socket of its own.
struct Fake {
  explicit Fake(CannedServer::Answers answers) : server(directory.file("admin.sock"), std::move(answers)) {}
  Said ctl(std::vector<std::string> words) const {
    words.insert(words.begin(), {"ctl", "--socket", directory.file("admin.sock")});
    return orrery(std::move(words));
  }
  TemporaryDirectory directory;
  CannedServer server;
};

}  // namespace

TEST_CASE("ctl: each question asks its path and shows the answer, as a table or as it is") {
  const std::string workers = R"({"workers":[{"worker":1,"pid":7,"state":"ready","generation":1,"requests":3}]})";
  const Fake fake{{{"GET /workers", canned(200, workers)},
                   {"GET /stack", canned(200, R"({"worker":1,"pid":7,"stacks":[{"thread":7,"frames":["main"]}]})")},
                   {"GET /deaths", canned(200, R"({"deaths":[]})")},
                   {"GET /requests", canned(200, R"({"requests":[],"left_out":0})")},
                   {"GET /metrics", canned(200, "# HELP a b\na 1\n", "text/plain")},
                   {"GET /log-level", canned(200, R"({"log_level":"info"})")},
                   {"GET /advice", canned(200, R"({"workers":2,"advised":3,"text":"3 workers instead of 2."})")},
                   {"GET /config", canned(200, R"({"file":"a.yaml","generation":1,"settings":[
                      {"name":"timeout","value":"9s","source":"--timeout on the command line",
                       "hidden":[{"value":"30s","source":"a.yaml:2"}]}]})")}}};
  struct Row {
    std::vector<std::string> words;
    std::string output;
    std::string asked;
  };
  const Row rows[] = {
      {{"workers"},
       "WORKER  PID  STATE  GEN  AGE  CONNS  BUSY  REQUESTS  ERRORS  SILENT  CPU  PRIVATE\n"
       "     1    7  ready    1    -      0     0         3       0       -    -        -\n",
       "GET /workers HTTP/1.1\r\n"},
      {{"workers", "--json"}, workers + "\n", "GET /workers HTTP/1.1\r\n"},
      {{"stack", "1"}, "worker 1 (pid 7)\nthread 7\n  #0   main\n", "GET /stack?worker=1 HTTP/1.1\r\n"},
      {{"deaths"}, "No worker has died.\n", "GET /deaths HTTP/1.1\r\n"},
      {{"requests"}, "No request is handled now.\n", "GET /requests HTTP/1.1\r\n"},
      {{"metrics"}, "# HELP a b\na 1\n", "GET /metrics HTTP/1.1\r\n"},
      {{"log-level"}, "info\n", "GET /log-level HTTP/1.1\r\n"},
      {{"advise"}, "3 workers instead of 2.\n", "GET /advice HTTP/1.1\r\n"},
      {{"advise", "--min", "2", "--max", "4"}, "3 workers instead of 2.\n", "GET /advice?min=2&max=4 HTTP/1.1\r\n"},
      {{"config", "--explain", "timeout"},
       "timeout: 9s from --timeout on the command line\n  30s from a.yaml:2, hidden by --timeout on the command line\n",
       "GET /config HTTP/1.1\r\n"},
  };
  for (const Row& row : rows) {
    INFO(row.words.front());
    const Said said = fake.ctl(row.words);
    CHECK(said.exit == 0);
    CHECK(said.output == row.output);
    CHECK(said.complaint.empty());
    CHECK(fake.server.asked().back().starts_with(row.asked));
  }
  const Said unknown = fake.ctl({"config", "--explain", "timeuot"});
  CHECK(unknown.exit == 2);
  CHECK(unknown.complaint == "orrery ctl: there is no setting `timeuot`; did you mean `timeout`?\n");
  CHECK(fake.ctl({"events"}).exit == 1);
}

TEST_CASE("ctl: an order is given once, with how long it waits, and its sentence and exit code are the outcome's") {
  const Fake fake{{{"POST /reload", done("reload", "Generation 2 serves.")},
                   {"POST /scale", canned(409, R"({"order":"scale","outcome":"refused","text":"Not so many."})")},
                   {"POST /restart", canned(504, R"({"order":"restart","outcome":"timeout","text":"Not yet."})")},
                   {"POST /drain", canned(202, R"({"order":"drain","outcome":"begun","text":"It drains."})")},
                   {"POST /log-level", canned(200, R"({"log_level":"debug"})")},
                   {"POST /undrain", ""}}};
  struct Row {
    std::vector<std::string> words;
    int exit;
    std::string output, complaint, asked;
  };
  const Row rows[] = {
      {{"reload"}, 0, "Generation 2 serves.\n", "", "POST /reload?wait=120 HTTP/1.1\r\n"},
      {{"reload", "--wait", "1m"}, 0, "Generation 2 serves.\n", "", "POST /reload?wait=60 HTTP/1.1\r\n"},
      {{"reload", "--no-wait"}, 0, "Generation 2 serves.\n", "", "POST /reload?wait=0 HTTP/1.1\r\n"},
      {{"reload", "--canary"}, 0, "Generation 2 serves.\n", "", "POST /reload?canary=1&wait=120 HTTP/1.1\r\n"},
      {{"reload", "--canary", "--canary-probe", "/a?b", "--canary-limit", "2m"},
       0,
       "Generation 2 serves.\n",
       "",
       "POST /reload?canary=1&canary-probe=%2Fa%3Fb&canary-limit=120&wait=240 HTTP/1.1\r\n"},
      {{"scale", "300"}, 1, "", "orrery ctl: Not so many.\n", "POST /scale?workers=300&wait=120 HTTP/1.1\r\n"},
      {{"restart", "all"}, 1, "", "orrery ctl: Not yet.\n", "POST /restart?worker=all&wait=120 HTTP/1.1\r\n"},
      {{"drain", "--no-wait"}, 0, "It drains.\n", "", "POST /drain?wait=0 HTTP/1.1\r\n"},
      {{"log-level", "debug"}, 0, "The log level is debug.\n", "", "POST /log-level?level=debug HTTP/1.1\r\n"},
  };
  std::size_t orders = 0;
  for (const Row& row : rows) {
    INFO(row.words.front());
    const Said said = fake.ctl(row.words);
    CHECK(said.exit == row.exit);
    CHECK(said.output == row.output);
    CHECK(said.complaint == row.complaint);
    CHECK(fake.server.asked().size() == ++orders);
    CHECK(fake.server.asked().back().starts_with(row.asked));
  }
  const Said cut = fake.ctl({"undrain"});
  CHECK(cut.exit == 3);
  CHECK_THAT(cut.complaint, Catch::Contains("what became of the order is not known: ask `status` and `events`"));
  CHECK(fake.server.asked().size() == orders + 1);
}

TEST_CASE("ctl: stop waits until nobody answers") {
  Fake fake{{{"POST /stop", canned(202, R"({"order":"stop","outcome":"begun","text":"The service stops."})")},
             {"GET /livez", canned(200, "alive\n", "text/plain")}}};
  std::thread leaving([&] {
    eventually([&] { return fake.server.asked().size() >= 3; });
    fake.server.leave();
  });
  const Said said = fake.ctl({"stop"});
  leaving.join();
  CHECK(said.exit == 0);
  CHECK(said.output == "The service has stopped.\n");
}

TEST_CASE("ctl: events are followed, each a line as it comes") {
  const std::string event =
      "id: 1\ndata: {\"sequence\":1,\"time\":1700000000,\"kind\":\"start\",\"text\":\"It serves\",\"sender\":null}\n\n";
  std::ostringstream chunk;
  chunk << std::hex << event.size() << "\r\n" << event << "\r\n";
  const std::string stream =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk.str();
  const Fake fake{{{"GET /events", stream}}};
  const Said said = fake.ctl({"events", "-f"});
  CHECK(said.output == "2023-11-14 22:13:20  start  It serves\n");
  CHECK(said.complaint == "orrery ctl: the admin process ended the stream of events\n");
  CHECK(said.exit == 1);
}

TEST_CASE("ctl: answered requests are followed, with what was asked for in the query") {
  const std::string line =
      "data: "
      "{\"time\":1700000000,\"worker\":1,\"id\":\"a\",\"method\":\"GET\",\"route\":\"/a/{b}\",\"target\":\"/a/c\","
      "\"client\":\"192.0.2.1\",\"status\":503,\"duration_seconds\":0.5}\n\ndata: {\"missed\":7}\n\n";
  std::ostringstream chunk;
  chunk << std::hex << line.size() << "\r\n" << line << "\r\n";
  const std::string stream =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk.str();
  const Fake fake{{{"GET /tail", stream}}};
  const Said said = fake.ctl({"tail", "--status", "5xx", "--route", "/a/{b}", "--slower", "200ms"});
  CHECK(said.output ==
        "2023-11-14 22:13:20   503     500 ms  192.0.2.1  GET /a/c\n"
        "… 7 more were not seen: they came faster than they can be read\n");
  CHECK(said.exit == 1);
  CHECK_THAT(fake.server.asked().back(), Catch::StartsWith("GET /tail?status=5xx&route=%2Fa%2F%7Bb%7D&slower=0.200 "));
  CHECK(fake.ctl({"tail", "--slower", "fast"}).exit == 2);
  CHECK(fake.ctl({"events", "--status", "5xx"}).exit == 2);
}

TEST_CASE("ctl: over TCP it gives the token of its file") {
  const CannedServer server{
      "", {{"GET /log-level", canned(200, R"({"log_level":"info"})")}, {"GET /deaths", canned(401, "")}}};
  const TemporaryDirectory directory;
  std::ofstream(directory.file("token")) << "secret-7\n";
  const std::string url = "http://127.0.0.1:" + std::to_string(server.port());
  const Said said = orrery({"ctl", "--url", url, "--token-file", directory.file("token"), "log-level"});
  CHECK(said.exit == 0);
  CHECK_THAT(server.asked().back(), Catch::Contains("\r\nAuthorization: Bearer secret-7\r\n"));
  CHECK_THAT(server.asked().back(), Catch::Contains("\r\nHost: " + url.substr(7) + "\r\n"));
  const Said none = orrery({"ctl", "deaths"}, {{"ORRERY_ADMIN", url}});
  CHECK(none.exit == 1);
  CHECK_THAT(none.complaint, Catch::Contains("give the file that has it with --token-file"));
  CHECK(orrery({"ctl", "--url", url, "--token-file", directory.file("none"), "status"}).exit == 2);
}

TEST_CASE("ctl: without an admin process it says where it looked; a wrong line is exit code 2") {
  const TemporaryDirectory directory;
  const Said nowhere = orrery({"ctl", "status"}, {{"XDG_RUNTIME_DIR", directory.file("x")}});
  CHECK(nowhere.exit == 3);
  CHECK_THAT(nowhere.complaint, Catch::Contains("/run/orrery/admin.sock, " + directory.file("x/orrery-admin.sock")));
  const Said gone = orrery({"ctl", "--socket", directory.file("none"), "status"});
  CHECK(gone.exit == 3);
  CHECK_THAT(gone.complaint, Catch::Contains("cannot reach the admin process at " + directory.file("none")));
  CHECK(orrery({"ctl", "relaod"}).exit == 2);
  CHECK(orrery({"ctl", "-c", directory.file("none.yaml"), "status"}).exit == 2);
  const Said help = orrery({"ctl", "--help"});
  CHECK(help.exit == 0);
  CHECK_THAT(help.output, Catch::Contains("Usage: orrery ctl [OPTIONS] COMMAND"));
}

TEST_CASE("ctl: a plan is made against a file or the service, and a bad file is refused with its faults") {
  const Fake fake{{{"GET /config", canned(200, R"({"file":"a.yaml","generation":1,"settings":[
                      {"name":"timeout","value":"9s","source":"--timeout","hidden":[]},
                      {"name":"backlog","value":"2048","source":"default","hidden":[]}]})")}}};
  const std::string fresh = fake.directory.file("new.yaml"), old = fake.directory.file("old.yaml");
  std::ofstream(fresh) << "timeout: 30s\nbacklog: 512\n";
  std::ofstream(old) << "timeout: 30s\nbacklog: 1024\n";
  const Said running = orrery({"plan", "--socket", fake.directory.file("admin.sock"), fresh});
  CHECK(running.exit == 0);
  CHECK_THAT(running.output,
             Catch::Contains("2048 -> 512") && Catch::Contains("30s of the file stays hidden by --timeout"));
  const Said files = orrery({"plan", fresh, old, "--json"});
  CHECK(files.exit == 0);
  CHECK(nlohmann::json::parse(files.output)["changes"][0]["new"] == "512");
  std::ofstream(fresh) << "timeuot: 30s\nbacklog: 1\n";
  const Said bad = orrery({"plan", fresh, old});
  CHECK(bad.exit == 2);
  CHECK_THAT(bad.complaint, Catch::Contains("timeuot") && Catch::Contains("backlog"));
  CHECK(orrery({"plan", old}).exit == 3);
}

TEST_CASE("ctl: doctor names the process that has the address, and its exit code says that something is to be done") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "--admin", "off"}};
  REQUIRE(server.serve());
  const TemporaryDirectory directory;
  std::ofstream(directory.file("c.yaml")) << "bind: 127.0.0.1:" << server.port() << "\nworker_connections: 10\n";
  const Said said = orrery({"doctor", "-c", directory.file("c.yaml"), "--lb-idle-timeout", "60s"});
  CHECK(said.exit == 1);
  CHECK_THAT(said.output, Catch::Contains("(pid " + std::to_string(server.pid()) +
                                          ") listens at 127.0.0.1:" + std::to_string(server.port())));
  CHECK(orrery({"doctor", "--lb-idle-timeout", "soon"}).exit == 2);
  CHECK(server.stop() == 0);
}

TEST_CASE("ctl: a real service is found by its configuration and tells how it is") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "2"}};
  server.yaml = "admin: unix:" + server.file("admin.sock") + "\ndrain_delay: 60s\n";
  REQUIRE(server.serve());
  REQUIRE(eventually([&] { return orrery({"ctl", "-c", server.config_file(), "status"}).exit == 0; }));
  const Said status = orrery({"ctl", "-c", server.config_file(), "status"});
  CHECK_THAT(status.output, Catch::Contains("workers      2 of 2 workers ready"));
  const Said json = orrery({"ctl", "-c", server.config_file(), "status", "--json"});
  CHECK(nlohmann::json::parse(json.output)["workers"]["ready"] == 2);
  CHECK_THAT(orrery({"ctl", "-c", server.config_file(), "metrics"}).output,
             Catch::Contains("orrery_requests_total 0\n"));
  const Said ready = orrery({"ctl", "-c", server.config_file(), "ready"});
  CHECK(ready.exit == 0);
  CHECK(ready.output == "ready\n");
  server.signal(SIGTERM);
  REQUIRE(server.wait_for_line("Serving goes on for 60.0 s"));
  const Said leaving = orrery({"ctl", "-c", server.config_file(), "ready"});
  CHECK(leaving.exit == 1);
  CHECK(leaving.complaint == "orrery ctl: not ready: the service is about to stop (drain_delay runs)\n");
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
