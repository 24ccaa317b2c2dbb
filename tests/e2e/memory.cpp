// A handler that leaks, in a cgroup with little memory: workers are replaced before the kernel kills one, and nobody
// notices.
#include "e2e/classes.hpp"
#include "e2e/clean_load.hpp"
#include "e2e/memory_group.hpp"
#include "support/load.hpp"

namespace orrery::test {

namespace {

/// Far beyond what a slow machine takes: a leak that is slower takes longer to be found.
constexpr std::chrono::minutes kLongest{10};

/// Replaced in time, the replacement first or, where there is no room for both, after it.
auto replaced(const ServerProcess& server) { return server.count_lines(", and its cgroup has "); }

}  // namespace

TEST_CASE("memory: a leak under a tight limit costs no request and no worker its life, in every class") {
  // What a sanitizer keeps for itself grows as well, and is not given back.
  if (sanitized() || kUnderValgrind) return;
  const MemoryGroup group{160L << 20};
  if (!group.made() || group.kills() < 0) {
    WARN("skipped: no memory cgroup that counts its kills can be made here");
    return;
  }
  const std::string worker_class = GENERATE(from_range(kClasses));
  INFO(worker_class);
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "2", "-k", worker_class, "--admin", "off"}};
  server.in_child = [&] { group.enter(); };
  REQUIRE(server.serve());
  Load load;
  // At most 6 MiB a second: all would be used up within half a minute.
  load.start(url(server.port(), "/leak?bytes=65536"), 2, false, std::chrono::milliseconds{20});
  CHECK(eventually([&] { return replaced(server) >= 2; }, kLongest));
  CHECK(load.answers(100, kLongest));
  check_clean(load.stop());
  CHECK(group.kills() == 0);
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.count_lines("[CRITICAL]") == 0);
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
