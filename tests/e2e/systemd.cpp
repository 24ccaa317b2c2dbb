// The service manager's view: what the master tells over NOTIFY_SOCKET and when; the unit files; PID 1 of a container.
#include <array>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <netinet/in.h>
#include <set>
#include <sstream>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <vector>

#include "e2e/classes.hpp"
#include "support/json.hpp"
#include "support/programs.hpp"

namespace orrery::test {

namespace {

/// Our end of a NOTIFY_SOCKET.
class Manager {
 public:
  explicit Manager(ServerProcess& server) : socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)} {
    const std::string path = server.file("notify");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    server.environment.emplace_back("NOTIFY_SOCKET", path);
  }
  /// Everything it was told so far; one message after the other, each ending in "--\n".
  const std::string& told() {
    std::array<char, 4096> bytes{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec part{bytes.data(), bytes.size()};
    for (;;) {
      msghdr datagram{};
      datagram.msg_iov = &part;
      datagram.msg_iovlen = 1;
      datagram.msg_control = control.data();
      datagram.msg_controllen = control.size();
      const ssize_t got = ::recvmsg(socket_.get(), &datagram, MSG_CMSG_CLOEXEC);
      if (got <= 0) return told_;
      told_ += std::string(bytes.data(), static_cast<std::size_t>(got)) + "\n--\n";
      const cmsghdr* const header = CMSG_FIRSTHDR(&datagram);
      if (header == nullptr) continue;
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
      store_.emplace_back(fd);
    }
  }
  /// The descriptors it was given to keep, in their order.
  std::vector<base::UniqueFd>& store() {
    told();
    return store_;
  }
  bool hears(const std::string& part) {
    return eventually([&] { return told().find(part) != std::string::npos; }, kPatience);
  }
  /// Forgets what came before.
  void clear() {
    told();
    told_.clear();
  }

 private:
  base::UniqueFd socket_;
  std::string told_;
  std::vector<base::UniqueFd> store_;
};

std::string read_text(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A unit of the repository, which starts the binary of this build.
void write_unit(const TemporaryDirectory& directory, const std::string& name, const std::string& as) {
  std::string unit = read_text(std::string{ORRERY_SYSTEMD_DIR "/"} + name);
  REQUIRE(unit.find("/usr/bin/orrery") != std::string::npos);
  constexpr std::string_view kInstalled = "=/usr/bin/orrery";
  for (std::size_t at = unit.find(kInstalled); at != std::string::npos; at = unit.find(kInstalled, at + 1))
    unit.replace(at + 1, kInstalled.size() - 1, orrery_binary());
  std::ofstream{directory.file(as)} << unit;
}

}  // namespace

TEST_CASE("systemd: READY when the workers are ready, RELOADING with its instant, STATUS, STOPPING") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", GENERATE(from_range(kClasses))}};
  Manager manager{server};
  REQUIRE(server.serve());
  REQUIRE(manager.hears("READY=1\nSTATUS=2 of 2 workers ready"));
  CHECK(server.workers().size() == 2);
  manager.clear();
  server.signal(SIGHUP);
  REQUIRE(manager.hears("RELOADING=1\nMONOTONIC_USEC="));
  REQUIRE(manager.hears("READY=1"));
  CHECK(manager.told().find("RELOADING=1") < manager.told().find("READY=1"));
  server.signal(SIGTTIN);
  CHECK(manager.hears("STATUS=3 of 3 workers ready, generation 2"));
  manager.clear();
  server.signal(SIGTERM);
  CHECK(manager.hears("STOPPING=1"));
  CHECK(server.wait_for_end() == 0);
  CHECK(manager.told().find("READY=1") == std::string::npos);
}

TEST_CASE("systemd: no READY while the workers boot; a refused reload ends in READY") {
  ServerProcess server;
  server.yaml = "workers: 1\ngraceful_timeout: 1s\n";
  Manager manager{server};
  SECTION("boots") {
    server.environment.emplace_back("ECHO_START", "hang");
    server.start();
    REQUIRE(server.wait_for_line("Booting worker"));
    CHECK(server.stop() == 0);
    CHECK(manager.told().find("READY=1") == std::string::npos);
  }
  SECTION("a refused reload") {
    REQUIRE(server.serve());
    REQUIRE(manager.hears("READY=1"));
    manager.clear();
    server.write_config("workers: many\n");
    server.signal(SIGHUP);
    REQUIRE(manager.hears("RELOADING=1"));
    CHECK(manager.hears("READY=1\nSTATUS=1 of 1 worker ready, generation 1; reload refused: "));
    server.signal(SIGTTIN);  // and it is not forgotten when the status changes
    CHECK(manager.hears("STATUS=2 of 2 workers ready, generation 1; reload refused: "));
    server.write_config("workers: 1\n");
    manager.clear();
    server.signal(SIGHUP);
    REQUIRE(manager.hears("READY=1\nSTATUS=1 of 1 worker ready, generation 2\n"));
    CHECK(manager.told().find("refused") == std::string::npos);
  }
}

