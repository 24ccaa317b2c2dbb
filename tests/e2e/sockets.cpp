// Where the service listens: TCP v4 and v6, unix sockets, inherited descriptors, several at once, and what is in the
// way.
#include <arpa/inet.h>
#include <fcntl.h>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

struct Listening {
  base::UniqueFd fd;
  int port = 0;
};

Listening listen_here() {
  Listening listening{base::UniqueFd{::socket(AF_INET, SOCK_STREAM, 0)}, 0};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  ::bind(listening.fd.get(), reinterpret_cast<const sockaddr*>(&address), length);
  ::listen(listening.fd.get(), 16);
  ::getsockname(listening.fd.get(), reinterpret_cast<sockaddr*>(&address), &length);
  listening.port = ntohs(address.sin_port);
  return listening;
}

mode_t mode_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? info.st_mode : 0;
}

bool exists(const std::string& path) { return mode_of(path) != 0; }

}  // namespace

TEST_CASE("sockets: the start line, v4 and v6, two addresses") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-b", "127.0.0.1:0", "-b", "[::1]:0"}};
  REQUIRE(server.serve());
  CHECK(server.port(0) > 0);
  CHECK(server.port(1) > 0);
  CHECK(server.count_lines("Listening at: http://127.0.0.1:" + std::to_string(server.port(0)) + " (" +
                           std::to_string(server.pid()) + ")") == 1);
  CHECK(server.count_lines("Listening at: http://[::1]:") == 1);
  CHECK(fetch(server.port(0), "GET /constant").status == 200);
  const Answer v6 = fetch(Wire::Place{server.port(1), {}, true}, "GET /echo");
  CHECK(v6.status == 200);
  CHECK(v6.body.find(R"("peer":"::1")") != std::string::npos);
  CHECK(server.stop() == 0);
  CHECK(!Wire{server.port(0)}.connected());
}

TEST_CASE("sockets: a wildcard v6 address leaves v4 alone") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-b", "[::]:0"}};
  REQUIRE(server.serve());
  CHECK(Wire{Wire::Place{server.port(), {}, true}}.connected());
  CHECK(!Wire{server.port()}.connected());
}

TEST_CASE("sockets: a unix socket") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses)), "-m", "0117"}};
  const std::string path = server.file("s");
  server.arguments.insert(server.arguments.end(), {"-b", "unix:" + path});
  const Wire::Place place{0, path, false};

  SECTION("its mode, its end") {
    REQUIRE(server.serve());
    CHECK(server.count_lines("Listening at: unix:" + path) == 1);
    CHECK(mode_of(path) == (S_IFSOCK | 0660));
    const Answer answer = fetch(place, "GET /echo", "X-Request-ID: mine\r\n");
    CHECK(answer.status == 200);
    CHECK(answer.body.find(R"("peer":"unix")") != std::string::npos);
    CHECK(answer.field("X-Request-ID") == "mine");
    CHECK(server.stop() == 0);
    CHECK(!exists(path));
  }
  SECTION("one that a killed server left is taken over") {
    REQUIRE(server.serve());
    const auto workers = server.workers();
    server.signal(SIGKILL);
    CHECK(server.wait_for_end() == 128 + SIGKILL);
    REQUIRE(eventually([&] { return server.everybody().empty(); }));
    CHECK(exists(path));
    ServerProcess next{ServerProcess::Program::kEcho, {"-w", "1", "-b", "unix:" + path}};
    REQUIRE(next.serve());
    CHECK(fetch(place, "GET /constant").status == 200);
  }
  SECTION("one that is served is not") {
    REQUIRE(server.serve());
    ServerProcess next{ServerProcess::Program::kEcho, {"-w", "1", "-b", "unix:" + path}};
    next.start();
    CHECK(next.wait_for_end() == 1);
    CHECK(next.count_lines("another process listens there") == 1);
    CHECK(fetch(place, "GET /constant").status == 200);
  }
  SECTION("a file that is no socket is left alone") {
    std::ofstream{path} << "precious";
    server.start();
    CHECK(server.wait_for_end() == 1);
    CHECK(server.count_lines("is not a socket") == 1);
    CHECK(server.read_file("s") == "precious");
  }
}

TEST_CASE("sockets: a port in use ends the start with 1 and a sentence, and nothing is left behind") {
  const Listening taken = listen_here();
  const std::string address = "127.0.0.1:" + std::to_string(taken.port);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-b", "127.0.0.1:0", "-b", address, "-p", "pid"}};
  server.start();
  CHECK(server.wait_for_end() == 1);
  CHECK(server.count_lines("cannot bind " + address + ": address already in use; another process listens there") == 1);
  CHECK(lines_of(server.log()).size() == 1);
  CHECK(server.everybody().empty());
}

TEST_CASE("sockets: inherited descriptors") {
  Listening given = listen_here();
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  SECTION("fd://N") {
    server.arguments.insert(server.arguments.end(), {"-b", "fd://7"});
    server.in_child = [&given] { ::dup2(given.fd.get(), 7); };
  }
  SECTION("LISTEN_FDS, which beats every other address") {
    server.in_child = [&given] {
      const base::UniqueFd copy{::fcntl(given.fd.get(), F_DUPFD, 10)};
      ::dup2(copy.get(), 3);
      ::setenv("LISTEN_FDS", "1", 1);
      ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    };
  }
  REQUIRE(server.serve());
  CHECK(server.port() == given.port);
  CHECK(server.count_lines("Listening at") == 1);
  CHECK(fetch(given.port, "GET /constant").status == 200);
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 is ready"));
  CHECK(fetch(given.port, "GET /constant").status == 200);
  CHECK(server.stop() == 0);
  // The socket is its giver's: it is still open, and a next server can take it.
  CHECK(Wire{given.port}.connected());
}

