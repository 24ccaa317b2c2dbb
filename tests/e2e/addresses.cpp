// Addresses that come and go with reloads, while a worker that cannot leave yet, or another master, has the socket too.
#include <atomic>
#include <filesystem>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <vector>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// A port nobody listens on: the kernel's choice.
int unused_port() {
  const base::UniqueFd probe{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  REQUIRE(::bind(probe.get(), reinterpret_cast<const sockaddr*>(&address), length) == 0);
  REQUIRE(::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0);
  return ntohs(address.sin_port);
}

bool refused(int port) {
  const base::UniqueFd probe{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return ::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
         errno == ECONNREFUSED;
}

/// A service at two addresses, A and B, between which its configuration moves.
struct Moving {
  explicit Moving(const std::string& worker_class, std::string more = "") : more_(std::move(more)) {
    server.arguments = {"-k", worker_class};
    server.yaml = at(first());
    REQUIRE(server.serve());
  }
  [[nodiscard]] std::string first() const { return "'127.0.0.1:" + std::to_string(port) + "'"; }
  [[nodiscard]] std::string second() const { return "'unix:" + server.file("second") + "'"; }
  [[nodiscard]] std::string at(const std::string& binds) const {
    return "workers: 2\ntimeout: " + seconds(20) + "\nrequest_deadline: " + seconds(20) +
           "\nboot_timeout: " + seconds(30) + "\ngraceful_timeout: " + seconds(30) + "\nbind: [" + binds + "]\n" +
           more_;
  }
  void move(const std::string& binds, int generation) {
    server.write_config(at(binds));
    server.signal(SIGHUP);
    REQUIRE(server.wait_for_line("Generation " + std::to_string(generation) + " serves"));
  }
  [[nodiscard]] Wire::Place place(bool tcp) const {
    return tcp ? Wire::Place{port, {}, false} : Wire::Place{0, server.file("second"), false};
  }
  /// Several times, for all workers.
  [[nodiscard]] bool answers(bool tcp) const {
    for (int i = 0; i < 10; ++i)
      if (fetch(place(tcp), "GET /constant").status != 200) return false;
    return true;
  }

  int port = unused_port();
  ServerProcess server;

 private:
  std::string more_;
};

}  // namespace

TEST_CASE("addresses: HUP to another one and back, while a worker cannot leave the first") {
  Moving service{GENERATE(from_range(kClasses))};
  const auto before = service.server.workers();
  Wire busy{service.place(true)};
  busy.send(request("GET /sleep?ms=" + std::to_string(4000 * kSlowness)));
  CHECK(busy.read(100ms).problem == "silent");
  service.move(service.second(), 2);
  CHECK(service.answers(false));
  service.move(service.first(), 3);
  CHECK(service.answers(true));
  CHECK_FALSE(std::filesystem::exists(service.server.file("second")));
  service.move(service.second(), 4);
  CHECK(service.answers(false));
  service.move(service.first() + ", " + service.second(), 5);
  CHECK(service.answers(true));
  CHECK(service.answers(false));
  CHECK(std::any_of(before.begin(), before.end(), ServerProcess::alive));
  CHECK(busy.read().status == 200);
  CHECK(service.server.count_lines("[ERROR]") == 0);

  service.move(service.second(), 6);
  CHECK(eventually([&] { return refused(service.port); }, kPatience));
  CHECK(service.answers(false));
  CHECK(service.server.stop() == 0);
}

TEST_CASE("addresses: whoever got into one before it was left is served") {
  Moving service{GENERATE(from_range(kClasses))};
  const bool tcp = GENERATE(true, false);
  const std::string both = service.first() + ", " + service.second();
  const std::string other = tcp ? service.second() : service.first();
  service.move(both, 2);
  std::atomic<bool> enough{false};
  std::atomic<long> served{0}, cut{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back([&] {
      while (!enough) {
        Wire wire{service.place(tcp)};
        if (!wire.connected()) continue;
        ++(wire.ask("GET /constant").status == 200 ? served : cut);
      }
    });
  }
  for (int generation = 3; generation < 15; generation += 2) {
    service.move(other, generation);
    service.move(both, generation + 1);
    const long before = served;
    CHECK(eventually([&] { return served > before + 20; }, kPatience));
  }
  enough = true;
  for (std::thread& client : clients) client.join();
  CHECK(cut == 0);
  CHECK(service.server.count_lines("[ERROR]") == 0);
  CHECK(service.server.stop() == 0);
}

TEST_CASE("addresses: one that is left is free for others as soon as its workers have left it, finished or not") {
  Moving service{"async"};
  Wire busy{service.place(true)};
  busy.send(request("GET /later?ms=5000"));
  CHECK(busy.read(100ms).problem == "silent");
  service.move(service.second(), 2);
  CHECK(eventually([&] { return refused(service.port); }, 3s * kSlowness));
  CHECK(busy.read().status == 200);
  CHECK(service.server.stop() == 0);
}

TEST_CASE("addresses: a reload that drops one beside another master takes nothing from that") {
  Moving service{"async", "upgrade: manual\n"};
  ServerProcess& server = service.server;
  service.move(service.first() + ", " + service.second(), 2);
  server.signal(SIGUSR2);
  const std::string mark = "Upgrade: the new master has pid ";
  REQUIRE(server.wait_for_line("and both serve"));
  const std::string log = server.log();
  const pid_t successor = std::atoi(log.c_str() + log.find(mark) + mark.size());
  const std::string third = "'unix:" + server.file("third") + "'";
  SECTION("the old one drops it, and stays") {
    service.move(third, 3);
    REQUIRE(server.wait_for_workers(3));  // its own two and the new master
    CHECK(service.answers(true));
    CHECK(service.answers(false));
    ::kill(successor, SIGTERM);
    REQUIRE(server.wait_for_line("nothing changed, this one goes on"));
    CHECK(eventually([&] { return refused(service.port); }, kPatience));
    CHECK(eventually([&] { return !std::filesystem::exists(server.file("second")); }));
    CHECK(fetch(Wire::Place{0, server.file("third"), false}, "GET /constant").status == 200);
    CHECK(server.stop() == 0);
  }
  SECTION("the old one drops it, and leaves") {
    service.move(third, 3);
    server.signal(SIGTERM);
    CHECK(server.wait_for_end() == 0);
    REQUIRE(server.wait_for_line("This master (pid " + std::to_string(successor) + ") has the service now"));
    CHECK(service.answers(true));
    CHECK(service.answers(false));
    ::kill(successor, SIGTERM);
    CHECK(eventually([&] { return server.everybody().empty(); }, kPatience));
    CHECK_FALSE(std::filesystem::exists(server.file("second")));
  }
  SECTION("the new one drops it") {
    server.write_config(service.at(third));
    ::kill(successor, SIGHUP);
    REQUIRE(eventually([&] { return server.count_lines("Generation 2 serves") == 2; }));
    CHECK(service.answers(true));
    CHECK(service.answers(false));
    server.signal(SIGTERM);
    CHECK(server.wait_for_end() == 0);
    CHECK(eventually([&] { return refused(service.port); }, kPatience));
    CHECK(eventually([&] { return !std::filesystem::exists(server.file("second")); }));
    CHECK(fetch(Wire::Place{0, server.file("third"), false}, "GET /constant").status == 200);
    ::kill(successor, SIGTERM);
    CHECK(eventually([&] { return server.everybody().empty(); }, kPatience));
  }
}

}  // namespace orrery::test
