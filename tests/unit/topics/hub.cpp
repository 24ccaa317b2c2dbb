// Topics in a worker, in the process of the test.
#include "topics/hub.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "orrery/test_client.hpp"
#include "orrery/topic.hpp"

namespace orrery::test {
namespace {

/// An App with a topic, and a worker of it.
struct Square {
  explicit Square(TopicOptions options = {.messages = 4, .largest = 8}) {
    App app;
    topic.emplace(app, "said", options);
    app.get("/", [](const Request&) { return Response::text("here\n"); });
    client.emplace(std::move(app));
  }
  /// A turn of the loop, in which what is on its way arrives.
  void turn() { CHECK(client->get("/").send().status == 200); }
  [[nodiscard]] Subscription listen(std::string& heard) const {
    return topic->subscribe([&heard](const TopicMessage& message) {
      if (message.missed > 0) heard += std::to_string(message.missed) + " missed, ";
      heard.append(message.bytes).append(";");
    });
  }

  std::optional<Topic> topic;
  std::optional<TestClient> client;
};

TEST_CASE("topics: subscribers hear what is published while they listen") {
  Square square;
  std::string one, other;
  CHECK(square.topic->publish("before"));
  auto first = square.listen(one);
  CHECK(square.topic->publish("a"));
  auto second = square.listen(other);
  CHECK(square.topic->publish("b"));
  square.turn();
  CHECK(one == "a;b;");
  CHECK(other == "b;");
  first.cancel();
  first.cancel();
  CHECK(square.topic->publish("c"));
  square.turn();
  CHECK(one == "a;b;");
  CHECK(other == "b;c;");
  second = {};
  CHECK(square.topic->publish("d"));
  square.turn();
  CHECK(other == "b;c;");
  first = square.listen(one);
  CHECK(square.topic->publish("e"));
  square.turn();
  CHECK(one == "a;b;e;");
  CHECK_FALSE(square.topic->publish("too large"));
}

TEST_CASE("topics: what is gone before a worker comes to it is counted") {
  Square square;
  std::string heard;
  const auto subscription = square.listen(heard);
  for (const char* text : {"a", "b", "c", "d", "e", "f"}) CHECK(square.topic->publish(text));
  square.turn();
  CHECK(heard == "2 missed, c;d;e;f;");
}

TEST_CASE("topics: more than one turn's worth arrives all the same") {
  Square square{{.messages = 5000, .largest = 8}};
  int heard = 0;
  const auto subscription = square.topic->subscribe([&heard](const TopicMessage&) { ++heard; });
  for (int i = 0; i < 5000; ++i) CHECK(square.topic->publish("x"));
  square.turn();
  square.turn();
  CHECK(heard == 5000);
}

TEST_CASE("topics: a subscriber may end itself, another one, and begin one, and what it throws is logged") {
  Square square;
  std::string heard, late;
  std::vector<Subscription> kept(3);
  kept[0] = square.topic->subscribe([&](const TopicMessage& message) {
    kept[0].cancel();
    kept[1].cancel();
    kept[2] = square.listen(late);
    throw std::runtime_error("heard " + std::string{message.bytes});
  });
  kept[1] = square.listen(heard);
  CHECK(square.topic->publish("a"));
  square.turn();
  CHECK(heard.empty());
  CHECK(late.empty());
  CHECK(square.topic->publish("b"));
  square.turn();
  CHECK(late == "b;");
  const auto log = square.client->log();
  REQUIRE(log.size() == 1);
  CHECK(log[0].find("a subscriber of the topic `said` failed: heard a") != std::string::npos);
}

TEST_CASE("topics: any thread publishes, and another worker of the same memory wakes this one") {
  Square square;
  std::string heard;
  const auto subscription = square.listen(heard);
  std::thread{[&square] { square.topic->publish("thread"); }}.join();
  square.turn();
  CHECK(heard == "thread;");
}

TEST_CASE("topics: nothing is called when the worker has ended, and subscribing then fails") {
  std::string heard;
  Square square;
  Subscription subscription = square.listen(heard);
  square.client.reset();
  CHECK(square.topic->publish("a"));
  subscription.cancel();
  CHECK(heard.empty());
  CHECK_THROWS_WITH((void)square.listen(heard), Catch::Contains("topic `said`: subscribe in a start hook"));
}

TEST_CASE("topics: options are checked") {
  struct Row {
    const char* name;
    TopicOptions options;
    const char* why;
  };
  const Row rows[] = {
      {"", {}, "a topic needs a name"},
      {"x", {.messages = 0}, "the topic `x` keeps 1 to 524288 messages"},
      {"x", {.messages = 524289}, "the topic `x` keeps 1 to 524288 messages"},
      {"x", {.largest = 0}, "a message of the topic `x` has 1 byte to 1 MiB"},
      {"x", {.largest = 1024 * 1024 + 1}, "a message of the topic `x` has 1 byte to 1 MiB"},
  };
  for (const Row& row : rows) {
    INFO(row.why);
    App app;
    CHECK_THROWS_WITH((Topic{app, row.name, row.options}), Catch::Contains(row.why));
  }
}

}  // namespace
}  // namespace orrery::test
