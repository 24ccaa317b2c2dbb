// What the kernel refuses a service: bytes of a file (RLIMIT_FSIZE), readers of a pipe, descriptors.
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sys/resource.h>
#include <sys/stat.h>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

void limit_files_to(rlim_t bytes) {
  const rlimit limit{bytes, RLIM_INFINITY};
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

bool serves(const ServerProcess& server) {
  return fetch(Wire::Place{0, server.file("x.sock"), false}, "GET /constant").status == 200;
}

bool whole(const std::string& line) { return line.starts_with("<") && line.ends_with(">"); }

}  // namespace

TEST_CASE("limits: logs that have reached RLIMIT_FSIZE cost their lines and nothing else") {
  const std::string where = GENERATE("files", "standard streams");
  INFO(where);
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "1", "-b", "unix:x.sock", "-k", GENERATE(from_range(kClasses))}};
  const bool files = where == "files";
  server.arguments.insert(server.arguments.end(), {"--access-logformat", "<%(U)s>", "--access-logfile"});
  server.arguments.push_back(files ? "access.log" : "-");
  if (files) server.arguments.insert(server.arguments.end(), {"--error-logfile", "error.log"});
  server.in_child = [] { limit_files_to(100); };
  server.start();
  REQUIRE(eventually([&] { return serves(server); }));
  const auto before = server.workers();
  for (int i = 0; i < 50; ++i) REQUIRE(serves(server));
  // The worker's death is a report and lines that nobody can write either.
  ::kill(before.at(0), SIGKILL);
  CHECK(eventually([&] {
    const auto now = server.workers();
    return now.size() == 1 && now != before && serves(server);
  }));
  CHECK(ServerProcess::alive(server.pid()));
  // There is room again.
  const rlimit none{RLIM_INFINITY, RLIM_INFINITY};
  ::prlimit(server.pid(), RLIMIT_FSIZE, &none, nullptr);
  ::prlimit(server.workers().at(0), RLIMIT_FSIZE, &none, nullptr);
  server.signal(SIGTTIN);
  CHECK(server.wait_for_text(files ? "error.log" : "stderr", "lines of this log were dropped: File too large"));
  CHECK(server.wait_for_workers(2));
  CHECK(server.stop() == 0);
  const std::string access = files ? "access.log" : "stdout";
  const auto lines = lines_of(server.read_file(access));
  INFO(server.read_file(access));
  CHECK(std::count_if(lines.begin(), lines.end(), whole) + 1 >= static_cast<long>(lines.size()));
}

TEST_CASE("limits: a message that standard error does not take ends nothing but the message") {
  const std::string kind = GENERATE("RLIMIT_FSIZE", "a pipe nobody reads");
  INFO(kind);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "0"}};
  server.in_child = [&kind] {
    if (kind == "RLIMIT_FSIZE") return limit_files_to(0);
    int ends[2];
    if (::pipe(ends) != 0) return;
    ::dup2(ends[1], STDERR_FILENO);
    ::close(ends[0]);
    ::close(ends[1]);
  };
  server.start();
  CHECK(server.wait_for_end() == 2);
}

TEST_CASE("limits: a daemon's failure has its exit code, whether or not it can be said") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-D", "--error-logfile", "error.log"}};
  server.environment = {{"ECHO_START", "fail"}};
  server.in_child = [] { ::dup2(::open("/dev/full", O_WRONLY), STDERR_FILENO); };
  server.start();
  CHECK(server.wait_for_end() == 4);
}

TEST_CASE("limits: too few descriptors are a sentence that says how many are needed") {
  const rlim_t most = GENERATE(as<rlim_t>{}, 8, 10, 11, 12, 13, 16);
  INFO(most);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.in_child = [most] {
    const rlimit limit{most, most};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  };
  server.start();
  CHECK(server.wait_for_end() == 1);
  INFO(server.log());
  CHECK(server.wait_for_line("the limit of open files is " + std::to_string(most) +
                             ", and this service needs at least "));
  CHECK(server.count_lines("bug:") == 0);
}

TEST_CASE("limits: so many descriptors as the sentence asks for are enough") {
  int needed = 0;
  {
    ServerProcess asking{ServerProcess::Program::kEcho, {"-w", "2", "--access-logfile", "access.log"}};
    asking.in_child = [] {
      const rlimit limit{10, 10};
      ::setrlimit(RLIMIT_NOFILE, &limit);
    };
    asking.start();
    REQUIRE(asking.wait_for_end() == 1);
    const std::string said = asking.log();
    const std::string mark = "needs at least ";
    REQUIRE(said.find(mark) != std::string::npos);
    needed = std::stoi(said.substr(said.find(mark) + mark.size()));
  }
  ServerProcess server{ServerProcess::Program::kEcho,
                       {"-w", "2", "--access-logfile", "access.log", "-p", "pid", "-k", "threads"}};
  server.in_child = [needed] {
    const rlimit limit{static_cast<rlim_t>(needed), static_cast<rlim_t>(needed)};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  };
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  server.signal(SIGHUP);
  CHECK(server.wait_for_line("Generation 2 serves"));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.count_lines("oo many open files") == 0);
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
