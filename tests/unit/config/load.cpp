#include "config/load.hpp"

#include <catch2/catch.hpp>
#include <chrono>

#include "config/cpus.hpp"
#include "workshop.hpp"

namespace orrery::config {
namespace {

TEST_CASE("load: each source is stronger than the one before") {
  const TemporaryFolder folder;
  const auto file = folder.write("f.yaml", "workers: 3\n");
  struct Row {
    const char* name;
    std::map<std::string, std::string> environment;
    std::vector<std::string> arguments;
    int workers;
    std::string origin;
  };
  const Row rows[] = {
      {"default", {}, {}, 0, ""},
      {"environment", {{"WEB_CONCURRENCY", "2"}}, {}, 2, "environment WEB_CONCURRENCY"},
      {"file", {{"WEB_CONCURRENCY", "2"}}, {"-c", file}, 3, file + ":1"},
      {"variable",
       {{"WEB_CONCURRENCY", "2"}, {"ORRERY_CMD_ARGS", "-w 4"}},
       {"-c", file},
       4,
       "ORRERY_CMD_ARGS --workers"},
      {"command line",
       {{"WEB_CONCURRENCY", "2"}, {"ORRERY_CMD_ARGS", "-w 4"}},
       {"-c", file, "-w", "5"},
       5,
       "--workers"},
      {"file over environment through the variable",
       {{"WEB_CONCURRENCY", "2"}, {"ORRERY_CMD_ARGS", "-c '" + file + "'"}},
       {},
       3,
       file + ":1"},
      {"an empty variable is none", {{"WEB_CONCURRENCY", ""}}, {}, 0, ""},
      {"gunicorn's variable is not ours", {{"GUNICORN_CMD_ARGS", "-w 9"}}, {}, 0, ""},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto outcome = load_arguments(row.arguments, row.environment);
    for (const auto& complaint : outcome.complaints) FAIL_CHECK(complaint.where << " " << complaint.message);
    CHECK(outcome.config.workers == row.workers);
    const auto origin = outcome.origins.find("workers");
    CHECK((origin == outcome.origins.end() ? "" : origin->second) == row.origin);
  }
}

TEST_CASE("load: -c on the command line beats -c in the variable, which beats the default file") {
  const TemporaryFolder folder;
  const auto one = folder.write("1.yaml", "workers: 1\n");
  const auto two = folder.write("2.yaml", "workers: 2\n");
  Sources sources;
  sources.default_file = folder.write("3.yaml", "workers: 3\n");
  CHECK(load(sources).config.workers == 3);
  sources.environment["ORRERY_CMD_ARGS"] = "-c " + two;
  CHECK(load(sources).config.workers == 2);
  sources.arguments = {"-c", one};
  CHECK(load(sources).config.workers == 1);
  CHECK(load(sources).file == one);
  sources = {};
  sources.default_file = folder.path("none.yaml");
  CHECK(load(sources).complaints.empty());
  CHECK(load(sources).file.empty());
}

TEST_CASE("load: bind of a stronger source replaces the weaker list") {
  const TemporaryFolder folder;
  const auto file = folder.write("f.yaml", "bind: [\":1\", \":2\"]\n");
  CHECK(load_arguments({}, {{"PORT", "9"}}).config.bind == std::vector<std::string>{"0.0.0.0:9"});
  CHECK(load_arguments({"-c", file}, {{"PORT", "9"}}).config.bind == std::vector<std::string>{":1", ":2"});
  CHECK(load_arguments({"-c", file, "-b", ":3", "-b", ":4"}).config.bind == std::vector<std::string>{":3", ":4"});
  CHECK(load_arguments({}, {{"FORWARDED_ALLOW_IPS", ""}}).config.forwarded_allow_ips.empty());
  CHECK(load_arguments({}, {{"FORWARDED_ALLOW_IPS", "*"}}).config.forwarded_allow_ips == std::vector<std::string>{"*"});
}

TEST_CASE("load: the operator's usual override") {
  const auto outcome = load_arguments({"-w", "4", "-k", "sync", "-b", "0.0.0.0:9000"});
  REQUIRE(outcome.complaints.empty());
  CHECK(outcome.config.workers == 4);
  CHECK(outcome.config.worker_class == WorkerClass::kSync);
  CHECK(outcome.config.bind == std::vector<std::string>{"0.0.0.0:9000"});
  CHECK(outcome.action == Action::kServe);
}

TEST_CASE("load: every complaint of every source, each with its place") {
  const TemporaryFolder folder;
  const auto file = folder.write("f.yaml", "workres: 1\ntimeout: soon\nbind:\n  - :80\n  - :x\nworkers: 999\n");
  const auto outcome =
      load_arguments({"-c", file, "-k", "gevent", "--bnid", "x", "-w", "2"},
                     {{"WEB_CONCURRENCY", "x"}, {"PORT", "http"}, {"ORRERY_CMD_ARGS", "--backlog 'x"}});
  std::string printed = print_complaints("orrery", outcome.complaints);
  for (std::size_t at; (at = printed.find(file)) != std::string::npos;) printed.replace(at, file.size(), "F");
  const std::string expected =
      "orrery: PORT: bind: `http` is not a port; write a number from 0 to 65535\n"
      "orrery: WEB_CONCURRENCY: workers: `x` is not a whole number or `auto`\n"
      "orrery: F:1:1: unknown setting `workres`; did you mean `workers`?\n"
      "orrery: F:2:10: timeout: `soon` is not a time; write seconds, or a number with ms, s, m or h, such as "
      "30s\n"
      "orrery: F:5:5: bind: `x` is not a port; write a number from 0 to 65535\n"
      "orrery: F:6:10: workers: 999 is out of range; it must be 1 to 256, or `auto`\n"
      "orrery: ORRERY_CMD_ARGS: it cannot be cut into words: a quote (') is not closed\n"
      "orrery: command line: unknown flag `--bnid`; did you mean `--bind`?\n"
      "orrery: --worker-class: `gevent` is not known; choose async, sync, threads, gthread\n";
  CHECK(printed == expected);
}

TEST_CASE("load: conflicts point at the value that should change") {
  const TemporaryFolder folder;
  const auto file = folder.write("f.yaml", "bind:\n  - :80\n  - 0.0.0.0:80\ndaemon: true\n");
  const auto outcome = load_arguments({"-c", file});
  REQUIRE(outcome.complaints.size() == 2);
  CHECK(outcome.complaints[0].where == file + ":3:5");
  CHECK(outcome.complaints[1].where == file + ":4:9");
  CHECK(load_arguments({"-D"}).complaints.at(0).where == "--daemon");
  const auto bounds = load_arguments({"-c", folder.write("g.yaml", "timeout: 5s\nworkers: {min: 8, max: 2}\n")});
  REQUIRE(bounds.complaints.size() == 1);
  CHECK(bounds.complaints[0].where == folder.path("g.yaml") + ":2:16");
}

TEST_CASE("load: several threads become the class threads, unless another one is asked for, and it is said") {
  struct Row {
    const char* name;
    std::vector<std::string> arguments;
    WorkerClass worker_class;
    std::size_t notes;
  };
  const Row rows[] = {
      {"threads by default", {"-k", "sync"}, WorkerClass::kSync, 0},
      {"several", {"-k", "sync", "--threads", "2"}, WorkerClass::kThreads, 1},
      {"one", {"-k", "sync", "--threads", "1"}, WorkerClass::kSync, 0},
      {"gthread", {"-k", "gthread", "--threads", "2"}, WorkerClass::kThreads, 0},
      {"no class", {"--threads", "2"}, WorkerClass::kThreads, 1},
      {"async with threads", {"-k", "async", "--threads", "2"}, WorkerClass::kAsync, 1},
      {"initgroups alone", {"--initgroups"}, WorkerClass::kAsync, 1},
      {"jitter alone", {"--max-requests-jitter", "5"}, WorkerClass::kAsync, 1},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto outcome = load_arguments(row.arguments);
    CHECK(outcome.config.worker_class == row.worker_class);
    CHECK(outcome.notes.size() == row.notes);
  }
  CHECK(load_arguments({"-k", "sync", "--threads", "2"}).notes.at(0) ==
        "worker_class is `threads`, not `sync`, because threads is 2 (--threads)");
  CHECK(load_arguments({"--threads", "2"}).notes.at(0) == "worker_class is `threads` because threads is 2 (--threads)");
}

TEST_CASE("load: a longer timeout is the deadline of requests too, unless they have their own") {
  struct Row {
    const char* name;
    std::vector<std::string> arguments;
    int seconds;
    std::size_t notes;
  };
  const Row rows[] = {
      {"neither", {}, 30, 0},
      {"longer", {"-t", "120"}, 120, 1},
      {"shorter", {"-t", "5"}, 30, 0},
      {"none", {"-t", "0"}, 0, 1},
      {"both", {"-t", "120", "--request-deadline", "40"}, 40, 0},
      {"no deadline", {"-t", "120", "--request-deadline", "0"}, 0, 0},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto outcome = load_arguments(row.arguments);
    CHECK(outcome.config.request_deadline == std::chrono::seconds{row.seconds});
    CHECK(outcome.notes.size() == row.notes);
  }
  CHECK(load_arguments({"-t", "120"}).notes.at(0) ==
        "request_deadline is 120s, because timeout is (--timeout); a value of its own is not changed");
}

TEST_CASE("load: gunicorn's way of writing flags is understood") {
  CHECK(load_arguments({"-V"}).text == "orrery 0.1.0\n");
  CHECK(load_arguments({"--log-level", "warn"}).config.loglevel == LogLevel::kWarning);
  struct Row {
    std::vector<std::string> arguments;
    ProxyProtocol expected;
  };
  for (const auto& row : {Row{{"--proxy-protocol"}, ProxyProtocol::kOptional},
                          Row{{"--proxy-protocol", "-w", "2"}, ProxyProtocol::kOptional},
                          Row{{"--proxy-protocol", "required"}, ProxyProtocol::kRequired},
                          Row{{"--proxy-protocol=off"}, ProxyProtocol::kOff}}) {
    const auto outcome = load_arguments(row.arguments);
    CHECK(outcome.complaints.empty());
    CHECK(outcome.config.proxy_protocol == row.expected);
  }
}

TEST_CASE("load: what the program should do") {
  CHECK(load_arguments({"--check-config"}).action == Action::kCheckConfig);
  CHECK(load_arguments({"--print-config"}).action == Action::kPrintText);
  CHECK(load_arguments({"--version"}).text == "orrery 0.1.0\n");
  CHECK(load_arguments({"--help", "--bogus"}).complaints.empty());
  CHECK_THAT(load_arguments({"--help"}).text, Catch::StartsWith("Usage: orrery "));
  const auto broken = load_arguments({"--check-config", "-w", "x"});
  CHECK(broken.complaints.size() == 1);
  CHECK(broken.text.empty());
}

TEST_CASE("load: sources are captured from main's arguments") {
  const char* argv[] = {"/usr/bin/planets", "-w", "4", nullptr};
  const char* environment[] = {"PORT=80", "EMPTY=", "WITH=a=b", "NOTHING", nullptr};
  const auto sources = capture_sources(3, argv, environment);
  CHECK(sources.program == "planets");
  CHECK(sources.arguments == std::vector<std::string>{"-w", "4"});
  CHECK(sources.environment == std::map<std::string, std::string>{{"PORT", "80"}, {"EMPTY", ""}, {"WITH", "a=b"}});
  CHECK(capture_sources(0, nullptr, nullptr).program == "orrery");
}

TEST_CASE("load: the configuration we ship is good, and leaves bind and workers to the environment") {
  const std::string file = std::string{ORRERY_TEST_DATA_DIR} + "/../config/planets.yaml";
  const auto outcome = load_arguments({"-c", file, "-w", "2"}, {{"PORT", "9"}});
  CHECK(print_complaints("orrery", outcome.complaints).empty());
  CHECK(outcome.config.bind == std::vector<std::string>{"0.0.0.0:9"});
  CHECK(outcome.config.workers == 2);
  CHECK(outcome.notes.empty());
}

}  // namespace
}  // namespace orrery::config
