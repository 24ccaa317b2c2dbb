// Orders to the service, and what is told of it: each order's outcome, who may give one, and that nothing that becomes
// of the admin process touches the service.
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>

#include "e2e/watched.hpp"
#include "support/json.hpp"
#include "support/load.hpp"

namespace orrery::test {

namespace {

using nlohmann::json;

json find(const json& list, const std::string& key, const json& value) {
  for (const json& one : list)
    if (one[key] == value) return one;
  return nullptr;
}

/// The port of an admin process on 127.0.0.1.
int admin_port(const ServerProcess& server) {
  const std::string log = server.log(), mark = "Admin process listens at: http://127.0.0.1:";
  const std::size_t at = log.find(mark);
  return at == std::string::npos ? 0 : std::atoi(log.c_str() + at + mark.size());
}

}  // namespace

TEST_CASE("steering: a reload is answered when the new generation serves") {
  Watched watched;
  watched.serve();
  const auto before = watched.server.workers();
  const auto done = watched.order("/reload");
  CHECK(done.status == 200);
  CHECK(done.outcome == "done");
  CHECK(done.text == "Generation 2 is ready with 2 workers.");
  CHECK(watched.status()["generation"] == 2);
  CHECK(watched.server.workers() != before);
  CHECK(watched.json("GET /workers")["workers"].size() >= 2);
}

TEST_CASE("steering: a reload that is refused says why, and nothing changes") {
  Watched watched;
  watched.server.yaml = "timeout: 20s\n";
  watched.serve();
  const auto before = watched.server.workers();
  watched.server.write_config("timeout: 20s\nwrokers: 2\n");
  const auto refused = watched.order("/reload");
  CHECK(refused.status == 409);
  CHECK(refused.outcome == "refused");
  CHECK(refused.text.find("Reload refused, nothing changed: ") == 0);
  CHECK(refused.text.find("server.yaml:2") != std::string::npos);
  CHECK(refused.text.find("wrokers") != std::string::npos);
  CHECK(watched.server.workers() == before);
  CHECK(watched.status()["generation"] == 1);
}

TEST_CASE("steering: the number of workers, and a restart of one and of all") {
  Watched watched;
  watched.serve();
  const auto more = watched.order("/scale?workers=3");
  CHECK(more.status == 200);
  CHECK(more.text == "3 workers are ready.");
  CHECK(watched.server.workers().size() == 3);
  const json first = watched.json("GET /workers")["workers"][0];
  const auto restarted = watched.order("/restart?worker=" + first["worker"].dump());
  CHECK(restarted.status == 200);
  CHECK(restarted.text == "Worker 1 is replaced.");
  CHECK(eventually([&] { return !ServerProcess::alive(first["pid"].get<pid_t>()); }, kPatience));
  const auto all = watched.order("/restart?worker=all");
  CHECK(all.status == 200);
  CHECK(all.text == "3 workers are replaced.");
  const auto unknown = watched.order("/restart?worker=1");
  CHECK(unknown.status == 409);
  CHECK(unknown.outcome == "refused");
  CHECK(unknown.text == "There is no worker 1.");
  CHECK(watched.order("/scale?workers=1").outcome == "done");
  CHECK(watched.server.wait_for_workers(1));
}

TEST_CASE(
    "steering: a service whose threads are all busy is advised to have more workers, in the bounds that are asked "
    "for") {
  for (const std::string& worker_class : {std::string{"threads"}, std::string{"sync"}}) {
    INFO(worker_class);
    Watched watched{{"-k", worker_class, "--threads", "1"}};
    watched.serve();
    CHECK_THAT(watched.json("GET /advice")["text"].get<std::string>(), Catch::Contains("2 workers as now."));
    CHECK(watched.ask("GET /advice?min=3&max=2").status == 400);
    CHECK(watched.ask("GET /advice?max=257").status == 400);
    CHECK(watched.json("GET /advice?min=3&max=4")["advised"] == 3);
    Load load;
    load.start(url(watched.server.port(), "/sleep?ms=50"), 8, false);
    CHECK(eventually([&] { return watched.json("GET /advice?max=3")["advised"] == 3; }, kPatience));
    CHECK(load.stop().clean());
  }
}

TEST_CASE("steering: drained, balancers and clients go elsewhere, and who comes is served; undrain takes it back") {
  Watched watched;
  watched.serve();
  Wire kept{watched.server.place()};
  CHECK_FALSE(kept.ask("GET /constant").closes());
  CHECK(watched.order("/drain").outcome == "done");
  CHECK(watched.readyz_says(503, "the service is drained by an order; `undrain` takes it back"));
  const Answer last = kept.ask("GET /constant");
  CHECK(last.status == 200);
  CHECK(last.closes());
  CHECK(kept.closes_within());
  CHECK(Wire{watched.server.place()}.ask("GET /constant").status == 200);
  CHECK(watched.order("/reload").outcome == "done");
  CHECK(Wire{watched.server.place()}.ask("GET /constant").closes());
  CHECK_FALSE(Wire{watched.place()}.ask("GET /status").closes());
  CHECK(watched.order("/undrain").outcome == "done");
  CHECK(watched.readyz_says(200, "ready"));
  CHECK_FALSE(Wire{watched.server.place()}.ask("GET /constant").closes());
}

TEST_CASE("steering: while drain_delay runs each response ends its connection") {
  Watched watched{{"--drain-delay", "60"}};
  watched.serve();
  watched.server.signal(SIGTERM);
  REQUIRE(watched.server.wait_for_line("Serving goes on for 60.0 s"));
  CHECK(Wire{watched.server.place()}.ask("GET /constant").closes());
  CHECK(watched.server.stop() == 0);
}

TEST_CASE("steering: a stop is answered when all workers have left") {
  Watched watched;
  watched.serve();
  const auto stopped = watched.order("/stop");
  CHECK(stopped.status == 200);
  CHECK(stopped.outcome == "done");
  CHECK(stopped.text == "All workers have left, and the master leaves.");
  CHECK(watched.server.wait_for_end() == 0);
}

TEST_CASE("steering: an upgrade is answered when the new master has the service") {
  Watched watched;
  watched.serve();
  const auto upgraded = watched.order("/upgrade");
  CHECK(upgraded.status == 200);
  CHECK(upgraded.outcome == "done");
  const std::string mark = "(pid ";
  const std::size_t at = upgraded.text.find(mark);
  REQUIRE(at != std::string::npos);
  const pid_t heir = std::atoi(upgraded.text.c_str() + at + mark.size());
  watched.server.adopt(heir);
  CHECK(watched.server.wait_for_end() == 0);
  CHECK(watched.readyz_says(200, "ready"));
  CHECK(watched.order("/scale?workers=1").outcome == "done");
  ::kill(heir, SIGTERM);
  CHECK(eventually([&] { return !ServerProcess::alive(heir); }, kPatience));
}

TEST_CASE("steering: who does not wait gets the first word, and who waits too short a time hears that it goes on") {
  Watched watched;
  watched.serve();
  const auto begun = watched.order("/scale?workers=3&wait=0");
  CHECK(begun.status == 202);
  CHECK(begun.outcome == "begun");
  CHECK(watched.server.wait_for_workers(3));
  Wire busy{watched.server.place()};
  REQUIRE(busy.send(request("GET /sleep?ms=60000")));
  REQUIRE(eventually([&] { return !watched.json("GET /requests")["requests"].empty(); }, kPatience));
  const auto late = watched.order("/stop?wait=0.2");
  CHECK(late.status == 504);
  CHECK(late.outcome == "timeout");
  const auto refused = watched.order("/scale?workers=1&wait=0");
  CHECK(refused.status == 409);
  CHECK(refused.text == "The service is stopping.");
}

TEST_CASE("steering: what is wrong with a request is named, and nothing is done") {
  Watched watched;
  watched.serve();
  struct Row {
    const char* target;
    int status;
    const char* names;
  };
  const Row rows[] = {
      {"/scale", 400, "`workers` is missing"},
      {"/scale?workers=0", 400, "`workers` is `0`"},
      {"/scale?workers=257", 400, "from 1 to 256"},
      {"/scale?workers=two", 400, "`workers` is `two`"},
      {"/scale?workers=1&worker=2", 400, "`worker` is no parameter"},
      {"/restart", 400, "`worker` is missing"},
      {"/restart?worker=-1", 400, "`worker` is `-1`"},
      {"/reload?wait=soon", 400, "`wait` is `soon`"},
      {"/reload?wait=-1", 400, "`wait` is `-1`"},
      {"/reload?force", 400, "`force` is no parameter"},
      {"/reload?canary=yes", 400, "`canary` is `yes`, and must be 1 or 0."},
      {"/reload?canary-limit=9", 400, "`canary-limit` is for a reload with a canary"},
      {"/reload?canary=1&canary-limit=3601", 400,
       "`canary-limit` is `3601`, and must be a whole number from 1 to 3600."},
      {"/reload?canary=1&canary-requests=0", 400, "`canary-requests` is `0`"},
      {"/reload?canary=1&canary-verdict=no", 400, "must be promote or roll-back"},
      {"/reload?canary=1&canary-probe=a", 400, "must be a path that begins with a slash"},
      {"/reload?canary=1&canary-probe=/%0d%0aX:1", 400, "must be a path that begins with a slash"},
      {"/log-level?level=loud", 400, "`level` is `loud`"},
  };
  for (const Row& row : rows) {
    INFO(row.target);
    const auto refused = watched.order(row.target);
    CHECK(refused.status == row.status);
    CHECK(refused.outcome == "refused");
    CHECK(refused.text.find(row.names) != std::string::npos);
  }
  for (const char* path :
       {"/reload", "/upgrade", "/scale?workers=1", "/restart?worker=all", "/drain", "/undrain", "/stop"}) {
    INFO(path);
    CHECK(watched.ask(std::string("GET ") + path).status == 405);
  }
  CHECK(watched.server.workers().size() == 2);
  CHECK(watched.status()["generation"] == 1);
}

TEST_CASE("steering: nothing that becomes of the admin process costs the service a request") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "--admin", "127.0.0.1:0"}};
  REQUIRE(server.serve());
  const int port = admin_port(server);
  REQUIRE(eventually([&] { return fetch(port, "GET /readyz").status == 200; }, kPatience));
  const auto admin = [&] {
    const std::string log = server.log(), mark = "Booting admin process with pid: ";
    return std::atoi(log.c_str() + log.rfind(mark) + mark.size());
  };
  const auto workers = server.workers();
  Load load;
  load.start(url(server.port()), 2, true);
  REQUIRE(load.answers(50));

  INFO("flooded with questions and orders");
  Load questions;
  questions.start(url(port, "/status"), 2, true, 0ms);
  const auto flood = [&](int count) {
    Wire wire{port};
    std::string many;
    const std::string order = "POST /scale?workers=2&wait=0 HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n\r\n";
    for (int i = 0; i < count; ++i) many += order;
    return wire.send(many) && wire.read().status != 0;
  };
  CHECK(flood(200));
  REQUIRE(load.answers(50));
  questions.stop();

  INFO("killed, and renewed");
  const pid_t first = admin();
  ::kill(first, SIGKILL);
  REQUIRE(eventually([&] { return admin() != first; }, kPatience));
  REQUIRE(load.answers(50));
  REQUIRE(eventually([&] { return fetch(port, "GET /readyz").status == 200; }, kPatience));
  CHECK(Wire{port}.ask("POST /drain").status == 200);
  CHECK(Wire{port}.ask("POST /undrain").status == 200);

  INFO("stopped, with orders on their way");
  Wire asked{port};
  REQUIRE(asked.send(request("POST /reload")));
  ::kill(admin(), SIGSTOP);
  REQUIRE(load.answers(100));
  ::kill(admin(), SIGCONT);
  const LoadAccount account = load.stop();
  INFO(account.first_problem);
  CHECK(account.clean());
  CHECK(server.stop() == 0);
}

