#include "os/message_ring.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdint>
#include <memory>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace orrery::os {
namespace {

/// All that is there from `position` on: "2 missed, c; d".
std::string all(const MessageRing& ring, MessageRing::Position& position) {
  std::string text;
  while (const auto read = ring.read(position)) {
    if (!text.empty()) text += "; ";
    if (read->missed > 0) text += std::to_string(read->missed) + " missed, ";
    text += read->message;
  }
  return text;
}

/// A message that tells whether it is whole: one letter, as often as it says.
std::string pattern(unsigned number) {
  const std::size_t length = 1 + number * 7 % 97;
  return std::string(length, static_cast<char>('a' + number % 26));
}
bool is_whole(const std::string& message) {
  return !message.empty() && message.find_first_not_of(message.front()) == std::string::npos;
}

TEST_CASE("message_ring: messages come in order, whole, whatever their size") {
  MessageRing ring{8, 20};
  MessageRing::Position position = ring.end();
  CHECK(position == 0);
  CHECK_FALSE(ring.read(position));
  for (const std::size_t size : std::vector<std::size_t>{0, 1, 7, 8, 9, 19, 20}) {
    CHECK(ring.publish(std::string(size, 'x')));
    const auto read = ring.read(position);
    REQUIRE(read);
    CHECK(read->message == std::string(size, 'x'));
    CHECK(read->missed == 0);
  }
  CHECK_FALSE(ring.publish(std::string(21, 'x')));
  CHECK(ring.end() == 7);
  CHECK(ring.publish(std::string("a\0b", 3)));
  CHECK(ring.read(position)->message == std::string("a\0b", 3));
}

TEST_CASE("message_ring: who is behind misses the oldest, and knows how many") {
  const std::size_t kept = GENERATE(std::size_t{1}, std::size_t{2}, std::size_t{3});
  INFO(kept);
  MessageRing ring{kept, 4};
  MessageRing::Position position = 0;
  for (const char* text : {"a", "b", "c", "d", "e"}) REQUIRE(ring.publish(text));
  const char* const expected[] = {"4 missed, e", "3 missed, d; e", "2 missed, c; d; e"};
  CHECK(all(ring, position) == expected[kept - 1]);
  CHECK(position == 5);
  REQUIRE(ring.publish("f"));
  CHECK(all(ring, position) == "f");
}

TEST_CASE("message_ring: a place of it is used again and again") {
  MessageRing ring{3, 100};
  MessageRing::Position position = 0;
  for (unsigned i = 0; i < 20'000; ++i) {
    REQUIRE(ring.publish(pattern(i)));
    const auto read = ring.read(position);
    REQUIRE(read);
    REQUIRE(read->message == pattern(i));
  }
}

TEST_CASE("message_ring: threads publish side by side, and readers see whole messages in one order") {
  MessageRing ring{16, 100};
  constexpr unsigned kThreads = 4, kEach = 3'000;
  std::vector<std::thread> threads;
  for (unsigned thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&ring] {
      for (unsigned i = 0; i < kEach; ++i) ring.publish(pattern(i));
    });
  MessageRing::Position position = 0;
  std::uint64_t seen = 0, torn = 0;
  while (position < kThreads * kEach) {
    const MessageRing::Bell bell = ring.bell();
    if (ring.end() == position) ring.wait(bell);
    while (const auto read = ring.read(position)) {
      seen += 1 + read->missed;
      if (!is_whole(read->message)) ++torn;
    }
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(seen == kThreads * kEach);
  CHECK(torn == 0);
  CHECK(ring.end() == kThreads * kEach);
}

pid_t start_publisher(MessageRing& ring) {
  const pid_t pid = ::fork();
  if (pid == 0)
    for (unsigned i = 0;; ++i) ring.publish(pattern(i));
  return pid;
}

TEST_CASE("message_ring: a process that is killed while it publishes holds up nobody") {
  MessageRing ring{32, 100};
  REQUIRE(ring.publish("mine"));  // so that a fork has an entry that is not its own
  MessageRing::Position position = ring.end();
  std::uint64_t torn = 0;
  for (int round = 0; round < 60; ++round) {
    const pid_t one = start_publisher(ring), other = start_publisher(ring);
    REQUIRE(one > 0);
    REQUIRE(other > 0);
    // As far as both have come in, and somewhere in the middle.
    const MessageRing::Position enough = ring.end() + 500 + static_cast<unsigned>(round) * 3;
    while (ring.end() < enough) {
      if (const auto read = ring.read(position); read && !is_whole(read->message)) ++torn;
    }
    for (const pid_t pid : {one, other}) {
      ::kill(pid, SIGKILL);
      ::waitpid(pid, nullptr, 0);
    }
    while (const auto read = ring.read(position))
      if (!is_whole(read->message)) ++torn;
    REQUIRE(ring.publish("still here"));
    auto next = ring.read(position);
    // That of a publisher that was killed in its last step, which the next publisher does for it.
    if (next && next->message != "still here") {
      if (!is_whole(next->message)) ++torn;
      next = ring.read(position);
    }
    REQUIRE(next);
    REQUIRE(next->message == "still here");
  }
  CHECK(torn == 0);
}

TEST_CASE("message_ring: wait() ends by a message, by wake(), and at once when the bell has rung") {
  MessageRing ring{4, 4};
  const MessageRing::Bell first = ring.bell();
  std::thread publisher{[&ring] { ring.publish("a"); }};
  ring.wait(first);
  publisher.join();
  CHECK(ring.end() == 1);
  ring.wait(first);
  const MessageRing::Bell second = ring.bell();
  std::thread waker{[&ring] { ring.wake(); }};
  ring.wait(second);
  waker.join();
  CHECK(ring.bell() != second);
}

}  // namespace
}  // namespace orrery::os
