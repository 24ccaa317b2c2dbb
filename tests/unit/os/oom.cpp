#include "os/oom.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "support/temporary_directory.hpp"

namespace orrery::os {

namespace {

void write(const test::TemporaryDirectory& root, const std::string& path, const std::string& text) {
  const std::filesystem::path file{root.file(path)};
  std::filesystem::create_directories(file.parent_path());
  std::ofstream{file} << text;
}

}  // namespace

TEST_CASE("oom: the count of the own cgroup is found in v2, in v1, and in a container") {
  const test::TemporaryDirectory root;
  SECTION("v2") {
    write(root, "proc/self/cgroup", "0::/system.slice/orrery.service\n");
    write(root, "sys/fs/cgroup/system.slice/orrery.service/memory.events", "low 0\noom 4\noom_kill 3\n");
    CHECK(oom_kills(root.file("")) == 3);
  }
  SECTION("v1") {
    write(root, "proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/orrery\n");
    write(root, "sys/fs/cgroup/memory/orrery/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n");
    CHECK(oom_kills(root.file("")) == 2);
  }
  SECTION("a container's path is the host's") {
    write(root, "proc/self/cgroup", "0::/docker/4711\n");
    write(root, "sys/fs/cgroup/memory.events", "oom_kill 1\n");
    CHECK(oom_kills(root.file("")) == 1);
  }
  SECTION("nothing") { CHECK_FALSE(oom_kills(root.file(""))); }
}

}  // namespace orrery::os