TEST_CASE("steering: when every worker is stuck it tells in what, takes orders, and shows where they are") {
  Watched watched{{"-k", "sync", "--timeout", "0"}};
  watched.serve();
  Wire one{watched.server.place()};
  REQUIRE(one.send(request("GET /sleep?ms=60000")));
  REQUIRE(eventually([&] { return watched.json("GET /requests")["requests"].size() == 1; }, kPatience));
  // A connection that came before would perhaps belong to the worker that is stuck.
  Wire two{watched.server.place()};
  REQUIRE(two.send(request("GET /sleep?ms=60000")));
  REQUIRE(eventually([&] { return watched.json("GET /requests")["requests"].size() == 2; }, kPatience));
  const json stuck = watched.json("GET /requests");
  CHECK(stuck["left_out"] == 0);
  CHECK(stuck["requests"][0]["method"] == "GET");
  CHECK(stuck["requests"][0]["target"] == "/sleep");
  CHECK(stuck["requests"][0]["route"] == "/sleep");
  CHECK(stuck["requests"][0]["client"].get<std::string>().starts_with("127.0.0.1:"));
  CHECK(stuck["requests"][0]["phase"] == "handler");
  const std::string number = stuck["requests"][0]["worker"].dump();
  const json stack = watched.json("GET /stack?worker=" + number);
  CHECK(stack["pid"] == stuck["requests"][0]["pid"]);
  REQUIRE(stack["stacks"].size() == 1);
  const std::string frames = stack["stacks"][0]["frames"].dump();
  INFO(frames);
  CHECK(frames.find("sleep") != std::string::npos);
  CHECK(watched.ask("GET /stack?worker=99").status == 404);
  CHECK(watched.ask("GET /stack").status == 400);
  CHECK(watched.order("/log-level?level=debug").outcome == "done");
  CHECK(watched.order("/scale?workers=3").outcome == "done");
  ::kill(watched.server.pid(), SIGQUIT);
  CHECK(watched.server.wait_for_end());
}

