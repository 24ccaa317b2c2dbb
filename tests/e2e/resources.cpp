// What a worker does when something runs out: descriptors, space for logs, its clients' patience and ours.
#include <filesystem>
#include <fstream>
#include <set>
#include <sys/resource.h>
#include <unistd.h>

#include "e2e/classes.hpp"
#include "support/programs.hpp"

namespace orrery::test {

namespace {

std::set<int> descriptors_of(pid_t pid) {
  std::set<int> open;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/fd"}) {
    open.insert(std::stoi(entry.path().filename().string()));
  }
  return open;
}

/// The number the next descriptor of this process would get.
std::size_t next_descriptor(pid_t pid) {
  int next = 0;
  for (const int fd : descriptors_of(pid)) next += fd == next ? 1 : 0;
  return static_cast<std::size_t>(next);
}

void limit_descriptors(pid_t pid, std::size_t most) {
  rlimit limit{};
  REQUIRE(::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit) == 0);
  limit.rlim_cur = most;
  REQUIRE(::prlimit(pid, RLIMIT_NOFILE, &limit, nullptr) == 0);
}

/// From now on the process gets so many bytes more, and no further ones. Not for sanitizers, which reserve terabytes.
[[maybe_unused]] void limit_addresses(pid_t pid, std::size_t more) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/statm"};
  std::size_t pages = 0;
  REQUIRE(file >> pages);
  const rlim_t most = pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) + more;
  const rlimit limit{most, most};
  REQUIRE(::prlimit(pid, RLIMIT_AS, &limit, nullptr) == 0);
}

/// Resident memory in KiB that is the process's own.
std::size_t private_memory(pid_t pid) {
  std::ifstream file{"/proc/" + std::to_string(pid) + "/smaps_rollup"};
  std::size_t total = 0;
  for (std::string word; file >> word;) {
    std::size_t size = 0;
    if ((word == "Private_Clean:" || word == "Private_Dirty:") && file >> size) total += size;
  }
  return total;
}

/// Lets this test hold as many connections as the system allows.
std::size_t raise_own_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

/// A client that holds a connection without finishing anything on it.
struct Idler {
  std::unique_ptr<Wire> wire;
  std::string drip;  ///< sent a byte at a time, over and over
  std::size_t at = 0;

  void go_on() {
    if (!drip.empty() && wire->ended().empty()) wire->send(drip.substr(at++ % drip.size(), 1), 0ms);
    wire->read_some(1, 0ms);
  }
};

}  // namespace

TEST_CASE("resources: without descriptors a worker serves what it has, and recovers by itself") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto workers = server.workers();
  Wire busy{server.port()};
  busy.send("GET /constant HTTP/1.1\r\nHost: a\r\n");
  Wire other{server.port()};
  REQUIRE(other.ask("GET /constant").status == 200);
  limit_descriptors(workers[0], next_descriptor(workers[0]));
  // None is left: the idle connection makes room for the next.
  Wire next{server.port()};
  CHECK(next.ask("GET /constant").status == 200);
  CHECK(other.closes_within());
  CHECK(server.count_lines("cannot accept connections: Too many open files") == 1);
  // Now nobody is idle: the last one waits outside until there is room.
  next.send("GET /constant HTTP/1.1\r\n");
  Wire last{server.port()};
  last.send(request("GET /constant"));
  busy.send("\r\n");
  CHECK(busy.read().status == 200);
  CHECK(last.read().status == 200);
  next.send("Host: a\r\n\r\n");
  CHECK(next.read().status == 200);
  limit_descriptors(workers[0], 1000);
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.workers() == workers);
}

TEST_CASE("resources: whatever accept says, who waits is taken in") {
  struct Row {
    std::vector<int> errors;
    std::string complaint;  ///< logged once; empty = nothing is
  };
  const Row row =
      GENERATE(Row{{EINTR, ECONNABORTED, EPROTO, ENETDOWN, EHOSTUNREACH, EPERM}, ""},
               Row{{ENOMEM, ENOMEM, EINTR}, "Cannot allocate memory"}, Row{{ENOBUFS}, "No buffer space available"},
               Row{{ENFILE, EMFILE}, "Too many open files in system"});
  std::string errors;
  for (const int error : row.errors) errors += std::to_string(error) + " ";
  INFO(errors);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.environment.emplace_back("ECHO_ACCEPT_FAULTS", errors);
  REQUIRE(server.serve());
  const auto workers = server.workers();
  Wire first{server.port()};
  CHECK(first.ask("GET /constant").status == 200);
  CHECK(server.count_lines("cannot accept connections") == (row.complaint.empty() ? 0 : 1));
  CHECK(server.count_lines("cannot accept connections: " + row.complaint) == (row.complaint.empty() ? 0 : 1));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(first.ask("GET /constant").status == 200);
  CHECK(server.workers() == workers);
  CHECK(server.stop() == 0);
}