TEST_CASE("systemd: STOPPING comes at the beginning of drain_delay, while serving goes on") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--drain-delay", "30s"}};
  Manager manager{server};
  REQUIRE(server.serve());
  server.signal(SIGTERM);
  REQUIRE(manager.hears("STOPPING=1"));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.stop() == 0);
}

TEST_CASE("systemd: the watchdog is beaten") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.environment = {{"WATCHDOG_USEC", "100000"}};
  Manager manager{server};
  REQUIRE(server.serve());
  CHECK(eventually([&] { return count_in(manager.told(), "WATCHDOG=1") >= 5; }, kPatience));
}

TEST_CASE("systemd: the watchdog is not beaten while nobody can serve, and is again when somebody can") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.environment = {{"WATCHDOG_USEC", "100000"}, {"ECHO_START", "once"}};
  Manager manager{server};
  REQUIRE(server.serve());
  REQUIRE(manager.hears("WATCHDOG=1"));
  ::kill(server.workers()[0], SIGKILL);  // and each replacement fails to start
  REQUIRE(server.wait_for_line("2 deaths in a row"));
  manager.clear();
  REQUIRE(server.wait_for_line("4 deaths in a row"));  // many beats later
  CHECK(count_in(manager.told(), "WATCHDOG=1") == 0);
  REQUIRE(manager.hears("STATUS=0 of 1 worker ready, generation 1; crash loop: one replacement at a time is tried"));
  CHECK(count_in(manager.told(), "WATCHDOG=1") == 0);
  std::filesystem::remove(server.file("started"));
  CHECK(manager.hears("WATCHDOG=1"));
  CHECK(server.stop() == 0);
}

TEST_CASE("systemd: an upgrade says MAINPID, and never STOPPING") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  Manager manager{server};
  REQUIRE(server.serve());
  REQUIRE(manager.hears("READY=1"));
  manager.clear();
  server.signal(SIGUSR2);
  CHECK(server.wait_for_end() == 0);
  REQUIRE(server.wait_for_line("has the service now"));
  const std::string log = server.log();
  const std::string mark = "the new master has pid ";
  const pid_t master = std::atoi(log.c_str() + log.find(mark) + mark.size());
  CHECK(manager.hears("MAINPID=" + std::to_string(master) + "\n"));
  CHECK(manager.hears("READY=1\nSTATUS=1 of 1 worker ready"));
  CHECK(manager.told().find("STOPPING=1") == std::string::npos);
  ::kill(master, SIGTERM);
  CHECK(manager.hears("STOPPING=1"));
  CHECK(eventually([&] { return server.everybody().empty(); }, kPatience));
}

TEST_CASE("systemd: a socket of the service manager's goes through an upgrade") {
  const base::UniqueFd listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  REQUIRE(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  REQUIRE(::listen(listener.get(), 64) == 0);
  ::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
  const int port = ntohs(address.sin_port);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.in_child = [&] {
    if (listener.get() != 3) ::dup2(listener.get(), 3);
    ::fcntl(3, F_SETFD, 0);
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  };
  REQUIRE(server.serve());
  CHECK(fetch(port, "GET /constant").status == 200);
  server.signal(SIGUSR2);
  CHECK(server.wait_for_end() == 0);
  REQUIRE(server.wait_for_line("has the service now"));
  CHECK(fetch(port, "GET /constant").status == 200);
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("systemd: the manager keeps the sockets of a master that crashes, and no client is refused") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2"}};
  Manager manager{server};
  server.environment.emplace_back("FDSTORE", "8");
  REQUIRE(server.serve());
  REQUIRE(manager.hears("FDSTORE=1\nFDNAME=bind=127.0.0.1%3A0\n"));
  REQUIRE(manager.store().size() == 1);
  ::kill(server.pid(), SIGKILL);
  server.wait_for_end();
  REQUIRE(eventually([&] { return server.everybody().empty(); }, kPatience));
  Wire waiting{server.port()};
  REQUIRE(waiting.send(request("GET /constant")));

  ServerProcess next{ServerProcess::Program::kEcho, {"-w", "1"}};
  next.environment = server.environment;
  next.in_child = [&] {
    ::dup2(manager.store()[0].get(), 3);
    ::fcntl(3, F_SETFD, 0);
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("LISTEN_FDNAMES", "bind=127.0.0.1%3A0", 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  };
  REQUIRE(next.serve());
  CHECK(next.port() == server.port());
  CHECK(waiting.read().status == 200);
  CHECK(next.count_lines("The service manager had kept the socket of http://127.0.0.1:") == 1);
  manager.clear();
  CHECK(next.stop() == 0);
  CHECK(manager.hears("FDSTOREREMOVE=1\nFDNAME=bind=127.0.0.1%3A0\n"));
  CHECK(count_in(manager.told(), "FDSTORE=1") == 0);
}

TEST_CASE("systemd: what a reload leaves goes out of the manager's store, and what an upgrade keeps stays") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1"}};
  server.yaml = "workers: 1\nbind: [127.0.0.1:0, 'unix:left']\n";
  Manager manager{server};
  server.environment.emplace_back("FDSTORE", "8");
  REQUIRE(server.serve());
  REQUIRE(manager.hears("FDSTORE=1\nFDNAME=bind=unix%3Aleft\n"));
  REQUIRE(manager.hears("READY=1"));
  manager.clear();
  server.write_config("workers: 1\nbind: [127.0.0.1:0]\n");
  server.signal(SIGHUP);
  REQUIRE(manager.hears("FDSTOREREMOVE=1\nFDNAME=bind=unix%3Aleft\n"));
  server.signal(SIGUSR2);
  CHECK(server.wait_for_end() == 0);
  REQUIRE(server.wait_for_line("has the service now"));
  REQUIRE(manager.hears("MAINPID="));
  CHECK(count_in(manager.told(), "bind=127.0.0.1%3A0") == 0);
}

TEST_CASE("systemd: lines of a log of JSON say who wrote them") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--log-format", "json"}};
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /throw").status == 500);
  CHECK(server.stop() == 0);
  std::istringstream lines(server.log());
  std::set<std::string> writers;
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    const nlohmann::json record = nlohmann::json::parse(line);
    CHECK(record["time"].get<std::string>().size() == 24);
    CHECK(record["pid"].get<int>() > 0);
    CHECK_FALSE(record["level"].get<std::string>().empty());
    writers.insert(record["role"].get<std::string>() + (record.contains("worker") ? record["worker"].dump() : ""));
  }
  CHECK(writers == std::set<std::string>{"master", "worker1"});
}

