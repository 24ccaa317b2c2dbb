// A stranger's handler that waits: the example of include/orrery/README.md, which `check` holds to this file.
#include <functional>
#include <orrery/orrery.hpp>
#include <string>
#include <thread>

using namespace std::chrono_literals;

/// A library that calls back, on a thread of its own.
void look_up(std::string name, std::function<void(std::string)> found) {
  std::thread{[name, found] { found("the moons of " + name); }}.detach();
}

orrery::Task<std::string> moons(std::string name) {
  co_return co_await orrery::Await<std::string>{[&](auto done) { look_up(name, done); }};
}

orrery::Task<orrery::Response> compare(const orrery::Request& request) {
  const std::string name{request.param("name")};
  const auto [here, there] = co_await orrery::within(2s, orrery::all(moons(name), moons("jupiter")));
  co_await orrery::sleep_for(10ms);
  co_return orrery::Response::text(here + ", " + there + "\n");
}

void add_waiting(orrery::App& app) { app.get("/compare/{name}", compare); }
