#include "os/scoreboard.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <thread>

#include "support/child_process.hpp"

namespace orrery::os {

TEST_CASE("scoreboard: a request record is cut, never overrun") {
  RequestRecord record;
  record.set_target(std::string(500, 'x'));
  record.set_method("GET");
  CHECK(record.target_view() == std::string(120, 'x'));
  CHECK(record.method_view() == "GET");
}

TEST_CASE("scoreboard: an empty cell reads as empty") {
  const RequestCell cell;
  const auto record = cell.read();
  REQUIRE(record);
  CHECK(record->started_ns == 0);
}

TEST_CASE("scoreboard: a record whose writer died in the middle is unreliable") {
  RequestCell cell;
  bool torn = false;
  cell.write([&](RequestRecord& record) {
    record.started_ns = 1;
    torn = !cell.read().has_value();
  });
  CHECK(torn);
  CHECK(cell.read().has_value());
}

TEST_CASE("scoreboard: a reader in another process never sees half a record") {
  auto scoreboard = Scoreboard::create();
  REQUIRE(scoreboard);
  RequestCell& cell = scoreboard->slot(*scoreboard->claim()).flights[0];
  const pid_t parent = ::getpid();
  const pid_t writer = test::in_child([&cell, parent] {
    // Asking for the parent is also the pause between two records that real requests have.
    for (char letter = 'a'; ::getppid() == parent; letter = letter == 'z' ? 'a' : static_cast<char>(letter + 1)) {
      const std::string text(100, letter);
      cell.write([&text](RequestRecord& record) {
        record.set_target(text);
        record.set_id(std::string_view(text).substr(0, 60));
      });
    }
    return 0;
  });
  REQUIRE(test::eventually([&] {
    const auto record = cell.read();
    return record && record->target_length != 0;
  }));
  int whole = 0;
  bool mixed = false;
  for (int i = 0; i < 200'000; ++i) {
    const auto record = cell.read();
    if (!record) continue;
    ++whole;
    const std::string all = std::string(record->target_view()).append(record->id_view());
    mixed = mixed || all != std::string(160, all[0]);
  }
  ::kill(writer, SIGKILL);
  test::wait_for(writer);
  CHECK_FALSE(mixed);
  CHECK(whole > 0);
}

TEST_CASE("scoreboard: a slot is claimed once, released with its counters, and clean for the next") {
  auto scoreboard = Scoreboard::create();
  REQUIRE(scoreboard);
  const auto first = scoreboard->claim();
  REQUIRE(first == 0U);
  CHECK(scoreboard->claim() == 1U);
  Slot& slot = scoreboard->slot(*first);
  bump(slot.counters.requests, 5);
  bump(slot.counters.rejects[3], 2);
  slot.heartbeat_ns.store(77);
  slot.access.used.store(9);
  slot.flights[63].write([](RequestRecord& record) { record.started_ns = 5; });
  scoreboard->release(*first);
  CHECK(scoreboard->retired().requests.load() == 5);
  CHECK(scoreboard->retired().rejects[3].load() == 2);
  REQUIRE(scoreboard->claim() == 0U);
  CHECK(slot.counters.requests.load() == 0);
  CHECK(slot.heartbeat_ns.load() == 0);
  CHECK(slot.access.used.load() == 0);
  CHECK(slot.flights[63].read()->started_ns == 0);
  CHECK(slot.state.load() == WorkerState::kBooting);
}

TEST_CASE("scoreboard: the totals are those of the dead and of the living") {
  auto scoreboard = Scoreboard::create();
  REQUIRE(scoreboard);
  const auto first = *scoreboard->claim();
  const auto second = *scoreboard->claim();
  const auto admin = *scoreboard->claim(Role::kAdmin);
  bump(scoreboard->slot(first).counters.requests, 5);
  bump(scoreboard->slot(second).counters.requests, 7);
  bump(scoreboard->slot(second).counters.responses[2], 7);
  bump(scoreboard->slot(admin).counters.requests, 100);
  CHECK(scoreboard->totals()->requests == 12);
  scoreboard->release(first);
  CHECK(scoreboard->totals()->requests == 12);
  CHECK(scoreboard->totals()->responses[2] == 7);
  REQUIRE(scoreboard->claim() == first);
  CHECK(scoreboard->totals()->requests == 12);
}

TEST_CASE("scoreboard: a reader never sees a total fall or count twice while workers come and go") {
  auto scoreboard = Scoreboard::create();
  REQUIRE(scoreboard);
  std::atomic<std::uint64_t> most{0};  // raised before what it bounds
  std::atomic<unsigned> looks{0};
  unsigned falls = 0, excesses = 0;
  constexpr unsigned kLooks = 2'000;
  std::thread reader([&] {
    for (std::uint64_t last = 0; looks.load() < kLooks;) {
      const auto totals = scoreboard->totals();
      if (!totals) continue;
      ++looks;
      falls += totals->requests < last ? 1U : 0U;
      excesses += totals->requests > most.load() ? 1U : 0U;
      last = totals->requests;
    }
  });
  std::deque<std::size_t> living;
  while (looks.load() < kLooks) {
    if (living.size() == 4) {
      scoreboard->release(living.front());
      living.pop_front();
    }
    living.push_back(*scoreboard->claim());
    for (const std::size_t index : living) {
      most.fetch_add(3);
      bump(scoreboard->slot(index).counters.requests, 3);
    }
  }
  reader.join();
  CHECK(falls == 0);
  CHECK(excesses == 0);
}

TEST_CASE("scoreboard: what the master publishes of its service another process reads whole") {
  auto scoreboard = Scoreboard::create();
  REQUIRE(scoreboard);
  REQUIRE(scoreboard->facts());
  CHECK(scoreboard->facts()->master == 0);
  CHECK(scoreboard->last_beat() == base::Monotonic{});
  ServiceFacts facts;
  facts.master = 77;
  facts.program = CutText<120>{"orrery 0.1.0"};
  facts.ended[static_cast<std::size_t>(Ending::kCrashed)] = 3;
  scoreboard->publish(facts);
  scoreboard->beat(base::Monotonic{base::Nanoseconds{5}});
  const pid_t reader = test::in_child([&] {
    const auto read = scoreboard->facts();
    return read && *read == facts && scoreboard->last_beat() == base::Monotonic{base::Nanoseconds{5}} ? 0 : 1;
  });
  CHECK(test::exited_with(test::wait_for(reader), 0));
}

TEST_CASE("scoreboard: full is full") {
  auto scoreboard = Scoreboard::create();
  REQUIRE(scoreboard);
  for (std::size_t i = 0; i < kMaxWorkers; ++i) CHECK(scoreboard->claim() == i);
  CHECK_FALSE(scoreboard->claim());
  scoreboard->release(100);
  CHECK(scoreboard->claim() == 100U);
}

TEST_CASE("scoreboard: a child of another role is no worker, takes no worker's slot and adds to no total") {
  auto scoreboard = Scoreboard::create();
  REQUIRE(scoreboard);
  const auto admin = scoreboard->claim(Role::kAdmin);
  REQUIRE(admin);
  CHECK(scoreboard->workers().empty());
  CHECK_FALSE(scoreboard->claim(Role::kAdmin));
  for (std::size_t i = 0; i < kMaxWorkers; ++i) CHECK(scoreboard->claim() == i);
  CHECK_FALSE(scoreboard->claim());
  Slot& slot = scoreboard->slot(*admin);
  CHECK(slot.role == Role::kAdmin);
  CHECK(scoreboard->workers().size() == kMaxWorkers);
  CHECK(scoreboard->siblings(scoreboard->slot(0)).size() == kMaxWorkers);
  REQUIRE(scoreboard->siblings(slot).size() == 1);
  CHECK(&scoreboard->siblings(slot)[0] == &slot);
  bump(slot.counters.requests, 5);
  scoreboard->release(*admin);
  CHECK(scoreboard->retired().requests.load() == 0);
  CHECK(scoreboard->claim(Role::kAdmin) == admin);
}

TEST_CASE("scoreboard: what a child writes the parent reads") {
  auto scoreboard = Scoreboard::create();
  REQUIRE(scoreboard);
  Slot& slot = scoreboard->slot(*scoreboard->claim());
  const pid_t child = test::in_child([&slot] {
    bump(slot.counters.connections, 3);
    return 0;
  });
  REQUIRE(test::exited_with(test::wait_for(child), 0));
  CHECK(slot.counters.connections.load() == 3);
}

TEST_CASE("scoreboard: the settings in force are published whole, and left out when they are too long") {
  auto board = Scoreboard::create();
  REQUIRE(board);
  CHECK(board->config()->text.empty());
  board->publish_config(3, R"("settings":[])");
  CHECK(board->config()->generation == 3);
  CHECK(board->config()->text == R"("settings":[])");
  board->publish_config(4, std::string(kConfigText + 1, 'x'));
  CHECK(board->config()->generation == 4);
  CHECK(board->config()->text.empty());
}

TEST_CASE("scoreboard: what the master tells all its children") {
  auto board = Scoreboard::create();
  REQUIRE(board);
  CHECK_FALSE(board->closing());
  board->set_closing(true);
  CHECK(board->closing());
  CHECK_FALSE(board->log_level());
  board->set_log_level(LogLevel::kDebug);
  CHECK(board->log_level() == LogLevel::kDebug);
  board->set_log_level(std::nullopt);
  CHECK_FALSE(board->log_level());
}

}  // namespace orrery::os
