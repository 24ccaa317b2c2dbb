// The command line and the configuration: what is printed, what is refused, with which exit code.
#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// Runs the program to its end.
struct Run {
  explicit Run(std::vector<std::string> words, const std::string& yaml = "",
               std::vector<std::pair<std::string, std::string>> environment = {},
               ServerProcess::Program program = ServerProcess::Program::kOrrery)
      : server(program, std::move(words)) {
    server.bind = false;
    server.yaml = yaml;
    server.environment = std::move(environment);
    server.start();
    code = server.wait_for_end().value_or(-1);
    out = server.output();
    err = server.log();
  }
  ServerProcess server;
  int code = -1;
  std::string out;
  std::string err;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("command line: what is printed without serving") {
  SECTION("--help") {
    const Run run{{"--help"}};
    CHECK(run.code == 0);
    for (const char* part : {"--bind", "--worker-class", "--graceful-timeout", "WEB_CONCURRENCY"})
      CHECK(has(run.out, part));
    CHECK(run.err.empty());
  }
  SECTION("--version") {
    const Run run{{"--version"}};
    CHECK(run.code == 0);
    CHECK(run.out.starts_with("orrery "));
    CHECK(lines_of(run.out).size() == 1);
  }
  SECTION("--check-config, good and bad") {
    CHECK(Run{{"--check-config"}, "workers: 3\n"}.code == 0);
    CHECK(Run{{"--check-config"}, "workers: 0.5\n"}.code == 2);
  }
  SECTION("--print-config says where each value comes from") {
    const Run run{{"--print-config", "-k", "sync"},
                  "# comment\ntimeout: 5s\nbacklog: 100\n",
                  {{"WEB_CONCURRENCY", "3"}, {"PORT", "9123"}, {"ORRERY_CMD_ARGS", "--backlog 200"}}};
    CHECK(run.code == 0);
    const auto line = [&](const std::string& name) {
      for (const std::string& text : lines_of(run.out))
        if (text.find(name + ":") == 0 || text.find(name + " ") == 0) return text;
      return std::string{};
    };
    CHECK(has(line("workers"), "WEB_CONCURRENCY"));
    CHECK(has(line("bind"), "0.0.0.0:9123"));
    CHECK(has(line("timeout"), "server.yaml:2"));
    CHECK(has(line("backlog"), "200"));
    CHECK(has(line("backlog"), "ORRERY_CMD_ARGS"));
    CHECK(has(line("worker_class"), "--worker-class"));
    CHECK(has(line("keepalive"), "default"));
  }
}

TEST_CASE("command line: bad input is all said at once, and nothing is started") {
  struct Row {
    const char* name;
    std::vector<std::string> words;
    const char* yaml;
    std::vector<const char*> parts;
  };
  const std::vector<Row> rows{
      {"a typo", {}, "wrokers: 2\n", {"server.yaml:1:1", "wrokers", "workers"}},
      {"three at once", {}, "workers: many\nthreads: 0\nkeepalive: -1\n", {":1:", ":2:", ":3:"}},
      {"YAML that is none", {}, "workers: [1\n", {"server.yaml:"}},
      {"YAML that is no map", {}, "- a\n- b\n", {"server.yaml:1:1"}},
      {"a key twice", {}, "workers: 1\nworkers: 2\n", {"server.yaml:2", "workers"}},
      {"a unit that is none", {}, "timeout: 5 parsecs\n", {"server.yaml:1:10", "timeout"}},
      {"an unknown flag", {"--wrokers", "3"}, "", {"--wrokers", "--workers"}},
      {"a flag without its value", {"--workers"}, "", {"workers"}},
      {"a word too many", {"wsgi:app"}, "", {"wsgi:app"}},
      {"no such file", {"-c", "nowhere.yaml"}, "", {"nowhere.yaml", "No such file"}},
      {"a directory as file", {"-c", "/tmp"}, "", {"/tmp"}},
      {"an address that is none", {"-b", "127.0.0.1:99999"}, "", {"bind", "99999"}},
      {"a format with an unknown atom", {"--access-logformat", "%(zz)s"}, "", {"--access-logformat: ", "zz"}},
      {"no such user", {"-u", "nobody-has-this-name"}, "", {"nobody-has-this-name"}},
      {"a daemon that logs nowhere", {"--chdir", "/nowhere/at/all"}, "", {"chdir", "/nowhere/at/all"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Run run{row.words, row.yaml};
    INFO(run.err);
    CHECK(run.code == 2);
    CHECK(run.out.empty());
    for (const char* part : row.parts) CHECK(has(run.err, part));
    CHECK(!has(run.err, "what()"));
    CHECK(!has(run.err, "yaml-cpp"));
    CHECK(!has(run.err, "Starting"));
    CHECK(lines_of(run.err).size() <= 4);
  }
}

TEST_CASE("command line: every complaint carries the program's name, and nothing twice") {
  const Run run{{"--workers", "x", "--reload-engine", "auto"}, "timeout: soon\n"};
  CHECK(run.code == 2);
  INFO(run.err);
  for (const std::string& line : lines_of(run.err)) CHECK(line.starts_with("orrery: "));
  CHECK(has(run.err, "orrery: --workers: `x` is not a whole number"));
  CHECK(has(run.err, "orrery: command line: `--reload-engine` is how gunicorn's development reload"));
  CHECK(!has(run.err, "reload-strategy"));
}

TEST_CASE("command line: --check-config refuses what a start would refuse, and makes nothing") {
  struct Row {
    const char* name;
    const char* yaml;
    std::vector<const char*> parts;
  };
  const std::vector<Row> rows{
      {"a switch for a file", "accesslog: true\n", {"server.yaml:1:12", "accesslog", "`true` is no file"}},
      {"an error log in no directory",
       "errorlog: /nowhere/e.log\n",
       {"server.yaml:1: errorlog: the directory /nowhere/"}},
      {"an access log that is a directory", "accesslog: /tmp\n", {"accesslog: /tmp is a directory"}},
      {"a pid file in no directory", "pidfile: nowhere/pid\n", {"pidfile: the directory nowhere/"}},
      {"a pid file that holds something", "pidfile: server.yaml\n", {"server.yaml exists and holds no pid"}},
      {"a socket in no directory", "bind: unix:nowhere/s\n", {"bind: the directory nowhere/"}},
      {"a socket where a file is", "bind: unix:server.yaml\n", {"exists and is not a socket"}},
      {"seen from chdir", "chdir: /\npidfile: nowhere/pid\n", {"pidfile: the directory nowhere/"}},
      {"an address of another machine", "bind: 192.0.2.1:8000\n", {"this machine has no such address"}},
      {"link-local without its interface", "bind: '[fe80::1]:8000'\n", {"server.yaml:1:7", "[fe80::1%eth0]:8000"}},
      {"link-local on no interface", "bind: '[fe80::1%nope]:8000'\n", {"no interface `nope`"}},
      {"two addresses that overlap",
       "bind: ['127.0.0.1:7777', '0.0.0.0:7777']\n",
       {"`127.0.0.1:7777` and `0.0.0.0:7777` overlap"}},
      {"both families and one", "bind: ['[::]:7777 ipv6only=off', '127.0.0.1:7777']\n", {"overlap"}},
      {"one file for two", "errorlog: one\npidfile: ./one\n", {"./one is the file of `errorlog` too"}},
      {"the socket of two spellings", "bind: ['unix:a/../s', 'unix:s']\n", {"is the same address as"}},
      {"what the application reads",
       "raw_env: ORRERY_PLANETS_FINALS2000A=/nowhere/finals\n",
       {"the application could not start: ", "/nowhere/finals"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Run run{{"--check-config"}, row.yaml};
    INFO(run.err);
    CHECK(run.code == 2);
    CHECK(run.out.empty());
    CHECK(run.err.starts_with("orrery: "));
    for (const char* part : row.parts) CHECK(has(run.err, part));
    CHECK(lines_of(run.err).size() == 1);
  }
}

TEST_CASE("command line: --check-config compiles the routes and asks the application") {
  const Run twice{{"--check-config"}, "", {{"ECHO_ROUTES", "twice"}}, ServerProcess::Program::kEcho};
  CHECK(twice.code == 2);
  CHECK(has(twice.err, "route GET /constant is registered twice"));
  const Run hook{{"--check-config"}, "", {{"ECHO_START", "fail"}}, ServerProcess::Program::kEcho};
  CHECK(hook.code == 2);
  CHECK(has(hook.err, "the application could not start: told to fail"));
}

TEST_CASE("command line: --check-config is content beside the service that runs, and leaves no trace") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  const std::string name = "@orrery-check-" + std::to_string(::getpid());
  server.yaml =
      "bind: ['127.0.0.1:0', 'unix:s', 'unix:" + name + "']\npidfile: pid\nerrorlog: e.log\naccesslog: a.log\n";
  server.start();
  REQUIRE(server.wait_for_text("e.log", "Generation 1 serves"));
  const std::string log = server.read_file("e.log");
  Run run{{"-c", server.config_file(), "--check-config", "--chdir", server.file("")},
          "",
          {},
          ServerProcess::Program::kEcho};
  INFO(run.err);
  CHECK(run.code == 0);
  CHECK(run.out == "the configuration is good\n");
  CHECK(server.read_file("e.log") == log);
  CHECK(fetch(Wire::Place{0, name, false}, "GET /constant").status == 200);
  CHECK(server.stop() == 0);
  const Run again{{"-c", server.config_file(), "--check-config", "--chdir", server.file("")},
                  "",
                  {},
                  ServerProcess::Program::kEcho};
  CHECK(again.code == 0);
  CHECK(server.read_file("pid").empty());
}

TEST_CASE("command line: --check-config says what a format only looks like") {
  const Run run{{"--check-config"}, "access_log_format: '{\"path\":\"%(U)s\",}'\n"};
  CHECK(run.code == 0);
  CHECK(has(run.err, "begins like a JSON object but is none (look at column 17)"));
}

TEST_CASE("command line: precedence, as a gunicorn user expects") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "3", "-k", "sync", "-b", "127.0.0.1:0", "-n", "sky"}};
  server.yaml = "bind: ['127.0.0.1:1', '127.0.0.1:2']\nworkers: 1\nworker_class: async\n";
  server.environment = {{"WEB_CONCURRENCY", "7"}, {"PORT", "1"}};
  REQUIRE(server.serve());
  CHECK(server.workers().size() == 3);
  CHECK(server.count_lines("Listening at") == 1);
  CHECK(ServerProcess::titled(server.pid(), "sky: master [sync] 127.0.0.1:" + std::to_string(server.port())));
  CHECK(ServerProcess::titled(server.workers()[1], "sky: worker 2 [sync] gen 1 127.0.0.1:"));
  CHECK(server.stop() == 0);
}

TEST_CASE("command line: a start hook that fails ends the service with 4, nothing is left behind") {
  const char* how = GENERATE("fail", "throw");
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "3", "-k", GENERATE(from_range(kClasses))}};
  server.environment = {{"ECHO_START", how}};
  server.start();
  CHECK(server.wait_for_end() == 4);
  CHECK(has(server.log(), "told to "));
  CHECK(server.everybody().empty());
}

TEST_CASE("command line: a start hook that hangs ends the service with 3 after boot_timeout") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "--boot-timeout", "300ms"}};
  server.environment = {{"ECHO_START", "hang"}};
  server.start();
  CHECK(server.wait_for_end() == 3);
  CHECK(has(server.log(), "boot_timeout"));
  CHECK(server.everybody().empty());
}

}  // namespace orrery::test
