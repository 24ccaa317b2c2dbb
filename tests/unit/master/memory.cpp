// The rules of the supervisor about memory.
#include <catch2/catch.hpp>
#include <optional>

#include "fake_world.hpp"

namespace orrery::master {

namespace {

constexpr std::uint64_t kMebibyte = 1024 * 1024;

/// Two workers of 100 MiB, and so much left in the cgroup.
void serve(FakeWorld& world, std::uint64_t left) {
  Plan plan = plan_for(2);
  plan.max_memory = 200 * kMebibyte;
  world.send(Started{plan});
  world.ready_all();
  world.send(MemoryRead{{{101, 100 * kMebibyte}, {102, 100 * kMebibyte}}, left});
  REQUIRE(world.trace.empty());
}

}  // namespace

TEST_CASE("memory: a replacement comes first only where there is memory for both") {
  FakeWorld world;
  struct Row {
    const char* name;
    std::uint64_t left;
    const char* trace;
  };
  const Row row = GENERATE(Row{"plenty", 1000, "say spawn:1"}, Row{"just enough", 125, "say spawn:1"},
                           Row{"too little", 124, "say say term:101"}, Row{"nothing", 0, "say say term:101"});
  INFO(row.name);
  serve(world, row.left * kMebibyte);
  world.send(MemoryRead{{{101, 210 * kMebibyte}}, row.left * kMebibyte});
  CHECK(world.trace == row.trace);
}

TEST_CASE("memory: one that leaves first is replaced when it is gone, and the next one waits for its turn") {
  FakeWorld world;
  serve(world, 50 * kMebibyte);
  world.send(MemoryRead{{{101, 210 * kMebibyte}, {102, 220 * kMebibyte}}, 50 * kMebibyte});
  CHECK(world.trace == "say say say term:101");
  world.send(MemoryRead{{{102, 220 * kMebibyte}}, 50 * kMebibyte});
  CHECK(world.trace.empty());
  world.exit(101, exited(0));
  CHECK(world.trace == "report:101 spawn:1");
  world.send(WorkerReady{103});
  CHECK(world.trace == "say term:102");
  world.exit(102, exited(0));
  CHECK(world.trace == "report:102 spawn:1");
  world.send(WorkerReady{104});
  CHECK(world.supervisor.children().ready() == 2);
}

TEST_CASE("memory: memory that is found meanwhile lets the replacement come first") {
  FakeWorld world;
  serve(world, 50 * kMebibyte);
  world.send(MemoryRead{{{101, 210 * kMebibyte}, {102, 220 * kMebibyte}}, 50 * kMebibyte});
  world.exit(101, exited(0));
  world.send(MemoryRead{{}, 500 * kMebibyte});
  CHECK(world.trace == "spawn:1");
  world.send(WorkerReady{103});
  CHECK(world.trace.empty());
  world.send(WorkerReady{104});
  CHECK(world.trace == "term:102");
}

TEST_CASE("memory: the largest that grows is replaced before the cgroup is full, whatever its own limit is") {
  FakeWorld world;
  Plan plan = plan_for(2);
  world.send(Started{plan});
  world.ready_all();
  // 8 MiB more at each look: by the fourth the growth is known, and by the fifth there is room for nine looks more.
  for (std::uint64_t look = 0; look < 5; ++look) {
    const std::uint64_t left = (120 - look * 12) * kMebibyte;
    world.send(MemoryRead{{{101, (50 + look * 8) * kMebibyte, look * 100}, {102, 60 * kMebibyte, look * 100}}, left});
    if (look < 4) CHECK(world.trace.empty());
  }
  CHECK(world.trace.starts_with("say "));
  CHECK(world.said.back().find("Worker 1 ") != std::string::npos);
  CHECK(world.has_said("grows by 80 MiB each 1,000 requests"));
}

TEST_CASE("memory: one that is large and does not grow is left alone, and so is everybody where there is no limit") {
  FakeWorld world;
  world.send(Started{plan_for(1)});
  world.ready_all();
  const bool limited = GENERATE(true, false);
  for (std::uint64_t look = 0; look < 20; ++look) {
    const std::uint64_t bytes = limited ? 500 * kMebibyte : (500 + look) * kMebibyte;
    const std::optional<std::uint64_t> left = limited ? std::optional{kMebibyte} : std::nullopt;
    world.send(MemoryRead{{{101, bytes, look * 100}}, left});
    CHECK(world.trace.empty());
  }
}

}  // namespace orrery::master