TEST_CASE("steering: the threads of a pool show where each of them is") {
  Watched watched{{"-w", "1", "-k", "threads", "--threads", "2"}};
  watched.serve();
  Wire busy{watched.server.place()};
  REQUIRE(busy.send(request("GET /sleep?ms=60000")));
  // Between the loop thread and the pool's it belongs to none.
  json asked;
  const auto taken = [&] {
    const json requests = watched.json("GET /requests")["requests"];
    if (requests.size() == 1) asked = requests[0];
    return asked.is_object() && asked["thread"].is_number();
  };
  REQUIRE(eventually(taken, kPatience));
  const json stack = watched.json("GET /stack?worker=1");
  CHECK(stack["stacks"].size() == 3);
  CHECK(find(stack["stacks"], "thread", asked["thread"])["frames"].dump().find("sleep") != std::string::npos);
  ::kill(watched.server.pid(), SIGQUIT);
  CHECK(watched.server.wait_for_end());
}

TEST_CASE("steering: deaths, and the journal with who sent what") {
  Watched watched;
  watched.serve();
  const pid_t victim = watched.server.workers().at(0);
  ::kill(victim, SIGSEGV);
  REQUIRE(eventually([&] { return watched.json("GET /deaths")["deaths"].size() == 1; }, kPatience));
  const json death = watched.json("GET /deaths")["deaths"][0];
  CHECK(death["pid"] == victim);
  CHECK(death["worker"] == 1);
  CHECK(death["generation"] == 1);
  CHECK(death["ending"] == "crashed");
  CHECK(death["cause"] == "signal 11 (SIGSEGV)");
  CHECK(death["text"].get<std::string>().find("Worker 1 (pid ") == 0);
  CHECK(death["time"].get<double>() > 1.6e9);
  REQUIRE(watched.server.wait_for_workers(2));
  watched.server.signal(SIGTTIN);
  REQUIRE(watched.server.wait_for_workers(3));
  CHECK(watched.order("/reload").outcome == "done");
  const json events = watched.json("GET /events")["events"];
  CHECK(events[0]["kind"] == "started");
  CHECK(events[0]["sequence"] == 1);
  const json signal = find(events, "kind", "signal");
  CHECK(signal["text"] == "SIGTTIN came");
  CHECK(signal["sender"].get<std::string>().find("pid " + std::to_string(::getpid()) + " (") == 0);
  CHECK(find(events, "kind", "order")["sender"] == "the admin process, for unix");
  CHECK(find(events, "kind", "reload_finished")["sender"].is_null());
  CHECK_FALSE(find(events, "kind", "worker_died").is_null());
  CHECK_FALSE(find(events, "kind", "worker_ready").is_null());
  CHECK_FALSE(find(events, "kind", "scaled").is_null());
}

