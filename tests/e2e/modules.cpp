// Applications as shared objects: served by the program, new code by HUP, and refused in a sentence.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "e2e/built_module.hpp"
#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

namespace fs = std::filesystem;

/// A service whose application can be put in place.
struct Host {
  explicit Host(const std::string& module, std::vector<std::string> arguments = {"-w", "2"})
      : server{ServerProcess::Program::kOrrery, std::move(arguments)} {
    install(module);
    server.yaml = "app: ./libapp.so\n";
  }
  /// As `install` and `mv` do.
  void install(const std::string& module) const {
    fs::copy_file(built_module(module), server.file("fresh"), fs::copy_options::overwrite_existing);
    fs::rename(server.file("fresh"), server.file("libapp.so"));
  }
  /// As `cp` does: into the same file.
  void overwrite(const std::string& bytes) const {
    std::ofstream{server.file("libapp.so"), std::ios::trunc | std::ios::binary} << bytes;
  }
  [[nodiscard]] std::string greets() const { return fetch(server.port(), "GET /greet/mars").body; }

  ServerProcess server;
};

struct Row {
  const char* module;
  const char* sentence;
};
const Row kRefused[] = {
    {"greeting_none", "libapp.so is no application of Orrery: it has no ORRERY_APP(make_app)"},
    {"greeting_throws", "libapp.so cannot make its application: the stars are wrong"},
    {"greeting_other_version", "libapp.so was compiled with the headers of Orrery 0.9.0, and this is "},
    {"greeting_other_form", "libapp.so was compiled with another standard library, or with other options"},
    {"greeting_unresolved", "undefined symbol"},
    {"greeting_wrong_route", "no slash"},
};

}  // namespace

