#include "app.hpp"

#include <catch2/catch.hpp>
#include <orrery/test_client.hpp>
#include <stdexcept>
#include <thread>

using namespace std::chrono_literals;

namespace {

/// An upstream that answers after `time`.
Source says(std::string text, std::chrono::milliseconds time = 0ms) {
  return [text, time](const orrery::Request&, std::string) -> orrery::Task<std::string> {
    co_await orrery::sleep_for(time);
    co_return text;
  };
}

Source fails() {
  return [](const orrery::Request&, std::string) -> orrery::Task<std::string> {
    co_await orrery::sleep_for(1ms);
    throw std::runtime_error("connection refused");
  };
}

}  // namespace

TEST_CASE("aggregator: both upstreams are asked side by side") {
  orrery::TestClient client{make_app({says("\"sun\"", 500ms), says("[\"fair\"]", 500ms)})};
  auto exchange = client.get("/day/basel").begin();
  client.pass(499ms);
  CHECK_FALSE(exchange.over());
  client.pass(1ms);
  CHECK(exchange.answer().body == R"({"weather":"sun","events":["fair"]})");
}

TEST_CASE("aggregator: one upstream that fails or is late is null, and costs 800 ms at most") {
  struct Row {
    const char* name;
    Source weather;
    Source events;
    const char* body;
  };
  const Row rows[] = {{"weather fails", fails(), says("[]"), R"({"weather":null,"events":[]})"},
                      {"events fail", says("\"sun\""), fails(), R"({"weather":"sun","events":null})"},
                      {"weather is late", says("\"sun\"", 1h), says("[]"), R"({"weather":null,"events":[]})"}};
  for (const Row& row : rows) {
    INFO(row.name);
    orrery::TestClient client{make_app({row.weather, row.events})};
    auto exchange = client.get("/day/basel").begin();
    client.pass(800ms);
    CHECK(exchange.answer().body == row.body);
    CHECK(client.log().empty());
  }
}

TEST_CASE("aggregator: two upstreams that fail are 502") {
  orrery::TestClient client{make_app({fails(), fails()})};
  auto exchange = client.get("/day/basel").begin();
  client.pass(1ms);
  CHECK(exchange.answer().status == 502);
}

TEST_CASE("aggregator: nobody is asked on when the client leaves") {
  int cancelled = 0;
  const Source slow = [&](const orrery::Request&, std::string) -> orrery::Task<std::string> {
    try {
      co_await orrery::sleep_for(1h);
    } catch (const orrery::Cancelled&) {
      ++cancelled;
      throw;
    }
    co_return "";
  };
  orrery::TestClient client{make_app({slow, slow})};
  client.get("/day/basel").begin().leave();
  CHECK(cancelled == 2);
}

TEST_CASE("aggregator: an upstream that answers on a thread of its own") {
  const Source threaded = [](const orrery::Request&, std::string city) -> orrery::Task<std::string> {
    const auto begin = [city](auto done) { std::thread{[city, done] { done("\"" + city + "\""); }}.detach(); };
    co_return co_await orrery::Await<std::string>{begin};
  };
  orrery::TestClient client{make_app({threaded, threaded})};
  CHECK(client.get("/day/basel").send().body == R"({"weather":"basel","events":"basel"})");
}
