// Workers that die: each death has one report that says why, in which request and where.
#include <sys/resource.h>

#include "e2e/classes.hpp"
#include "e2e/memory_group.hpp"
#include "support/programs.hpp"

namespace orrery::test {

namespace {

/// The report: the one line that begins with "Worker 1 " and is no everyday one.
std::string report(const ServerProcess& server) {
  std::string found;
  for (const std::string& line : lines_of(server.log())) {
    if (line.find("[ERROR]") != std::string::npos && line.find(", generation 1) ") != std::string::npos)
      found += line + "\n";
  }
  return found;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("deaths: a crash in a handler") {
  struct Row {
    const char* how;
    const char* signal;
    const char* place;
  };
  const auto row = GENERATE(values<Row>({{"segv", "SIGSEGV", "crash_by_null"},
                                         {"abort", "SIGABRT", "crash+0x"},
                                         {"fpe", "SIGFPE", "crash_by_division"},
                                         {"overflow", "SIGSEGV", "crash_by_overflow"},
                                         {"exit", "exit code 7", ""}}));
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  INFO(row.how);
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  const auto before = server.workers();
  Wire wire{server.port()};
  CHECK(wire.ask(std::string("GET /crash/") + row.how).status == 0);
  REQUIRE(eventually([&] { return !report(server).empty(); }));
  const std::string text = report(server);
  INFO(text);
  CHECK(count_in(text, "\n") == 1);
  CHECK(says(text, "(pid " + std::to_string(before[0]) + ", generation 1) died (" + row.signal));
  CHECK(says(text, std::string("requests in flight: 1: GET /crash/") + row.how + " (id "));
  CHECK(says(text, "finished before, the last first: GET /constant 200"));
  CHECK(says(text, row.place));
  CHECK(says(text, "; stack") == (row.place[0] != '\0'));
  CHECK(eventually([&] { return fetch(server.port(), "GET /constant").status == 200; }));
  CHECK(server.stop() == 0);
}

TEST_CASE("deaths: a handler that holds up the loop is sampled, then ended, and the report shows where it was") {
  if (sanitizer() == "thread") return;
  struct Row {
    const char* target;
    const char* place;
  };
  const auto row = GENERATE(values<Row>({{"GET /crash/spin", "spin_for_ever"},
                                         {"GET /crash/deadlock", "lock_twice"},
                                         {"GET /sleep?ms=60000", "sleep_and_answer"}}));
  const std::string worker_class = GENERATE("async", "sync");
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", worker_class}};
  server.yaml = "timeout: 2s\nrequest_deadline: 2s\n";
  INFO(row.target << " " << worker_class);
  REQUIRE(server.serve());
  Wire wire{server.port()};
  wire.send(request(row.target));
  REQUIRE(eventually([&] { return !report(server).empty(); }));
  const std::string text = report(server);
  INFO(server.log());
  CHECK(says(text, "was ended"));
  CHECK(says(text, "requests in flight: 1: GET /"));
  CHECK(says(text, "; stack (signal sent by pid " + std::to_string(server.pid()) + "): "));
  CHECK(says(text, row.place));
  int samples = 0;
  for (const std::string& line : lines_of(server.log()))
    samples += says(line, "% of the time is used up; stack: ") && says(line, row.place) ? 1 : 0;
  CHECK(samples >= 1);
  CHECK(server.stop() == 0);
}

TEST_CASE("deaths: of a stuck handler thread there are samples with its request") {
  if (sanitizer() == "thread") return;
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", "threads", "--threads", "2"}};
  server.yaml = "request_deadline: 2s\n";
  REQUIRE(server.serve());
  Wire wire{server.port()};
  wire.send(request("GET /crash/deadlock"));
  REQUIRE(server.wait_for_line("is in GET /crash/deadlock (id "));
  CHECK(server.wait_for_line("lock_twice"));
  CHECK(wire.read().status == 504);
}

TEST_CASE("deaths: a stopped worker is recognised") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.yaml = "timeout: 1s\n";
  REQUIRE(server.serve());
  ::kill(server.workers()[0], SIGSTOP);
  REQUIRE(eventually([&] { return !report(server).empty(); }));
  CHECK(says(report(server), "(SIGKILL, it had been stopped by SIGSTOP)"));
  CHECK(server.stop() == 0);
}

TEST_CASE("deaths: kill -9, and a signal somebody sent") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const bool kill = GENERATE(true, false);
  ::kill(server.workers()[0], kill ? SIGKILL : SIGSEGV);
  REQUIRE(eventually([&] { return !report(server).empty(); }));
  const std::string text = report(server);
  INFO(text);
  if (kill)
    CHECK(says(text, "died (SIGKILL, not by us)"));
  else
    CHECK(says(text,
               "; stack (signal sent by pid " + std::to_string(::getpid()) + ")"));  // to whichever thread
  CHECK(server.stop() == 0);
}

TEST_CASE("deaths: a worker that was told to go by hand is restarted, and that is no crash") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const int signo = GENERATE(SIGQUIT, SIGINT);
  const std::string worker = std::to_string(server.workers()[0]);
  ::kill(server.workers()[0], signo);
  REQUIRE(server.wait_for_line("Worker 1 (pid " + worker +
                               ") left by itself or by a signal of somebody else (exit code 0): it is restarted"));
  CHECK(eventually([&] { return fetch(server.port(), "GET /constant").status == 200; }));
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.count_lines(" died ") == 0);
  CHECK(server.stop() == 0);
}

