// A service under development (`reload`): what changes is taken at once, and failures are told to who develops.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "e2e/built_module.hpp"
#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

namespace fs = std::filesystem;

struct Bench {
  explicit Bench(std::vector<std::string> arguments = {"--reload"})
      : server{ServerProcess::Program::kOrrery, std::move(arguments)} {
    link("one");
    server.yaml = "app: ./libapp.so\nreload_extra_files: [templates]\n";
    fs::create_directory(server.file("templates"));
  }
  /// As a linker does: into the same file, in two pieces.
  void link(const std::string& module) const {
    std::ifstream from{built_module("greeting_" + module), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{from}, {}};
    std::ofstream to{server.file("libapp.so"), std::ios::trunc | std::ios::binary};
    to << bytes.substr(0, bytes.size() / 2) << std::flush << bytes.substr(bytes.size() / 2);
  }
  [[nodiscard]] std::string greets() const { return fetch(server.port(), "GET /greet/mars").body; }
  [[nodiscard]] bool soon_greets(const std::string& text) const {
    return eventually([&] { return greets() == text; }, kPatience);
  }

  ServerProcess server;
};

}  // namespace

TEST_CASE("developing: new code, new settings and other files are taken, and it is said what changed") {
  Bench bench;
  REQUIRE(bench.server.serve());
  CHECK(bench.server.workers().size() == 1);
  CHECK(bench.greets() == "hello, mars\n");
  bench.link("two");
  CHECK(bench.soon_greets("welcome, mars\n"));
  CHECK(bench.server.count_lines("Reload: libapp.so changed") == 1);
  bench.link("throws");
  CHECK(bench.server.wait_for_line("cannot make its application: the stars are wrong"));
  CHECK(bench.greets() == "welcome, mars\n");
  bench.link("one");
  CHECK(bench.soon_greets("hello, mars\n"));
  bench.server.write_config("app: ./libapp.so\nreload_extra_files: [templates]\nworkers: 2\n");
  CHECK(bench.server.wait_for_line("Reload: server.yaml changed"));
  CHECK(bench.server.wait_for_workers(2));
  std::ofstream{bench.server.file("templates/index.html")} << "<p>";
  CHECK(bench.server.wait_for_line("Reload: index.html changed"));
  CHECK(bench.server.stop() == 0);
}

TEST_CASE("developing: without the setting nothing is watched") {
  Bench bench{{"-w", "1"}};
  REQUIRE(bench.server.serve());
  CHECK(bench.server.wait_for_line("reload_extra_files has no effect without `reload`"));
  bench.link("two");
  bench.server.signal(SIGUSR1);
  CHECK(bench.server.wait_for_line("USR1"));
  CHECK(bench.greets() == "hello, mars\n");
  CHECK(bench.server.stop() == 0);
}

TEST_CASE("developing: a client on this machine is told what a handler threw, another one is not") {
  struct Row {
    const char* target;
    const char* text;
  };
  const Row rows[] = {{"/throw", "thrown on purpose"}, {"/task/throw", "thrown on purpose, later"}};
  const std::string worker_class = GENERATE(from_range(kClasses));
  const bool reload = GENERATE(false, true);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", worker_class}};
  if (reload) server.arguments.emplace_back("--reload");
  REQUIRE(server.serve());
  for (const Row& row : rows) {
    INFO(worker_class << " " << reload << " " << row.target);
    const std::string question = std::string{"GET "} + row.target;
    const Answer near = fetch(server.port(), question);
    CHECK(near.status == 500);
    CHECK((near.body.find(row.text) != std::string::npos) == reload);
    const Answer far = fetch(server.port(), question, "X-Forwarded-For: 192.0.2.7\r\n");
    CHECK(far.status == 500);
    CHECK(far.body.find(row.text) == std::string::npos);
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("developing: a program with its application in it starts anew in its place") {
  ServerProcess server{ServerProcess::Program::kEcho, {"--reload", "--pid", "echo.pid"}};
  const char* const echo = std::getenv("ORRERY_ECHO");
  REQUIRE(echo != nullptr);
  server.binary = server.file("service");
  fs::copy_file(echo, server.binary);
  REQUIRE(server.serve());
  const auto workers = server.workers();
  fs::copy_file(echo, server.file("fresh"));
  fs::rename(server.file("fresh"), server.binary);
  CHECK(server.wait_for_line("Reload: service changed"));
  CHECK(eventually([&] { return server.count_lines("Generation 1 serves") == 2; }, kPatience));
  CHECK(server.alive(server.pid()));
  CHECK(server.workers() != workers);
  CHECK(fetch(server.port(1), "GET /").status != 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("developing: what cannot be together is refused, and what has no effect is said") {
  Bench preloaded{{"--reload", "--preload", "--check-config"}};
  preloaded.server.start();
  CHECK(preloaded.server.wait_for_end() == 2);
  CHECK(count_in(preloaded.server.log(), "leave one of them out") == 1);
  Bench single{{"--reload", "--single"}};
  REQUIRE(single.server.serve());
  CHECK(single.server.wait_for_line("reload has no effect with --single"));
  CHECK(single.server.stop() == 0);
}

}  // namespace orrery::test
