// Shedding by queue delay: what a service does that is asked for more than it can serve.
#include <atomic>
#include <thread>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// Clients that ask one request after the other, each on a connection of its own.
class Crowd {
 public:
  Crowd(int port, int clients) {
    for (int i = 0; i < clients; ++i) threads_.emplace_back([this, port] { ask_on(port); });
  }
  ~Crowd() { disperse(); }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  void disperse() {
    over_ = true;
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
  }

  std::atomic<int> served{0}, shed{0}, odd{0};

 private:
  void ask_on(int port) {
    while (!over_) {
      Wire wire{port};
      bool goes_on = true;
      while (goes_on && !over_) {
        const Answer answer = wire.ask("GET /sleep?ms=30");
        if (answer.status == 200)
          ++served;
        else if (answer.status == 503 && answer.field("Retry-After") == "1")
          ++shed;
        else
          ++odd;
        goes_on = answer.problem.empty() && !answer.closes();
      }
    }
  }

  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

ServerProcess make_server(const std::string& worker_class, const std::string& pressure) {
  return ServerProcess{ServerProcess::Program::kEcho,
                       {"-w", "1", "-k", worker_class, "--threads", "1", "--pressure", pressure, "--pressure-target",
                        "20ms", "--pressure-interval", "100ms"}};
}

}  // namespace

TEST_CASE("pressure: who has waited too long in a queue that stands is answered 503, and vital routes never are") {
  ServerProcess server = make_server("threads", "codel");
  REQUIRE(server.serve());
  Crowd crowd{server.port(), 8};
  Wire wire{server.port()};
  CHECK(eventually(
      [&] {
        CHECK(wire.ask("GET /vital").status == 200);
        return crowd.shed >= 5 && crowd.served >= 5;
      },
      kPatience));
  crowd.disperse();
  CHECK(crowd.odd == 0);
  CHECK(server.wait_for_line("(overloaded, target /sleep"));
  // The pressure is over, and nothing is left of it.
  for (int i = 0; i < 3; ++i) CHECK(fetch(server.port(), "GET /sleep?ms=1").status == 200);
}

TEST_CASE("pressure: without it everybody waits, and is served") {
  ServerProcess server = make_server("threads", "off");
  REQUIRE(server.serve());
  Crowd crowd{server.port(), 8};
  CHECK(eventually([&] { return crowd.served >= 40; }, kPatience));
  crowd.disperse();
  CHECK(crowd.shed == 0);
  CHECK(crowd.odd == 0);
}

TEST_CASE("pressure: where no request waits it is told that the setting has no effect") {
  ServerProcess server = make_server("async", "codel");
  REQUIRE(server.serve());
  CHECK(server.wait_for_line("pressure has no effect"));
}

}  // namespace orrery::test
