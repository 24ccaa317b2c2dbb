#include "admin/tail.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>

#include "support/json.hpp"

namespace orrery::admin {

using namespace std::chrono_literals;

namespace {

void answer(os::Slot& slot, std::string_view target, int status, base::Nanoseconds duration, std::int64_t finished_ns) {
  const std::uint32_t next = slot.finished_next.load();
  slot.finished[next % os::kFinishedCells].write([&](os::RequestRecord& record) {
    record.set_method("GET");
    record.set_target(target);
    record.status = static_cast<std::uint16_t>(status);
    record.finished_ns = finished_ns;
    record.started_ns = finished_ns - duration.count();
  });
  slot.finished_next.store(next + 1);
}

std::vector<std::string> targets(const TailReader::News& news) {
  std::vector<std::string> all;
  for (const TailReader::Line& line : news.lines) all.emplace_back(line.record.target_view());
  return all;
}

using Targets = std::vector<std::string>;

}  // namespace

TEST_CASE("tail: what is answered from now on, of all workers in the order of its end") {
  auto board = *os::Scoreboard::create();
  os::Slot& one = board.slot(*board.claim());
  answer(one, "/before", 200, 1ms, 100);
  TailReader reader{board};
  CHECK(targets(reader.read()).empty());
  os::Slot& two = board.slot(*board.claim());  // came later
  two.number = 7;
  answer(one, "/third", 200, 1ms, 300);
  answer(two, "/first", 200, 1ms, 150);
  answer(two, "/second", 200, 1ms, 200);
  const auto news = reader.read();
  CHECK(targets(news) == Targets{"/first", "/second", "/third"});
  CHECK(news.lines[0].worker == 7);
  CHECK(news.missed == 0);
  CHECK(targets(reader.read()).empty());
}

TEST_CASE("tail: what was overwritten is counted, and a slot that another worker has begins anew") {
  auto board = *os::Scoreboard::create();
  const std::size_t index = *board.claim();
  board.slot(index).number = 1;
  TailReader reader{board};
  for (std::size_t i = 0; i < os::kFinishedCells + 5; ++i)
    answer(board.slot(index), "/" + std::to_string(i), 200, 1ms, static_cast<std::int64_t>(1000 + i));
  const auto news = reader.read();
  CHECK(news.lines.size() == os::kFinishedCells);
  CHECK(news.missed == 5);
  CHECK(news.lines.front().record.target_view() == "/5");
  board.release(index);
  REQUIRE(board.claim() == index);
  board.slot(index).number = 2;
  answer(board.slot(index), "/of the next", 200, 1ms, 5000);
  CHECK(targets(reader.read()) == Targets{"/of the next"});
}

TEST_CASE("tail: a follower gets what it asked for") {
  os::RequestRecord record;
  record.status = 503;
  record.started_ns = 1;
  record.finished_ns = 200'000'001;
  struct Row {
    const char* name;
    TailFilter filter;
    bool wanted;
  };
  const Row rows[] = {
      {"all", {}, true},
      {"its class", {500, 599, "", 0ns}, true},
      {"another class", {400, 499, "", 0ns}, false},
      {"no response", {0, 0, "", 0ns}, false},
      {"its route", {0, 999, "/a/{b}", 0ns}, true},
      {"another route", {0, 999, "/a", 0ns}, false},
      {"as slow as that", {0, 999, "", 200ms}, true},
      {"slower", {0, 999, "", 201ms}, false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(row.filter.wants(record, "/a/{b}") == row.wanted);
  }
}

TEST_CASE("tail: a line is a JSON object with the time of the wall") {
  os::RequestRecord record;
  record.set_method("GET");
  record.set_target("/a\"b");
  record.set_id("id-1");
  record.started_ns = base::Nanoseconds{99s}.count();
  record.finished_ns = base::Nanoseconds{99'500ms}.count();
  const auto now = base::Monotonic{100s};
  const auto utc = base::WallTime{1'700'000'000s};
  const auto line = nlohmann::json::parse(tail_json({3, record}, "", now, utc));
  CHECK(line["time"] == 1'699'999'999.5);
  CHECK(line["worker"] == 3);
  CHECK(line["target"] == "/a\"b");
  CHECK(line["route"].is_null());
  CHECK(line["status"].is_null());
  CHECK(line["duration_seconds"] == 0.5);
  record.status = 200;
  CHECK(nlohmann::json::parse(tail_json({3, record}, "/{x}", now, utc))["route"] == "/{x}");
}

}  // namespace orrery::admin