TEST_CASE("systemd: the unit files are what systemd wants") {
  if (::access("/usr/bin/systemd-analyze", X_OK) != 0) {
    WARN("systemd-analyze is not installed");
    return;
  }
  const TemporaryDirectory directory;
  write_unit(directory, "orrery.service", "orrery.service");
  write_unit(directory, "orrery@.service", "orrery@shop.service");
  std::ofstream{directory.file("orrery.socket")} << read_text(ORRERY_SYSTEMD_DIR "/orrery.socket");
  const std::string command = "systemd-analyze verify --man=no " + directory.file("orrery.service") + " " +
                              directory.file("orrery@shop.service") + " " + directory.file("orrery.socket") + " >" +
                              directory.file("said") + " 2>&1";
  const int status = std::system(command.c_str());
  const std::string said = read_text(directory.file("said"));
  INFO(said);
  CHECK(status == 0);
  CHECK(said.find("orrery.") == std::string::npos);  // no remark about ours
  CHECK(said.find("orrery@") == std::string::npos);
}

TEST_CASE("systemd: the units give a service little to do harm with") {
  if (::access("/usr/bin/systemd-analyze", X_OK) != 0) {
    WARN("systemd-analyze is not installed");
    return;
  }
  const TemporaryDirectory directory;
  for (const char* unit : {"orrery.service", "orrery@.service"}) {
    INFO(unit);
    // Exposure in tenths: it fails above 1.5.
    const std::string command = "systemd-analyze security --offline=yes --threshold=15 --no-pager " ORRERY_SYSTEMD_DIR
                                "/" +
                                std::string{unit} + " >" + directory.file("said") + " 2>&1";
    const int status = std::system(command.c_str());
    const std::string said = read_text(directory.file("said"));
    INFO(said.substr(said.rfind("Overall") == std::string::npos ? 0 : said.rfind("Overall")));
    CHECK(status == 0);
  }
}

TEST_CASE("systemd: PID 1 of a container, not root, on a read-only root") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2"}};
  server.binary = server.file("container");
  // What the shell left behind becomes a child of PID 1, as an orphan does.
  std::ofstream{server.binary} << "#!/bin/sh\nexec unshare --pid --fork --mount sh -c '\n"
                                  "mount -o remount,ro,bind / || exit 77\nsleep 0.2 &\n"
                                  "exec setpriv --reuid 65534 --regid 65534 --clear-groups " +
                                      echo_binary() + " \"$@\"' sh \"$@\"\n";
  ::chmod(server.binary.c_str(), 0755);
  server.start();
  if (!eventually([&] { return server.count_lines("Generation 1 serves") > 0 || server.wait_for_end(0ms); }) ||
      server.count_lines("Generation 1 serves") == 0) {
    INFO(server.log());
    WARN("no container can be made here");
    return;
  }
  CHECK(server.count_lines("(1)") == 1);  // the pid in the line of the listener
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  const pid_t master = ServerProcess::workers_of(server.pid()).at(0);
  // The kernel's own list, since a zombie would be in it too.
  const std::string children = "/proc/" + std::to_string(master) + "/task/" + std::to_string(master) + "/children";
  CHECK(eventually([&] { return count_in(read_text(children), " ") == 2; }));
  ::kill(master, SIGUSR2);
  CHECK(server.wait_for_line("USR2 is refused: this master is PID 1"));
  ::kill(master, SIGHUP);
  CHECK(server.wait_for_line("Generation 2 serves"));
  ::kill(master, SIGTERM);
  CHECK(server.wait_for_end() == 0);
}

}  // namespace orrery::test