TEST_CASE("deaths: a crash loop is answered by one try at a time, and is over when a worker has served") {
  // Without a quarantine, which would end it after two deaths.
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "3", "--quarantine", "0"}};
  REQUIRE(server.serve());
  const auto crash = [&] { fetch(server.port(), "GET /crash/segv"); };
  CHECK(eventually([&] { return crash(), server.count_lines("this is a crash loop") > 0; }, kPatience));
  CHECK(server.wait_for_line("The crash loop is over: a replacement has served 5 s", 2 * kPatience));
  CHECK(server.wait_for_workers(3));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.count_lines("this is a crash loop") == 1);
  CHECK(server.stop() == 0);
}

TEST_CASE("deaths: a start hook that exits") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.environment = {{"ECHO_START", "exit"}};
  server.start();
  CHECK(server.wait_for_end() == 3);
  CHECK(says(report(server), "ended before it was ready (exit code 7)"));
}

TEST_CASE("deaths: memory that is refused to a handler costs its request, not the worker") {
  if (sanitized()) return;
  if (kUnderValgrind) return;
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.in_child = [] {
    const rlimit limit{rlim_t{2} << 30, rlim_t{2} << 30};
    ::setrlimit(RLIMIT_AS, &limit);
  };
  REQUIRE(server.serve());
  const auto before = server.workers();
  Wire wire{server.port()};
  CHECK(wire.ask("GET /crash/memory").status == 500);
  CHECK(wire.ask("GET /constant").status == 200);
  CHECK(server.workers() == before);
  CHECK(server.wait_for_line("handler of GET /crash/memory failed: std::bad_alloc"));
  CHECK(server.stop() == 0);
}

TEST_CASE("deaths: killed because the memory of its cgroup is used up") {
  if (sanitized()) return;
  const MemoryGroup group{96 << 20};
  if (!group.made()) {
    WARN("skipped: no memory cgroup can be made here; unit tests read the counters of an imagined one");
    return;
  }
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.in_child = [&] { group.enter(); };
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /grow?bytes=400000000").status == 0);
  REQUIRE(eventually([&] { return !report(server).empty(); }));
  const std::string text = report(server);
  INFO(text);
  CHECK(says(text, "died (SIGKILL, by the kernel: out of memory in the cgroup)"));
  CHECK(says(text, "requests in flight: 1: GET /grow (id "));
  CHECK(eventually([&] { return fetch(server.port(), "GET /constant").status == 200; }));
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
