// Both logs in syslog, and what handlers print in the error log: capture_output.
#include <algorithm>
#include <csignal>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "e2e/classes.hpp"
#include "support/tool.hpp"

namespace orrery::test {

namespace {

/// What a machine has at /dev/log, or what listens on another one: a socket that keeps what comes.
class SyslogDaemon {
 public:
  SyslogDaemon() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
    REQUIRE(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port_ = ntohs(address.sin_port);
  }
  explicit SyslogDaemon(const std::string& path)
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  [[nodiscard]] int port() const { return port_; }

  [[nodiscard]] bool hears(const std::string& beginning, const std::string& part) {
    return eventually([&] { return count(beginning, part) > 0; }, kPatience);
  }
  /// Of the datagrams that begin so and have `part` in them.
  [[nodiscard]] std::ptrdiff_t count(const std::string& beginning, const std::string& part) {
    char bytes[16384];
    for (ssize_t got = 0; (got = ::recv(fd_.get(), bytes, sizeof bytes, 0)) > 0;)
      lines_.emplace_back(bytes, static_cast<std::size_t>(got));
    return std::ranges::count_if(lines_, [&](const std::string& line) {
      return line.starts_with(beginning) && line.find(part) != std::string::npos;
    });
  }

 private:
  base::UniqueFd fd_;
  int port_ = 0;
  std::vector<std::string> lines_;
};

}  // namespace

TEST_CASE("syslog: both logs come to the daemon of this machine, from master and workers") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--log-syslog", "--name", "sky"}};
  const std::string path = server.file("log");
  SyslogDaemon daemon{path};
  server.arguments.insert(server.arguments.end(),
                          {"--log-syslog-to", "unix:" + path, "--log-syslog-facility", "daemon"});
  REQUIRE(server.serve());
  CHECK(daemon.hears("<30>", "sky.error[" + std::to_string(server.pid()) + "]: Listening at: http://"));
  CHECK(fetch(server.port(), "GET /throw").status == 500);
  const std::string worker = std::to_string(server.workers().at(0));
  CHECK(daemon.hears("<27>", "sky.error[" + worker + "]: handler of GET /throw failed"));
  // There is no access log but that of syslog.
  CHECK(daemon.hears("<30>", "sky.access[" + worker + "]: 127.0.0.1 - - ["));
  CHECK(daemon.hears("<30>", "\"GET /throw HTTP/1.1\" 500"));
  // The error log is where it was, too.
  CHECK(server.wait_for_line("handler of GET /throw failed"));
  CHECK(server.stop() == 0);
}

TEST_CASE("syslog: over the network in the form of RFC 5424, beside an access log and without one") {
  SyslogDaemon daemon;
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--log-syslog", "--log-syslog-prefix", "night sky"}};
  server.arguments.insert(server.arguments.end(),
                          {"--log-syslog-to", "udp://localhost:" + std::to_string(daemon.port()), "--access-logfile",
                           "access.log", "--access-logformat", "%(m)s %(U)s %(s)s"});
  SECTION("both") {
    REQUIRE(server.serve());
    CHECK(fetch(server.port(), "GET /constant").status == 200);
    CHECK(daemon.hears("<14>1 2",
                       " night_sky " + std::to_string(server.workers().at(0)) + " access - GET /constant 200"));
  }
  SECTION("access lines are kept out") {
    server.arguments.emplace_back("--disable-redirect-access-to-syslog");
    REQUIRE(server.serve());
    CHECK(fetch(server.port(), "GET /constant").status == 200);
  }
  CHECK(server.wait_for_text("access.log", "GET /constant 200\n"));
  CHECK(daemon.hears("<14>1 2", " error - Generation 1 serves"));
  const bool kept_out = server.arguments.back() == "--disable-redirect-access-to-syslog";
  CHECK(server.stop() == 0);
  CHECK(daemon.hears("<14>1 2", " error - "));
  CHECK((daemon.count("<14>1 2", " access - ") == 0) == kept_out);
}

TEST_CASE("syslog: the access lines of a worker that died come there too") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--log-syslog"}};
  const std::string path = server.file("log");
  SyslogDaemon daemon{path};
  server.arguments.insert(server.arguments.end(), {"--log-syslog-to", "unix://" + path});
  REQUIRE(server.serve());
  Wire wire{server.port()};
  CHECK(wire.ask("GET /constant").status == 200);
  wire.send("GET /crash/abort HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(daemon.hears("<14>", "\"GET /constant HTTP/1.1\" 200"));
  CHECK(daemon.hears("<14>", "\"GET /crash/abort HTTP/1.1\""));
  CHECK(daemon.hears("<11>", "orrery.error["));
}

TEST_CASE("syslog: a daemon that comes late or goes is no reason to fail") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--log-syslog"}};
  const std::string path = server.file("log");
  server.arguments.insert(server.arguments.end(), {"--log-syslog-to", "unix:" + path});
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  SyslogDaemon daemon{path};
  CHECK(fetch(server.port(), "GET /throw").status == 500);
  CHECK(daemon.hears("<11>", "handler of GET /throw failed"));
  // Each process counts what it has lost itself; the master lost its first lines, and has more to say at the end.
  CHECK(server.stop() == 0);
  CHECK(daemon.hears("<12>", "not taken by syslog"));
}

TEST_CASE("syslog: a bad setting is refused with its name") {
  struct Row {
    const char* name;
    std::vector<std::string> arguments;
    const char* part;
  };
  for (const Row& row :
       {Row{"an address of TCP", {"--log-syslog-to", "tcp://localhost:514"}, "TCP is not spoken"},
        Row{"no address", {"--log-syslog-to", "/dev/log"}, "is not udp://HOST:PORT"},
        Row{"no facility", {"--log-syslog-facility", "local9"}, "`local9` is no facility of syslog"}}) {
    INFO(row.name);
    ServerProcess server{ServerProcess::Program::kEcho, row.arguments};
    server.start();
    CHECK(server.wait_for_end() == 2);
    CHECK(server.log().find(row.part) != std::string::npos);
  }
}

TEST_CASE("capture_output: what a handler prints stands in the error log, before a rotation and after") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--capture-output", "--error-logfile", "error.log"}};
  server.arguments.insert(server.arguments.end(), {"--access-logfile", "-", "-b", "unix:s.sock"});
  server.start();
  REQUIRE(server.wait_for_text("error.log", "Generation 1 serves"));
  const Wire::Place place{0, server.file("s.sock"), false};
  // Of the echo application: a line on standard error.
  CHECK(Wire{place}.ask("GET /left?ms=1").status == 200);
  CHECK(server.wait_for_text("error.log", "/left: a handler waits\n"));
  // The access log is standard output all the same.
  CHECK(server.wait_for_text("stdout", "\"GET /left?ms=1 HTTP/1.1\" 200"));
  REQUIRE(::rename(server.file("error.log").c_str(), server.file("old.log").c_str()) == 0);
  server.signal(SIGUSR1);
  REQUIRE(server.wait_for_text("error.log", "is reopened"));
  CHECK(eventually(
      [&] {
        return Wire{place}.ask("GET /left?ms=1").status == 200 &&
               server.read_file("error.log").find("/left: a handler waits\n") != std::string::npos;
      },
      kPatience));
  CHECK(server.log().empty());
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
