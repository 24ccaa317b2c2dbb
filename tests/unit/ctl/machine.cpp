#include "ctl/machine.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "support/temporary_directory.hpp"

namespace orrery::ctl {

TEST_CASE("machine: it reads below its root, and what is not there is nothing") {
  const test::TemporaryDirectory root;
  std::filesystem::create_directories(root.file("proc/7/fd"));
  std::ofstream(root.file("proc/a")) << "12 x\nmore\n";
  std::filesystem::create_symlink("socket:[5]", root.file("proc/7/fd/3"));
  std::ofstream(root.file("proc/7/limits"))
      << "Limit                     Soft Limit           Hard Limit           Units\n"
         "Max core file size        0                    unlimited            bytes\n"
         "Max open files            1024                 4096                 files\n";
  const Machine machine{root.file("") + "/"};
  CHECK(machine.text("/proc/a") == "12 x\nmore\n");
  CHECK(machine.line("/proc/a") == "12 x");
  CHECK(machine.number("/proc/a") == 12);
  CHECK(machine.names("/proc") == std::vector<std::string>{"7", "a"});
  CHECK(machine.link("/proc/7/fd/3") == "socket:[5]");
  CHECK_FALSE(machine.text("/proc/none"));
  CHECK_FALSE(machine.line("/proc/none"));
  CHECK_FALSE(machine.number("/proc/7/limits"));
  CHECK_FALSE(machine.link("/proc/a"));
  CHECK(machine.names("/none").empty());
  const auto files = read_limit(machine, "7", "Max open files");
  REQUIRE(files);
  CHECK(files->soft == 1024);
  CHECK(files->hard == 4096);
  CHECK_FALSE(read_limit(machine, "7", "Max core file size")->hard);
  CHECK_FALSE(read_limit(machine, "7", "Max nice priority"));
  CHECK_FALSE(read_limit(machine, "8", "Max open files"));
}

}  // namespace orrery::ctl