TEST_CASE("steering: who follows the events gets those that were, and each that comes") {
  Watched watched;
  watched.serve();
  Wire follower{watched.place()};
  REQUIRE(follower.send(request("GET /events?follow")));
  std::string heard;
  const auto hears = [&](const std::string& part) {
    return eventually(
        [&] {
          heard += follower.read_some(65536, 100ms);
          return heard.find(part) != std::string::npos;
        },
        kPatience);
  };
  CHECK(hears("\"kind\":\"started\""));
  CHECK(heard.find("text/event-stream") != std::string::npos);
  CHECK(heard.find("id: 1\ndata: {") != std::string::npos);
  CHECK(watched.order("/drain").outcome == "done");
  CHECK(hears("\"kind\":\"drained\""));
  Wire again{watched.place()};
  REQUIRE(again.send(request("GET /events?follow", "Last-Event-ID: 1\r\n")));
  heard.clear();
  follower = std::move(again);
  CHECK(hears("id: 2\n"));
  CHECK(heard.find("id: 1\n") == std::string::npos);
  CHECK(watched.server.stop() == 0);
}

TEST_CASE("steering: the configuration in force, and where each value came from") {
  Watched watched;
  watched.server.yaml = "timeout: 20s\nworkers: 5\n";
  watched.serve();
  const json first = watched.json("GET /config");
  CHECK(first["generation"] == 1);
  CHECK(first["file"] == watched.server.config_file());
  const json workers = find(first["settings"], "name", "workers");
  CHECK(workers["value"] == "2");
  CHECK(workers["source"] == "--workers on the command line");
  CHECK(workers["hidden"][0]["value"] == "5");
  CHECK(workers["hidden"][0]["source"] == watched.server.config_file() + ":2");
  CHECK(find(first["settings"], "name", "keepalive")["source"] == "default");
  watched.server.write_config("timeout: 25s\n");
  CHECK(watched.order("/reload").outcome == "done");
  const json second = watched.json("GET /config");
  CHECK(second["generation"] == 2);
  CHECK(find(second["settings"], "name", "timeout")["value"] == "25s");
  CHECK(find(second["settings"], "name", "workers")["hidden"].empty());
  watched.server.write_config("timeout: twenty\n");
  CHECK(watched.order("/reload").outcome == "refused");
  CHECK(watched.json("GET /config") == second);
}

