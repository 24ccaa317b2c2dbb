#include "base/second_text.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <chrono>
#include <span>
#include <string>

namespace orrery::base {

namespace {

std::string timestamp(WallTime time) {
  std::array<char, 64> room{};
  Pen pen{std::span<char>{room}};
  put_timestamp(time, pen);
  return {room.data(), pen.length()};
}

}  // namespace

TEST_CASE("second text: each second has its own text, forwards and backwards, in both forms") {
  const WallTime ten{std::chrono::milliseconds{1795341600045}};
  for (int seconds : {0, 1, 0, 59, 60}) {
    const WallTime time = ten + std::chrono::seconds{seconds};
    const std::string minute = seconds == 60 ? "01" : "00";
    const std::string second = seconds == 60 ? "00" : (seconds < 10 ? "0" : "") + std::to_string(seconds);
    CHECK(second_text<WriteTime>(time) == "[22/Nov/2026:10:" + minute + ":" + second + " +0000]");
    CHECK(timestamp(time) == "2026-11-22T10:" + minute + ":" + second + ".045Z");
  }
  CHECK(second_text<WriteTime>(WallTime{}) == "[01/Jan/1970:00:00:00 +0000]");
  CHECK(timestamp(WallTime{}) == "1970-01-01T00:00:00.000Z");
}

}  // namespace orrery::base
