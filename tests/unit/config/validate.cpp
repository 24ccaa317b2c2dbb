#include "config/validate.hpp"

#include <catch2/catch.hpp>

namespace orrery::config {
namespace {

TEST_CASE("validate: the defaults are fine") { CHECK(validate(Config{}).empty()); }

TEST_CASE("validate: several settings together") {
  struct Row {
    const char* name;
    void (*change)(Config&);
    std::vector<const char*> parts;
  };
  const Row rows[] = {
      {"the same address twice",
       [](Config& c) {
         c.bind = {":80", "0.0.0.0:80"};
       },
       {"is the same address as `:80`"}},
      {"three times",
       [](Config& c) {
         c.bind = {":80", ":80", ":80"};
       },
       {"same address", "same address"}},
      {"different ports",
       [](Config& c) {
         c.bind = {":80", ":81"};
       },
       {}},
      {"port 0 twice",
       [](Config& c) {
         c.bind = {":0", ":0"};
       },
       {}},
      {"the same path",
       [](Config& c) {
         c.bind = {"unix:/x", "unix:///x"};
       },
       {"same address"}},
      {"the monitor where the service listens",
       [](Config& c) {
         c.bind = {":80"};
         c.monitor = {"0.0.0.0:80"};
       },
       {"is the same address as `:80`"}},
      {"the monitor where the admin process listens",
       [](Config& c) {
         c.admin = {"unix:/x"};
         c.monitor = {"unix:/x"};
       },
       {"is the same address as `unix:/x`"}},
      {"`auto` among addresses",
       [](Config& c) {
         c.admin = {"auto", "unix:/x"};
       },
       {"`auto` stands alone, or not at all"}},
      {"two broken ones",
       [](Config& c) {
         c.bind = {"x", "x"};
       },
       {"not a numeric"}},
      {"a daemon without a log file", [](Config& c) { c.daemon = true; }, {"set `errorlog` to a file"}},
      {"a daemon with one",
       [](Config& c) {
         c.daemon = true;
         c.errorlog = "/x";
       },
       {}},
      {"a daemon's access log",
       [](Config& c) {
         c.daemon = true;
         c.errorlog = "/x";
         c.accesslog = "-";
       },
       {"`accesslog`"}},
      {"bounds that ascend",
       [](Config& c) {
         c.duration_buckets = {"900us", "0.25", "1"};
       },
       {}},
      {"bounds that do not",
       [](Config& c) {
         c.duration_buckets = {"1", "250ms"};
       },
       {"`250ms` is not above `1`, which stands before it"}},
      {"a bound that is no time",
       [](Config& c) {
         c.duration_buckets = {"soon", "1"};
       },
       {"`soon` is no time"}},
      {"neither surge nor unavailable", [](Config& c) { c.max_surge = 0; }, {"no worker could ever be replaced"}},
      {"no surge, one unavailable",
       [](Config& c) {
         c.max_surge = 0;
         c.max_unavailable = 1;
       },
       {}},
      {"the fewest workers above the most",
       [](Config& c) {
         c.workers_min = 5;
         c.workers_max = 4;
       },
       {"the fewest workers, 5, are more than the most, 4 (`workers_max`); exchange them"}},
      {"as many as there may be", [](Config& c) { c.workers_min = c.workers_max = c.workers = 4; }, {}},
      {"a number below the fewest",
       [](Config& c) {
         c.workers_min = 2;
         c.workers = 1;
       },
       {"`1` is below the fewest workers, 2 (`workers_min`)"}},
      {"a number above the most",
       [](Config& c) {
         c.workers_max = 4;
         c.workers = 5;
       },
       {"`5` is above the most workers, 4 (`workers_max`)"}},
      {"a hard limit below the soft one",
       [](Config& c) {
         c.max_worker_memory = 100;
         c.max_worker_memory_hard = 99;
       },
       {"could never act"}},
      {"a value out of range", [](Config& c) { c.workers = 300; }, {"300 is out of range"}},
      {"a negative value", [](Config& c) { c.workers = -1; }, {"out of range"}},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    Config config;
    row.change(config);
    const auto problems = validate(config);
    REQUIRE(problems.size() == row.parts.size());
    for (std::size_t i = 0; i < problems.size(); ++i) CHECK_THAT(problems[i].message, Catch::Contains(row.parts[i]));
  }
}

TEST_CASE("compare: what changed and what it costs") {
  Config old, fresh;
  CHECK(compare(old, fresh).empty());
  fresh.workers = 4;
  fresh.keepalive = std::chrono::seconds{5};
  fresh.bind = {":80", ":81"};
  fresh.daemon = true;
  fresh.umask = 022;
  const auto changes = compare(old, fresh);
  struct Row {
    const char *name, *from, *to;
    Impact impact;
  };
  const Row rows[] = {
      {"bind", "127.0.0.1:8000", ":80, :81", Impact::kRebind},
      {"workers", "auto", "4", Impact::kLive},
      {"keepalive", "75s", "5s", Impact::kRespawn},
      {"umask", "", "022", Impact::kRestart},
      {"daemon", "false", "true", Impact::kRestart},
  };
  REQUIRE(changes.size() == std::size(rows));
  for (std::size_t i = 0; i < changes.size(); ++i) {
    INFO(rows[i].name);
    CHECK(changes[i].name == rows[i].name);
    CHECK(changes[i].from == rows[i].from);
    CHECK(changes[i].to == rows[i].to);
    CHECK(changes[i].impact == rows[i].impact);
  }
}

TEST_CASE("compare: what a reload cannot apply stays, and is found again") {
  Config current, fresh;
  current.pidfile = "/run/a.pid";
  fresh.pidfile = "/run/b.pid";
  fresh.umask = 027;
  fresh.workers = 7;
  keep_restart_settings(fresh, current);
  CHECK(fresh.pidfile == "/run/a.pid");
  CHECK_FALSE(fresh.umask);
  CHECK(fresh.workers == 7);
}

TEST_CASE("compare: a list of two is not one text with a comma") {
  Config old, fresh;
  old.raw_env = {"A=1, B=2"};
  fresh.raw_env = {"A=1", "B=2"};
  CHECK(compare(old, fresh).size() == 1);
}

}  // namespace
}  // namespace orrery::config