TEST_CASE("steering: the log level changes at once, and a reload brings the configured one back") {
  Watched watched;
  watched.serve();
  CHECK(watched.json("GET /log-level") == json{{"log_level", "info"}});
  CHECK(watched.order("/log-level?level=critical").outcome == "done");
  CHECK(watched.json("GET /log-level") == json{{"log_level", "critical"}});
  watched.server.signal(SIGTTIN);
  REQUIRE(watched.server.wait_for_workers(3));
  CHECK(watched.server.count_lines("Handling signal: ttin") == 0);
  CHECK(watched.order("/reload").outcome == "done");
  CHECK(watched.json("GET /log-level") == json{{"log_level", "info"}});
  watched.server.signal(SIGTTOU);
  CHECK(watched.server.wait_for_line("Handling signal: ttou"));
}

TEST_CASE("steering: with a token nothing is told without it, on a unix socket neither") {
  Watched watched;
  const std::string token = "0123456789abcdef-secret";
  std::ofstream(watched.server.file("token")) << token << '\n';
  watched.server.arguments.insert(watched.server.arguments.end(), {"--admin-token", watched.server.file("token")});
  REQUIRE(watched.server.serve());
  const std::string right = "Authorization: Bearer " + token + "\r\n";
  REQUIRE(eventually([&] { return Wire{watched.place()}.ask("GET /readyz", right).status == 200; }, kPatience));
  struct Row {
    const char* name;
    std::string fields;
    int status;
  };
  const Row rows[] = {{"none", "", 401},
                      {"wrong", "Authorization: Bearer 0123456789abcdef-secreT\r\n", 401},
                      {"a part", "Authorization: Bearer 0123456789abcdef\r\n", 401},
                      {"another scheme", "Authorization: Basic " + token + "\r\n", 401},
                      {"right", right, 200},
                      {"the scheme in another case", "authorization: bearer " + token + "\r\n", 200}};
  for (const Row& row : rows) {
    INFO(row.name);
    for (const char* path : {"/status", "/metrics", "/livez", "/events", "/config", "/", "/log-level"})
      CHECK(Wire{watched.place()}.ask(std::string("GET ") + path, row.fields).status == row.status);
    CHECK(watched.order("/drain", row.fields).status == row.status);
  }
  CHECK(Wire{watched.place()}.ask("GET /status").field("WWW-Authenticate") == "Bearer");
  CHECK(Wire{Wire::Place{watched.monitor_port(), {}, false}}.ask("GET /livez").status == 200);
  CHECK(Wire{watched.place()}.ask("GET /config", right).body.find(token) == std::string::npos);
  CHECK(watched.server.log().find(token) == std::string::npos);
}

