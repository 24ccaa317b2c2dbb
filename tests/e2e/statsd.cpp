// What is sent to a StatsD server: counts of a real service, over UDP and to a unix socket.
#include <cmath>
#include <csignal>
#include <map>
#include <netinet/in.h>
#include <sstream>
#include <sys/socket.h>
#include <sys/un.h>

#include "e2e/watched.hpp"

namespace orrery::test {

namespace {

/// Takes datagrams in, and adds the counts up.
class StatsdServer {
 public:
  /// At a port of 127.0.0.1 that the kernel chooses.
  StatsdServer() : fd_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
    REQUIRE(::getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port_ = ntohs(address.sin_port);
  }
  explicit StatsdServer(const std::string& path)
      : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }
  [[nodiscard]] int port() const { return port_; }

  /// Waits for the sum of a counter, or the last value of a gauge; its tags stand behind the name.
  [[nodiscard]] bool hears(const std::string& name, double value) {
    return eventually(
        [&] {
          take_in();
          const auto found = values_.find(name);
          return found != values_.end() && found->second == value;
        },
        kPatience);
  }
  [[nodiscard]] bool has(const std::string& name) const { return values_.contains(name); }
  /// Everything that has come.
  void take_in() {
    char bytes[65536];
    for (ssize_t got = 0; (got = ::recv(fd_.get(), bytes, sizeof bytes, 0)) > 0;) {
      std::istringstream lines(std::string(bytes, static_cast<std::size_t>(got)));
      for (std::string line; std::getline(lines, line);) take_line(line);
    }
  }

 private:
  /// NAME:VALUE|TYPE[|@RATE][|#TAGS]
  void take_line(const std::string& line) {
    const std::size_t colon = line.find(':'), bar = line.find('|'), tags = line.find("|#");
    if (colon == std::string::npos || bar == std::string::npos) return;
    const double value = std::atof(line.c_str() + colon + 1);
    std::string name = line.substr(0, colon) + (tags == std::string::npos ? "" : line.substr(tags + 1));
    const std::string type = line.substr(bar + 1, line.find('|', bar + 1) - bar - 1);
    if (type == "c") values_[name] += value;
    if (type == "g") values_[name] = value;
    if (type != "ms") return;
    const std::size_t rate = line.find("|@");
    values_[name] += rate == std::string::npos ? 1 : std::round(1 / std::atof(line.c_str() + rate + 2));
  }

  base::UniqueFd fd_;
  int port_ = 0;
  std::map<std::string, double> values_;
};

}  // namespace

TEST_CASE("statsd: counts, statuses and durations under gunicorn's names, over UDP") {
  StatsdServer statsd;
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2"}};
  server.arguments.insert(server.arguments.end(), {"--statsd-host", "127.0.0.1:" + std::to_string(statsd.port()),
                                                   "--statsd-prefix", "sky", "--dogstatsd-tags", "env:test,zone:1"});
  REQUIRE(server.serve());
  const std::string tags = "#env:test,zone:1";
  CHECK(statsd.hears("sky.gunicorn.workers" + tags, 2));
  Wire wire{server.port()};
  for (int i = 0; i < 3; ++i) CHECK(wire.ask("GET /constant").status == 200);
  CHECK(wire.ask("GET /throw").status == 500);
  CHECK(statsd.hears("sky.gunicorn.requests" + tags, 4));
  CHECK(statsd.hears("sky.gunicorn.request.status.200" + tags, 3));
  CHECK(statsd.hears("sky.gunicorn.request.status.500" + tags, 1));
  CHECK(statsd.hears("sky.gunicorn.request.duration" + tags, 4));
  CHECK(statsd.hears("sky.gunicorn.log.exception" + tags, 1));
  CHECK(statsd.hears("sky.orrery.connections" + tags, 1));
  // The last counts leave with the process that sends them.
  CHECK(wire.ask("GET /constant").status == 200);
  CHECK(server.stop() == 0);
  CHECK(statsd.hears("sky.gunicorn.requests" + tags, 5));
}

TEST_CASE("statsd: to a unix socket, which may come later than the service") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  const std::string path = server.file("statsd.sock");
  server.arguments.insert(server.arguments.end(), {"--statsd-host", "unix://" + path});
  REQUIRE(server.serve());
  CHECK(server.wait_for_line("metrics are sent there as soon as it can be reached"));
  CHECK(server.count_lines("statsd_host") == 1);
  StatsdServer statsd{path};
  CHECK(statsd.hears("gunicorn.workers", 1));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(statsd.hears("gunicorn.requests", 1));
  CHECK(server.stop() == 0);
}

TEST_CASE("statsd: a process that sends may die, and the service does not notice") {
  StatsdServer statsd;
  Watched watched{{"--statsd-host", "127.0.0.1:" + std::to_string(statsd.port())}};
  watched.serve();
  CHECK(statsd.hears("gunicorn.workers", 2));
  const pid_t first = watched.process();
  REQUIRE(first > 0);
  ::kill(first, SIGKILL);
  CHECK(eventually([&] { return watched.process() != first; }, kPatience));
  // What came before the next one looked first is not told.
  CHECK(eventually(
      [&] {
        statsd.take_in();
        return fetch(watched.server.port(), "GET /constant").status == 200 && statsd.has("gunicorn.requests");
      },
      kPatience));
}

}  // namespace orrery::test
