#include "config/cpus.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

#include "workshop.hpp"

namespace orrery::config {
namespace {

struct File {
  const char* name;
  const char* text;
};

TEST_CASE("quota_cpus reads cgroup v1 and v2, rounded up, the smallest of all levels") {
  struct Row {
    const char* name;
    std::vector<File> files;
    std::optional<unsigned> cpus;
  };
  const Row rows[] = {
      {"no cgroups", {}, std::nullopt},
      {"v2, two CPUs", {{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/cpu.max", "200000 100000\n"}}, 2},
      {"v2, one and a half", {{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/cpu.max", "150000 100000\n"}}, 2},
      {"v2, a tenth", {{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/cpu.max", "10000 100000\n"}}, 1},
      {"v2, no quota", {{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/cpu.max", "max 100000\n"}}, std::nullopt},
      {"v2, the parent is narrower",
       {{"proc/self/cgroup", "0::/a/b\n"},
        {"sys/fs/cgroup/a/b/cpu.max", "400000 100000\n"},
        {"sys/fs/cgroup/a/cpu.max", "300000 100000\n"}},
       3},
      {"v2, a folder that is not seen",
       {{"proc/self/cgroup", "0::/x/y\n"}, {"sys/fs/cgroup/cpu.max", "100000 100000\n"}},
       1},
      {"v1",
       {{"proc/self/cgroup", "4:cpu,cpuacct:/d\n2:memory:/d\n"},
        {"sys/fs/cgroup/cpu,cpuacct/d/cpu.cfs_quota_us", "250000\n"},
        {"sys/fs/cgroup/cpu,cpuacct/d/cpu.cfs_period_us", "100000\n"}},
       3},
      {"v1, no quota",
       {{"proc/self/cgroup", "4:cpu,cpuacct:/\n"},
        {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n"},
        {"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n"}},
       std::nullopt},
      {"v1, mounted as cpu",
       {{"proc/self/cgroup", "4:cpu,cpuacct:/docker/1\n"},
        {"sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n"},
        {"sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
       1},
      {"garbage", {{"proc/self/cgroup", "what\n::\n0::/\n"}, {"sys/fs/cgroup/cpu.max", "x y\n"}}, std::nullopt},
      {"a period of zero", {{"proc/self/cgroup", "0::/\n"}, {"sys/fs/cgroup/cpu.max", "5 0\n"}}, std::nullopt},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const TemporaryFolder root;
    for (const auto& file : row.files) root.write(file.name, file.text);
    CHECK(quota_cpus(root.path("")) == row.cpus);
  }
}

TEST_CASE("allowed_cpus is the smaller of affinity and quota, effective_workers resolves auto") {
  const TemporaryFolder root;
  CHECK(allowed_cpus(root.path("")) == affinity_cpus());
  root.write("proc/self/cgroup", "0::/\n");
  root.write("sys/fs/cgroup/cpu.max", "50000 100000\n");
  CHECK(allowed_cpus(root.path("")) == 1);
  Config config;
  CHECK(effective_workers(config) >= 1);
  config.reload = true;
  CHECK(effective_workers(config) == 1);
  config.workers = 7;
  CHECK(effective_workers(config) == 7);
  config.workers = 1000;
  CHECK(effective_workers(config) == 256);
}

TEST_CASE("effective_workers keeps `auto` within its bounds, and worker_bounds resolves those") {
  Config config;
  config.workers_min = 200;
  CHECK(effective_workers(config) == 200);
  config.workers_min = 1;
  config.workers_max = 1;
  CHECK(effective_workers(config) == 1);
  CHECK(worker_bounds(config).least == 1);
  CHECK(worker_bounds(config).most == 1);
  config.workers_max = 0;
  CHECK(worker_bounds(config).most == std::min(256U, 2 * allowed_cpus()));
  config.workers = 256;
  CHECK(worker_bounds(config).most == 256);
}

}  // namespace
}  // namespace orrery::config
