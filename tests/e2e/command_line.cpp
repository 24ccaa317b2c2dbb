// The command line and the configuration: what is printed, what is refused, with which exit code.
#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// Runs the program to its end.
struct Run {
  explicit Run(std::vector<std::string> words, const std::string& yaml = "",
               std::vector<std::pair<std::string, std::string>> environment = {})
      : server(ServerProcess::Program::kOrrery, std::move(words)) {
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
      {"a format with an unknown atom", {"--access-logformat", "%(zz)s"}, "", {"access_log_format", "zz"}},
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

TEST_CASE("command line: precedence, as a gunicorn user expects") {
  ServerProcess server{ServerProcess::Program::kOrrery,
                       {"-w", "3", "-k", "sync", "-b", "127.0.0.1:0", "-n", "sky"}};
  server.yaml = "bind: ['127.0.0.1:1', '127.0.0.1:2']\nworkers: 1\nworker_class: async\n";
  server.environment = {{"WEB_CONCURRENCY", "7"}, {"PORT", "1"}};
  REQUIRE(server.serve());
  CHECK(server.workers().size() == 3);
  CHECK(server.count_lines("Listening at") == 1);
  CHECK(ServerProcess::titled(server.pid(), "sky: master"));
  CHECK(ServerProcess::titled(server.workers()[1], "sky: worker 2 [sync] gen 1"));
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
