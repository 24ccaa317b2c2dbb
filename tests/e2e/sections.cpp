// The settings of an application itself: in the file and on the command line, at start and at HUP, in the program and
// in a module.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>

#include "e2e/built_module.hpp"
#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// A service with ECHO_ROUTES=settings.
struct Service {
  explicit Service(std::vector<std::string> arguments = {"-w", "2"})
      : server(ServerProcess::Program::kEcho, std::move(arguments)) {
    server.environment.emplace_back("ECHO_ROUTES", "settings");
  }
  [[nodiscard]] std::string says() const { return fetch(server.port(), "GET /settings").body; }
  void reload(const std::string& yaml) const {
    server.write_config(yaml);
    server.signal(SIGHUP);
  }
  ServerProcess server;
};

const std::string kBase = "bind: 127.0.0.1:0\n";

}  // namespace

TEST_CASE("sections: an application gets its settings, in every class") {
  Service service{{"-w", "1", "-k", GENERATE(from_range(kClasses)), "--app-page", "7"}};
  std::ofstream{service.server.file("token")} << "four\n";
  service.server.yaml = "app_settings:\n  page: 5\n  patience: 2s\n  token: token\n";
  service.server.environment.emplace_back("ECHO_GREETING", "welcome");
  REQUIRE(service.server.serve());
  CHECK(service.says() == "welcome 7 2000 4\n");
  CHECK(service.server.stop() == 0);
  CHECK(service.server.count_lines("four") == 0);
}

TEST_CASE("sections: HUP gives new workers new values, what was counted goes on, and nothing wrong is taken") {
  Service service;
  service.server.yaml = kBase + "app_settings: {page: 5}\n";
  REQUIRE(service.server.serve());
  CHECK(service.says() == "hello 5 500 0\n");
  service.reload(kBase + "app_settings: {page: 6}\n");
  REQUIRE(service.server.wait_for_line("Generation 2 serves: 2 of 2"));
  REQUIRE(service.server.wait_for_workers(2));
  CHECK(service.server.wait_for_line("Reload: app_settings.page: 5 -> 6"));
  CHECK(service.says() == "hello 6 500 0\n");
  CHECK(fetch(service.server.port(), "GET /asked").body == "2");

  struct Row {
    const char* yaml;
    const char* sentence;
  };
  const Row rows[] = {
      {"app_settings: {page: 600}\n", ":2:22: app_settings.page: 600 is out of range; it must be 1 to 100"},
      {"app_settings: {pag: 6}\n", ":2:16: the application has no setting `pag`; did you mean `page`?"},
      {"app_settings: {greeting: throw}\n", "the application cannot be made: that is no greeting"},
      {"app_settings: {token: missing}\n", "app_settings.token: its value is the path of a file that holds the secret"},
  };
  int refused = 0;
  REQUIRE(service.server.wait_for_workers(2));
  const auto workers = service.server.workers();
  for (const Row& row : rows) {
    INFO(row.yaml);
    service.reload(kBase + row.yaml);
    ++refused;
    REQUIRE(eventually([&] { return service.server.count_lines("Reload refused") == refused; }, kPatience));
    CHECK(service.server.count_lines(row.sentence) == 1);
    CHECK(service.server.workers() == workers);
    CHECK(service.says() == "hello 6 500 0\n");
  }
  // A worker that takes a dead one's place has the settings of its generation.
  ::kill(workers[0], SIGKILL);
  REQUIRE(eventually([&] { return service.server.workers() != workers && service.server.workers().size() == 2; },
                     kPatience));
  for (int i = 0; i < 10; ++i) CHECK(service.says() == "hello 6 500 0\n");
  CHECK(service.server.stop() == 0);
}

TEST_CASE("sections: another secret in the same file is taken at HUP") {
  Service service{{"-w", "1"}};
  std::ofstream{service.server.file("token")} << "four";
  service.server.yaml = kBase + "app_settings: {token: token}\n";
  REQUIRE(service.server.serve());
  CHECK(service.says() == "hello 20 500 4\n");
  std::ofstream{service.server.file("token")} << "seven77";
  service.server.signal(SIGHUP);
  REQUIRE(service.server.wait_for_line("Generation 2 serves: 1 of 1"));
  REQUIRE(service.server.wait_for_workers(1));
  CHECK(service.says() == "hello 20 500 7\n");
  CHECK(service.server.count_lines("app_settings.token: its file holds something else") == 1);
  CHECK(service.server.stop() == 0);
}

TEST_CASE("sections: a start with a wrong one ends with 2, and --check-config tells it") {
  const bool check = GENERATE(false, true);
  Service service{check ? std::vector<std::string>{"--check-config"} : std::vector<std::string>{}};
  service.server.yaml = "app_settings:\n  page: 0\n  pag: 1\n";
  service.server.start();
  CHECK(service.server.wait_for_end() == 2);
  CHECK(service.server.count_lines(":2:9: app_settings.page: 0 is out of range; it must be 1 to 100") == 1);
  CHECK(service.server.count_lines(":3:3: the application has no setting `pag`; did you mean `page`?") == 1);
}

TEST_CASE("sections: an application that cannot be made of its settings ends the start in a sentence") {
  const bool check = GENERATE(false, true);
  Service service{{"--app-greeting", "throw"}};
  if (check) service.server.arguments.emplace_back("--check-config");
  service.server.start();
  CHECK(service.server.wait_for_end() == (check ? 2 : 4));
  CHECK(service.server.count_lines("the application cannot be made: that is no greeting") == 1);
}

TEST_CASE("sections: a module has settings too, checked where it is loaded") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1"}};
  if (GENERATE(false, true)) server.arguments.emplace_back("--preload");
  std::filesystem::copy_file(built_module("greeting_settings"), server.file("libapp.so"));
  const std::string base = kBase + "app: ./libapp.so\n";
  server.yaml = base + "app_settings: {times: 2}\n";
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /greet/mars").body == "hello, hello, mars\n");
  server.write_config(base + "app_settings: {times: 3, greeting: hi}\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 serves"));
  REQUIRE(server.wait_for_workers(1));
  CHECK(fetch(server.port(), "GET /greet/mars").body == "hi, hi, hi, mars\n");
  server.write_config(base + "app_settings: {times: 4}\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line(":3:23: app_settings.times: 4 is out of range; it must be 1 to 3"));
  CHECK(fetch(server.port(), "GET /greet/mars").body == "hi, hi, hi, mars\n");
  CHECK(server.stop() == 0);
}

TEST_CASE("sections: a module without settings refuses them") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"--check-config", "--app-times", "2", "./libapp.so"}};
  std::filesystem::copy_file(built_module("greeting_one"), server.file("libapp.so"));
  server.start();
  CHECK(server.wait_for_end() == 2);
  CHECK(server.count_lines("--app-times: the application has no settings of its own; remove them") == 1);
}

}  // namespace orrery::test
