#include "os/cgroup.hpp"

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

/// The files of one group of v2.
void write_group(const test::TemporaryDirectory& root, const std::string& path, const std::string& limit,
                 const std::string& used, const std::string& cached) {
  write(root, "sys/fs/cgroup/" + path + "memory.max", limit + "\n");
  write(root, "sys/fs/cgroup/" + path + "memory.current", used + "\n");
  write(root, "sys/fs/cgroup/" + path + "memory.stat", "anon 1\ninactive_file " + cached + "\nactive_file 5\n");
}

}  // namespace

TEST_CASE("cgroup: what a limit leaves, without files that the kernel only keeps") {
  const test::TemporaryDirectory root;
  write(root, "proc/self/cgroup", "0::/a.slice/b.service\n");
  CHECK_FALSE(memory_room(root.file("")));
  write_group(root, "a.slice/b.service/", "1000", "700", "200");
  auto room = memory_room(root.file(""));
  REQUIRE(room);
  CHECK(room->limit == 1000);
  CHECK(room->left == 500);
  SECTION("a group above has less") {
    write_group(root, "a.slice/", "2000", "1900", "0");
    room = memory_room(root.file(""));
    REQUIRE(room);
    CHECK(room->limit == 2000);
    CHECK(room->left == 100);
  }
  SECTION("no limit is none") {
    write_group(root, "a.slice/b.service/", "max", "700", "0");
    CHECK_FALSE(memory_room(root.file("")));
  }
  SECTION("more than the limit leaves nothing") {
    write_group(root, "a.slice/b.service/", "1000", "1200", "0");
    room = memory_room(root.file(""));
    REQUIRE(room);
    CHECK(room->left == 0);
  }
}

TEST_CASE("cgroup: in a container, and in v1") {
  const test::TemporaryDirectory root;
  SECTION("the path is the host's") {
    write(root, "proc/self/cgroup", "0::/docker/4711\n");
    write_group(root, "", "1000", "300", "0");
    const auto room = memory_room(root.file(""));
    REQUIRE(room);
    CHECK(room->left == 700);
  }
  SECTION("v1") {
    write(root, "proc/self/cgroup", "5:cpu:/x\n4:memory:/orrery\n");
    write(root, "sys/fs/cgroup/memory/orrery/memory.limit_in_bytes", "1000\n");
    write(root, "sys/fs/cgroup/memory/orrery/memory.usage_in_bytes", "800\n");
    write(root, "sys/fs/cgroup/memory/orrery/memory.stat", "cache 9\ntotal_inactive_file 100\n");
    write(root, "sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");
    write(root, "sys/fs/cgroup/memory/memory.usage_in_bytes", "800\n");
    const auto room = memory_room(root.file(""));
    REQUIRE(room);
    CHECK(room->left == 300);
  }
}

}  // namespace orrery::os