TEST_CASE("modules: an application is served, in every class") {
  Host host{"greeting_one", {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  if (GENERATE(false, true)) {
    host.server.yaml.clear();
    host.server.arguments.insert(host.server.arguments.begin(), "./libapp.so");
  }
  REQUIRE(host.server.serve());
  CHECK(host.greets() == "hello, mars\n");
  CHECK(fetch(host.server.port(), "GET /later").body == "hello, later\n");
  CHECK(fetch(host.server.port(), "GET /teapot").status == 418);
  CHECK(fetch(host.server.port(), "GET /planets").status == 404);
  CHECK(fetch(host.server.port(), "GET /greet/x", "Origin: https://greeting.example\r\n")
            .field("Access-Control-Allow-Origin") == "https://greeting.example");
  CHECK(host.server.stop() == 0);
  CHECK(host.server.count_lines("[ERROR]") == 0);
}

TEST_CASE("modules: HUP takes new code, and a bad one is refused while the old one serves") {
  Host host{"greeting_one"};
  REQUIRE(host.server.serve());
  CHECK(host.greets() == "hello, mars\n");
  host.install("greeting_two");
  const auto before = host.server.workers();
  ::kill(before[0], SIGKILL);
  CHECK(eventually([&] { return host.server.workers() != before && host.server.workers().size() == 2; }, kPatience));
  for (int i = 0; i < 10; ++i) CHECK(host.greets() == "hello, mars\n");  // a generation has one code
  host.server.signal(SIGHUP);
  REQUIRE(host.server.wait_for_line("Generation 2 serves: 2 of 2"));
  REQUIRE(host.server.wait_for_workers(2));
  CHECK(host.greets() == "welcome, mars\n");
  int given_up = 0;
  for (const Row& row : kRefused) {
    INFO(row.module);
    host.install(row.module);
    host.server.signal(SIGHUP);
    CHECK(host.server.wait_for_line(row.sentence));
    ++given_up;
    REQUIRE(eventually([&] { return host.server.count_lines(" is given up, ") == given_up; }, kPatience));
    CHECK(host.greets() == "welcome, mars\n");
  }
  fs::remove(host.server.file("libapp.so"));
  host.server.signal(SIGHUP);
  CHECK(host.server.wait_for_line("libapp.so: No such file or directory"));
  CHECK(host.greets() == "welcome, mars\n");
  CHECK(host.server.stop() == 0);
}

TEST_CASE("modules: the admin process tells of routes that only workers know, over new code too") {
  Host host{"greeting_one", {"-w", "2", "--admin", "unix:admin.sock"}};
  REQUIRE(host.server.serve());
  const Wire::Place admin{0, host.server.file("admin.sock"), false};
  const auto counts = [&](const std::string& text) {
    return eventually([&] { return count_in(Wire{admin}.ask("GET /metrics").body, text) == 1; }, kPatience);
  };
  const std::string greeted = R"(orrery_route_requests_total{route="/greet/{name}",method="GET",status="200"} )";
  CHECK(host.greets() == "hello, mars\n");
  CHECK(host.greets() == "hello, mars\n");
  CHECK(counts(greeted + "2\n"));
  host.install("greeting_settings");
  host.server.signal(SIGHUP);
  REQUIRE(host.server.wait_for_line("Generation 2 serves: 2 of 2"));
  REQUIRE(host.server.wait_for_workers(2));
  CHECK(host.greets() == "hello, mars\n");
  CHECK(counts(greeted + "3\n"));
  CHECK(host.server.stop() == 0);
}

TEST_CASE("modules: a file that is overwritten in its place harms nobody") {
  Host host{"greeting_one", {"-w", "1"}};
  REQUIRE(host.server.serve());
  const auto workers = host.server.workers();
  host.overwrite("");
  CHECK(host.greets() == "hello, mars\n");
  host.overwrite(std::string(100'000, '\x90'));
  CHECK(fetch(host.server.port(), "GET /later").body == "hello, later\n");
  CHECK(host.server.workers() == workers);
  CHECK(host.server.stop() == 0);
}

TEST_CASE("modules: what cannot be served ends the start with 4, in a sentence") {
  const bool preload = GENERATE(false, true);
  for (const Row& row : kRefused) {
    INFO(row.module << (preload ? ", preloaded" : ""));
    Host host{row.module, {"-w", "1"}};
    if (preload) host.server.arguments.emplace_back("--preload");
    host.server.start();
    CHECK(host.server.wait_for_end() == 4);
    CHECK(count_in(host.server.log(), row.sentence) >= 1);
    CHECK(host.server.everybody().empty());
  }
}

TEST_CASE("modules: --check-config tells it") {
  const auto check = [](Host& host) {
    host.server.arguments = {"--check-config"};
    host.server.start();
    return host.server.wait_for_end();
  };
  Host good{"greeting_one"};
  CHECK(check(good) == 0);
  CHECK(good.server.output() == "the configuration is good\n");
  for (const Row& row : kRefused) {
    INFO(row.module);
    Host host{row.module};
    CHECK(check(host) == 2);
    CHECK(count_in(host.server.log(), row.sentence) == 1);
  }
  Host none{"greeting_one"};
  fs::remove(none.server.file("libapp.so"));
  CHECK(check(none) == 2);
  CHECK(count_in(none.server.log(), "libapp.so: No such file or directory") == 1);
}

TEST_CASE("modules: preload_app loads it once, in the master") {
  Host host{"greeting_one", {"-w", "2", "--preload"}};
  REQUIRE(host.server.serve());
  host.install("greeting_two");
  const auto before = host.server.workers();
  host.server.signal(SIGHUP);
  CHECK(eventually([&] { return host.server.workers() != before && host.server.workers().size() == 2; }, kPatience));
  CHECK(host.greets() == "hello, mars\n");
  CHECK(host.server.stop() == 0);
}

TEST_CASE("modules: --single serves one too") {
  Host host{"greeting_one", {"--single"}};
  host.server.start();
  REQUIRE(host.server.wait_for_line("Generation 1 serves"));
  CHECK(host.greets() == "hello, mars\n");
  CHECK(host.server.stop() == 0);
}

}  // namespace orrery::test