TEST_CASE("resources: a body for which there is no memory costs its request, not the worker") {
  if (sanitized()) return;
  if (kUnderValgrind) return;  // its memory is limited with the worker's
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.yaml = "limit_request_body: 1g\nclient_body_buffer_size: 0\n";
  REQUIRE(server.serve());
  const pid_t worker = server.workers().at(0);
  Wire other{server.port()};
  REQUIRE(other.ask("GET /constant").status == 200);
  limit_addresses(worker, 20 << 20);

  SECTION("by length") {
    Wire wire{server.port()};
    CHECK(wire.send(request("POST /echo", "Content-Length: 80000000\r\n") + std::string(80'000'000, 'x')));
    CHECK(wire.read().status == 503);
    CHECK(server.wait_for_line("(no_memory, target /echo)"));
  }
  SECTION("in chunks") {
    std::string chunks = request("POST /echo", "Transfer-Encoding: chunked\r\n");
    for (int i = 0; i < 80; ++i) chunks += "f4240\r\n" + std::string(1'000'000, 'x') + "\r\n";
    Wire wire{server.port()};
    CHECK(wire.send(chunks));
    CHECK(wire.read().status == 503);
    CHECK(server.wait_for_line("(no_memory, target /echo)"));
  }
  SECTION("the answer is read where the client waits for it") {
    std::vector<std::unique_ptr<Wire>> wires;
    int answered = 0;
    for (int i = 0; i < 40 && answered == 0; ++i) {
      wires.push_back(std::make_unique<Wire>(server.port()));
      wires.back()->send(request("POST /echo", "Content-Length: 3000000\r\n") + std::string(1'500'000, 'x'), 200ms);
      answered = wires.back()->read(100ms).status;
    }
    CHECK(answered == 503);
  }
  CHECK(other.ask("GET /constant").status == 200);
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.workers() == std::vector<pid_t>{worker});
  CHECK(server.stop() == 0);
}

TEST_CASE("resources: logs that cannot be written cost their lines and nothing else") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.yaml = "accesslog: /dev/full\n";
  REQUIRE(server.serve());
  const auto workers = server.workers();
  Wire wire{server.port()};
  for (int i = 0; i < 2000; ++i) REQUIRE(wire.ask("GET /constant").status == 200);
  REQUIRE(server.wait_for_line("No space left on device"));
  CHECK(wire.ask("GET /constant").status == 200);
  CHECK(server.workers() == workers);
  CHECK(server.stop() == 0);
}

TEST_CASE("resources: a client that sends and never reads is paused") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const pid_t worker = server.workers().at(0);
  REQUIRE(fetch(server.port(), "GET /constant").status == 200);
  const std::size_t before = private_memory(worker);
  std::string many;
  for (int i = 0; i < 2000; ++i) many += request("GET /constant");
  Wire wire{server.port()};
  std::size_t sent = 0;
  while (sent < 200'000'000 && wire.send(many, 500ms)) sent += many.size();
  INFO("took " << sent << " bytes");
  CHECK(sent < 100'000'000);
  CHECK(private_memory(worker) < before + 4096 * static_cast<std::size_t>(kSlowness));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
}

TEST_CASE("resources: a thousand clients that are in no hurry are all cut off, and nobody waits for them") {
  REQUIRE(raise_own_limit() > 1200);
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml =
      "workers: 1\nheader_timeout: 3s\nbody_timeout: 3s\nwrite_timeout: 3s\nkeepalive: 3s\nmin_rate: 100k\n"
      "limit_request_body: 100m\n";
  REQUIRE(server.serve());
  Wire healthy{server.port()};
  REQUIRE(healthy.ask("GET /constant").status == 200);
  const pid_t worker = server.workers().at(0);
  const std::size_t at_rest = descriptors_of(worker).size();
  const std::string heads = "GET /echo HTTP/1.1\r\nHost: a\r\nA: " + std::string(1000, 'a');
  const std::string body = request("POST /echo", "Content-Length: 1000000\r\n");
  const std::string large = request("GET /pull?bytes=30000000");
  std::vector<Idler> idlers(1000);
  for (std::size_t i = 0; i < idlers.size(); ++i) {
    Idler& idler = idlers[i];
    idler.wire = std::make_unique<Wire>(server.place(), i % 4 == 3 ? 4096 : 0);
    REQUIRE(idler.wire->connected());
    if (i % 4 == 1) idler.drip = heads;
    if (i % 4 == 2) idler.wire->send(body);
    if (i % 4 == 2) idler.drip = "x";
    if (i % 4 == 3) idler.wire->send(large);
  }
  const auto end = std::chrono::steady_clock::now() + 30s * kSlowness;
  std::size_t left = idlers.size();
  while (left > 0 && std::chrono::steady_clock::now() < end) {
    REQUIRE(healthy.ask("GET /constant").status == 200);
    for (Idler& idler : idlers) idler.go_on();
    left = descriptors_of(worker).size() - at_rest;
  }
  CHECK(left == 0);
  CHECK(server.workers() == std::vector<pid_t>{worker});
}

}  // namespace orrery::test
