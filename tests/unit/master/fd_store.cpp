#include "master/fd_store.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::master {

TEST_CASE("fd_store: the name of a socket says which setting it stands for") {
  for (const char* bind : {"127.0.0.1:8000", "[::1]:80", "unix:/run/x%3A.sock", "unix:@name", "[fe80::1%eth0]:80"}) {
    INFO(bind);
    const std::string name = stored_name(bind);
    CHECK(name.find(':') == std::string::npos);
    CHECK(bind_of_stored(name) == bind);
  }
  CHECK(stored_name("127.0.0.1:8000") == "bind=127.0.0.1%3A8000");
}

TEST_CASE("fd_store: what systemd cannot name has none, and others' names say nothing") {
  CHECK(stored_name("unix:/run/\xc3\xa9").empty());
  CHECK(stored_name("unix:/run/a\nb").empty());
  CHECK(stored_name("unix:/" + std::string(250, 'x')).empty());
  for (const char* name : {"", "orrery.socket", "stored", "unknown", "bind="}) CHECK(bind_of_stored(name).empty());
}

}  // namespace orrery::master
