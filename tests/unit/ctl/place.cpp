#include "ctl/place.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <utility>

namespace orrery::ctl {

TEST_CASE("place: an address is a path, a unix address, a URL or one of `bind`") {
  struct Row {
    std::string text;
    Place place;
    const char* shown;
  };
  const Row rows[] = {
      {"/run/orrery/admin.sock", {"/run/orrery/admin.sock", "", ""}, "/run/orrery/admin.sock"},
      {"./admin.sock", {"./admin.sock", "", ""}, "./admin.sock"},
      {"unix:admin.sock", {"admin.sock", "", ""}, "admin.sock"},
      {"unix:@orrery", {"@orrery", "", ""}, "@orrery"},
      {"http://127.0.0.1:9000", {"", "127.0.0.1", "9000"}, "http://127.0.0.1:9000"},
      {"http://node7.example:9000/", {"", "node7.example", "9000"}, "http://node7.example:9000"},
      {"http://localhost", {"", "localhost", "80"}, "http://localhost:80"},
      {"http://[::1]:9000", {"", "::1", "9000"}, "http://[::1]:9000"},
      {"127.0.0.1:9000", {"", "127.0.0.1", "9000"}, "http://127.0.0.1:9000"},
      {"[::1]:9000", {"", "::1", "9000"}, "http://[::1]:9000"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto place = parse_place(row.text);
    REQUIRE(place);
    CHECK(*place == row.place);
    CHECK(place->shown() == row.shown);
  }
}

TEST_CASE("place: what is no address is refused with a sentence") {
  struct Row {
    const char* text;
    const char* part;
  };
  for (const Row& row : {Row{"https://node7:9000", "speaks no TLS"}, Row{"http://", "write http://HOST:PORT"},
                         Row{"http://a:b", "write http://HOST:PORT"}, Row{"http://a/status", "write http://HOST:PORT"},
                         Row{"http://[::1:9000", "write http://HOST:PORT"}, Row{"http://a:", "write http://HOST:PORT"},
                         Row{"127.0.0.1:0", "at which port"}, Row{"fd://3", "at which port"}}) {
    INFO(row.text);
    const auto place = parse_place(row.text);
    REQUIRE_FALSE(place);
    CHECK_THAT(place.error().message, Catch::Contains(row.part));
  }
}

TEST_CASE("place: what was said ranks before what is usual, and the first usual one that exists is taken") {
  Config off, there, renamed, automatic;
  off.admin = {"off"};
  there.admin = {"127.0.0.1:9000", "unix:b.sock"};
  renamed.proc_name = "planets";
  struct Row {
    const char* name;
    Hints hints;
    std::set<std::string> files;
    std::string found;  ///< or a part of the error
  };
  const admin::Directories both{"/run/unit:/run/other", "/run/user/7"};
  const Row rows[] = {
      {"--socket first", {"a.sock", "", "/c", &there, both}, {}, "a.sock"},
      {"--socket as in bind", {"unix:a.sock", "", "", nullptr, {}}, {}, "a.sock"},
      {"--url", {"", "http://h:1", "/c", &there, both}, {}, "http://h:1"},
      {"ORRERY_ADMIN", {"", "", "/c/admin.sock", &there, both}, {}, "/c/admin.sock"},
      {"the configuration's first address", {"", "", "", &there, both}, {}, "http://127.0.0.1:9000"},
      {"the configuration has none", {"", "", "", &off, both}, {}, "admin: off"},
      {"auto: the unit's directory",
       {"", "", "", nullptr, both},
       {"/run/unit/admin.sock", "/run/orrery/admin.sock"},
       "/run/unit/admin.sock"},
      {"auto: the usual unit's",
       {"", "", "", nullptr, both},
       {"/run/orrery/admin.sock", "/run/user/7/orrery-admin.sock"},
       "/run/orrery/admin.sock"},
      {"auto: the user's",
       {"", "", "", &automatic, both},
       {"/run/user/7/orrery-admin.sock"},
       "/run/user/7/orrery-admin.sock"},
      {"auto: by the service's name",
       {"", "", "", &renamed, both},
       {"/run/user/7/planets-admin.sock"},
       "/run/user/7/planets-admin.sock"},
      {"auto: nowhere",
       {"", "", "", nullptr, both},
       {},
       "no admin process was found at /run/unit/admin.sock, /run/orrery/admin.sock, /run/user/7/orrery-admin.sock; "},
      {"auto: no directories", {}, {}, "no admin process was found at /run/orrery/admin.sock; "},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto place = find_place(row.hints, [&](const std::string& path) { return row.files.contains(path); });
    if (place) CHECK(place->shown() == row.found);
    if (!place) CHECK_THAT(place.error().message, Catch::Contains(row.found));
  }
}

TEST_CASE("place: a monitor at every address is asked at this machine's own") {
  Config config;
  CHECK_FALSE(find_monitor(config));
  for (const auto& [address, shown] :
       {std::pair{"0.0.0.0:9100", "http://127.0.0.1:9100"}, std::pair{"[::]:9100", "http://[::1]:9100"},
        std::pair{"10.0.0.7:9100", "http://10.0.0.7:9100"}, std::pair{"unix:/run/m.sock", "/run/m.sock"}}) {
    config.monitor = {address};
    CHECK(find_monitor(config)->shown() == shown);
  }
}

}  // namespace orrery::ctl