TEST_CASE("sockets: an abstract name serves, outlives a reload and an upgrade, and is free at the end") {
  const std::string name = "@orrery-e2e-" + std::to_string(::getpid());
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses)), "-p", "pid"}};
  server.arguments.insert(server.arguments.end(), {"-b", "unix:" + name});
  const Wire::Place place{0, name, false};
  REQUIRE(server.serve());
  CHECK(server.count_lines("Listening at: unix:" + name) == 1);
  CHECK(fetch(place, "GET /echo").body.find(R"("peer":"unix")") != std::string::npos);
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("Generation 2 serves"));
  CHECK(fetch(place, "GET /constant").status == 200);
  server.signal(SIGUSR2);
  REQUIRE(server.wait_for_line("has the service now"));
  CHECK(fetch(place, "GET /constant").status == 200);
  CHECK(server.wait_for_end() == 0);
  const std::string former = std::to_string(server.pid()) + "\n";
  REQUIRE(eventually([&] { return !server.read_file("pid").empty() && server.read_file("pid") != former; }));
  const pid_t successor = std::stoi(server.read_file("pid"));
  server.adopt(successor);
  CHECK(fetch(place, "GET /constant").status == 200);
  CHECK(!exists(server.file(name)));
  ::kill(successor, SIGTERM);
  CHECK(eventually([&] { return !ServerProcess::alive(successor); }));
  CHECK(!Wire{place}.connected());
}

TEST_CASE("sockets: [::] with ipv6only=off takes both families") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-b", "[::]:0 ipv6only=off proxy_protocol=off"}};
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /echo").body.find(R"("peer":"127.0.0.1")") != std::string::npos);
  CHECK(fetch(Wire::Place{server.port(), {}, true}, "GET /echo").body.find(R"("peer":"::1")") != std::string::npos);
}

TEST_CASE("sockets: a reload to an address that overlaps the present one names both, and changes nothing") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.yaml = "bind: 0.0.0.0:0\n";
  REQUIRE(server.serve());
  const std::string own = std::to_string(server.port());
  server.write_config("bind: 127.0.0.1:" + own + "\n");
  server.signal(SIGHUP);
  REQUIRE(server.wait_for_line("cannot bind 127.0.0.1:" + own + ": it overlaps 0.0.0.0:0, where this service listens"));
  CHECK(server.count_lines("another process") == 0);
  CHECK(fetch(server.port(), "GET /constant").status == 200);
}

TEST_CASE("sockets: those that the service manager calls admin and monitor are these processes' own") {
  Listening service = listen_here();
  Listening monitor = listen_here();
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-p", "pid"}};
  const bool wanted = GENERATE(true, false);
  if (wanted) server.arguments.insert(server.arguments.end(), {"--monitor", "127.0.0.1:0"});
  server.in_child = [&] {
    const base::UniqueFd one{::fcntl(service.fd.get(), F_DUPFD, 10)};
    const base::UniqueFd other{::fcntl(monitor.fd.get(), F_DUPFD, 10)};
    ::dup2(one.get(), 3);
    ::dup2(other.get(), 4);
    ::setenv("LISTEN_FDS", "2", 1);
    ::setenv("LISTEN_FDNAMES", "orrery.socket:monitor", 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  };
  REQUIRE(server.serve());
  CHECK(fetch(service.port, "GET /constant").status == 200);
  if (!wanted) {
    CHECK(
        server.count_lines("The service manager has passed a socket named `monitor`, and the setting `monitor` is off: "
                           "nobody answers there") == 1);
    return;
  }
  CHECK(eventually([&] { return fetch(monitor.port, "GET /readyz").status == 200; }));
  CHECK(fetch(service.port, "GET /readyz").status == 404);
  server.signal(SIGUSR2);
  REQUIRE(server.wait_for_line("has the service now"));
  CHECK(server.wait_for_end() == 0);
  server.adopt(std::stoi(server.read_file("pid")));
  CHECK(eventually([&] { return fetch(monitor.port, "GET /readyz").status == 200; }));
  CHECK(fetch(service.port, "GET /constant").status == 200);
}

TEST_CASE("sockets: LISTEN_FDS meant for another process is not taken") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.environment = {{"LISTEN_FDS", "1"}, {"LISTEN_PID", "1"}};
  REQUIRE(server.serve());
  CHECK(server.count_lines("LISTEN_FDS names 1 socket of another process (LISTEN_PID is 1") == 1);
  CHECK(fetch(server.port(), "GET /constant").status == 200);
}

TEST_CASE("sockets: a descriptor that is none, or no listening socket") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  SECTION("not open") { server.arguments.insert(server.arguments.end(), {"-b", "fd://77"}); }
  SECTION("a file") { server.arguments.insert(server.arguments.end(), {"-b", "fd://1"}); }
  server.start();
  CHECK(server.wait_for_end() == 1);
  CHECK(server.count_lines("cannot use fd://") == 1);
}

TEST_CASE("sockets: closed standard descriptors are no trap") {
  if (kUnderValgrind) return;  // it does not start without them
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--log-file", "error.log", "--access-logfile", "-"}};
  server.in_child = [] {
    for (int fd = 0; fd <= 2; ++fd) ::close(fd);
  };
  server.start();
  REQUIRE(server.wait_for_text("error.log", "Generation 1 serves"));
  const std::string log = server.read_file("error.log");
  const std::size_t colon = log.find("http://127.0.0.1:") + 17;
  CHECK(fetch(std::stoi(log.substr(colon)), "GET /constant").status == 200);
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
