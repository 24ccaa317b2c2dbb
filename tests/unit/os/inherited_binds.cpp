#include "os/inherited_binds.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <map>
#include <string>
#include <unistd.h>
#include <vector>

namespace orrery::os {

TEST_CASE("inherited binds: LISTEN_FDS counts only for the process it names") {
  ::setenv("LISTEN_FDS", "2", 1);
  SECTION("ours") {
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    const InheritedBinds inherited = take_inherited_binds();
    CHECK(inherited.binds == std::vector<std::string>{"fd://3", "fd://4"});
    CHECK(inherited.note.empty());
  }
  SECTION("one has the name of a child that is no worker") {
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
    ::setenv("LISTEN_FDNAMES", "orrery.socket:monitor", 1);
    const InheritedBinds inherited = take_inherited_binds();
    CHECK(inherited.binds == std::vector<std::string>{"fd://3"});
    CHECK(inherited.beside == std::map<Role, std::vector<std::string>>{{Role::kMonitor, {"fd://4"}}});
    CHECK(std::getenv("LISTEN_FDNAMES") == nullptr);
  }
  SECTION("our parent's") {
    ::setenv("LISTEN_PID", std::to_string(::getppid()).c_str(), 1);
    const InheritedBinds inherited = take_inherited_binds();
    CHECK(inherited.binds.empty());
    CHECK(inherited.note.find("LISTEN_FDS names 2 sockets of another process") == 0);
  }
  CHECK(std::getenv("LISTEN_FDS") == nullptr);
  CHECK(std::getenv("LISTEN_PID") == nullptr);
}

}  // namespace orrery::os