TEST_CASE("steering: a page of another site gives no orders") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--admin", "127.0.0.1:0"}};
  REQUIRE(server.serve());
  const int port = admin_port(server);
  REQUIRE(eventually([&] { return fetch(port, "GET /readyz").status == 200; }, kPatience));
  const std::string own = "127.0.0.1:" + std::to_string(port);
  struct Row {
    const char* name;
    std::string host, fields;
    int status;
  };
  const Row rows[] = {{"a program", own, "", 200},
                      {"a page of its own", own, "Origin: http://" + own + "\r\nSec-Fetch-Site: same-origin\r\n", 200},
                      {"a page of another site", own, "Origin: https://evil.example\r\n", 403},
                      {"a page without an origin", own, "Origin: null\r\n", 403},
                      {"a form of another site", own, "Sec-Fetch-Site: cross-site\r\n", 403},
                      {"another port of this machine", own, "Sec-Fetch-Site: same-site\r\n", 403},
                      {"a name that was made to point here", "evil.example:" + std::to_string(port),
                       "Origin: http://evil.example:" + std::to_string(port) + "\r\n", 403}};
  for (const Row& row : rows) {
    INFO(row.name);
    Wire wire{port};
    const std::string head = "POST /undrain HTTP/1.1\r\nHost: " + row.host + "\r\nContent-Length: 0\r\n";
    REQUIRE(wire.send(head + row.fields + "\r\n"));
    CHECK(wire.read().status == row.status);
  }
}

TEST_CASE("steering: the page shows the state, loads nothing from elsewhere, and metrics come as OpenMetrics") {
  Watched watched;
  watched.serve();
  const Answer page = watched.ask("GET /");
  CHECK(page.status == 200);
  CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.field("Content-Security-Policy").value_or("").find("default-src 'none'") == 0);
  CHECK(page.body.find("2 of 2 workers ready") != std::string::npos);
  CHECK(watched.ask("GET /page.css").field("Content-Type") == "text/css; charset=utf-8");
  const Answer metrics = Wire{watched.place()}.ask("GET /metrics", "Accept: application/openmetrics-text\r\n");
  CHECK(metrics.field("Content-Type") == "application/openmetrics-text; version=1.0.0; charset=utf-8");
  CHECK(metrics.body.ends_with("# EOF\n"));
  const Wire::Place monitor{watched.monitor_port(), {}, false};
  CHECK(Wire{monitor}.ask("GET /").status == 404);
  CHECK(Wire{monitor}.ask("POST /reload").status == 404);
  CHECK(Wire{monitor}.ask("GET /events").status == 404);
}

}  // namespace orrery::test
