// Signals that come while the service starts: none is lost, and none ends it that means something else.
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>

#include "e2e/classes.hpp"
#include "support/programs.hpp"

namespace orrery::test {

namespace {

constexpr const char* kConfig = "workers: 1\nbind: 127.0.0.1:0\n";

/// A start that stands still where the configuration is read, from a FIFO: main has begun, nothing is
/// prepared yet.
class HeldStart {
 public:
  explicit HeldStart(ServerProcess& server) : server_(server) {
    ::mkfifo(server.config_file().c_str(), 0600);
    server.arguments.insert(server.arguments.end(), {"-c", server.config_file()});
    server.bind = false;
    server.start();
    REQUIRE(eventually([&] {
      writer_.reset(::open(server.config_file().c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC));
      return static_cast<bool>(writer_);
    }));
    // Whoever reads it again finds a file.
    std::filesystem::remove(server.config_file());
    server.write_config(kConfig);
  }
  void go_on() {
    const std::string text = kConfig;
    REQUIRE(::write(writer_.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    writer_.reset();
  }

 private:
  ServerProcess& server_;
  base::UniqueFd writer_;
};

/// A script that makes the program PID 1 of a namespace. Its own process goes on as the parent of that.
std::string container_of(ServerProcess& server, const std::string& program) {
  const std::string path = server.file("container");
  std::ofstream{path} << "#!/bin/sh\nexec unshare --pid --fork " << program << " \"$@\"\n";
  ::chmod(path.c_str(), 0755);
  return path;
}

bool containers_can_be_made() { return std::system("unshare --pid --fork true 2>/dev/null") == 0; }

}  // namespace

TEST_CASE("starting: a signal that says stop ends it when it can, with exit code 0") {
  const int signo = GENERATE(SIGTERM, SIGINT, SIGQUIT);
  ServerProcess server{ServerProcess::Program::kEcho, {"-p", "pid"}};
  HeldStart start{server};
  server.signal(signo);
  start.go_on();
  CHECK(server.wait_for_end() == 0);
  CHECK(server.count_lines("Handling signal: ") == 1);
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK_FALSE(std::filesystem::exists(server.file("pid")));
  CHECK(server.everybody().empty());
}

TEST_CASE("starting: a signal that says something else is obeyed later") {
  struct Row {
    int signo;
    const char* line;
  };
  const auto row = GENERATE(values<Row>({{SIGHUP, "Generation 2 serves"},
                                         {SIGUSR1, "USR1: there is no log file to reopen"},
                                         {SIGUSR2, "USR2 is refused: the service is starting"},
                                         {SIGTTIN, "The number of workers is now 2"},
                                         {SIGTTOU, "TTOU is refused: one worker is the least"}}));
  INFO(row.line);
  ServerProcess server;
  HeldStart start{server};
  server.signal(row.signo);
  start.go_on();
  CHECK(server.wait_for_line(row.line));
  REQUIRE(server.wait_for_line(" serves: "));
  CHECK(eventually([&] { return fetch(server.port(), "GET /constant").status == 200; }));
  CHECK(server.stop() == 0);
}

TEST_CASE("starting: in PID 1 too, for which the kernel would drop it") {
  if (!containers_can_be_made()) {
    WARN("skipped: no PID namespace can be made here");
    return;
  }
  const int signo = GENERATE(SIGTERM, SIGINT, SIGQUIT);
  ServerProcess server;
  server.binary = container_of(server, echo_binary());
  HeldStart start{server};
  const auto inside = ServerProcess::workers_of(server.pid());
  REQUIRE(inside.size() == 1);
  ::kill(inside[0], signo);
  start.go_on();
  CHECK(server.wait_for_end() == 0);
  CHECK(server.count_lines("Handling signal: ") == 1);
}

TEST_CASE("starting: one that is to go to the background stops before that") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-D", "-p", "pid", "--log-file", "error.log"}};
  HeldStart start{server};
  server.signal(SIGTERM);
  start.go_on();
  CHECK(server.wait_for_end() == 0);
  CHECK(server.read_file("error.log").find("Shutting down: master") != std::string::npos);
  CHECK_FALSE(std::filesystem::exists(server.file("pid")));
}

TEST_CASE("starting: TERM at any moment after exec ends it, and leaves nothing") {
  ServerProcess::Program program = ServerProcess::Program::kEcho;
  for (int round = 0; round < 12; ++round) {
    ServerProcess server{program, {"-w", "2", "-p", "pid"}};
    server.start();
    const std::string exe = "/proc/" + std::to_string(server.pid()) + "/exe";
    REQUIRE(eventually([&] {
      std::error_code gone;
      return std::filesystem::read_symlink(exe, gone) == echo_binary();
    }));
    for (int i = 0; i < round * 20000; ++i) (void)::getppid();  // each round a little later
    server.signal(SIGTERM);
    const auto code = server.wait_for_end();
    REQUIRE(code);
    // Before main begins the kernel's own course is taken, and nothing is there yet that could stay.
    const bool before_main = server.log().empty() && *code == 128 + SIGTERM;
    CHECK((*code == 0 || before_main));
    CHECK(server.everybody().empty());
    CHECK_FALSE(std::filesystem::exists(server.file("pid")));
  }
}

}  // namespace orrery::test
