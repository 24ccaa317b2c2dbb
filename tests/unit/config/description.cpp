#include "config/description.hpp"

#include <catch2/catch.hpp>

#include "support/json.hpp"
#include "workshop.hpp"

namespace orrery::config {

namespace {

using nlohmann::json;

json parsed(const std::string& description) { return json::parse("{" + description + "}"); }

json setting(const json& whole, const std::string& name) {
  for (const json& one : whole["settings"])
    if (one["name"] == name) return one;
  return nullptr;
}

}  // namespace

TEST_CASE("description: each setting, where it came from, and what it hides") {
  TemporaryFolder folder;
  const std::string file = folder.write("server.yaml", "timeout: 20s\nworkers: 3\n");
  const Outcome outcome =
      load_arguments({"-c", file, "--workers", "2"}, {{"WEB_CONCURRENCY", "5"}, {"FORWARDED_ALLOW_IPS", "10.0.0.1"}});
  REQUIRE(outcome.complaints.empty());
  const json whole = parsed(describe(outcome));
  CHECK(whole["file"] == file);
  const json workers = setting(whole, "workers");
  CHECK(workers["value"] == "2");
  CHECK(workers["source"] == "--workers on the command line");
  REQUIRE(workers["hidden"].size() == 2);
  CHECK(workers["hidden"][0] == json{{"value", "5"}, {"source", "environment WEB_CONCURRENCY"}});
  CHECK(workers["hidden"][1] == json{{"value", "3"}, {"source", file + ":2"}});
  CHECK(setting(whole, "timeout")["source"] == file + ":1");
  CHECK(setting(whole, "forwarded_allow_ips")["source"] == "environment FORWARDED_ALLOW_IPS");
  const json usual = setting(whole, "graceful_timeout");
  CHECK(usual["source"] == "default");
  CHECK(usual["hidden"].empty());
  for (const Setting& row : settings()) CHECK(setting(whole, std::string{row.name}).is_null() == is_command(row));
}

TEST_CASE("description: no value of raw_env is in it, wherever it stands") {
  TemporaryFolder folder;
  const std::string file = folder.write("server.yaml", "raw_env: [PASSWORD=hidden-secret]\n");
  const Outcome outcome = load_arguments({"-c", file, "--env", "TOKEN=open-secret"});
  REQUIRE(outcome.complaints.empty());
  const std::string text = describe(outcome);
  CHECK(text.find("secret") == std::string::npos);
  CHECK(setting(parsed(text), "raw_env")["value"] == "TOKEN=...");
  CHECK(setting(parsed(text), "raw_env")["hidden"][0]["value"] == "PASSWORD=...");
}

TEST_CASE("description: a setting that waits for a restart says so") {
  const Outcome outcome = load_arguments({"--pid", "other.pid"});
  const json whole = parsed(describe(outcome, {{"pidfile", "a", "b", Impact::kRestart}}));
  CHECK(setting(whole, "pidfile")["source"] == "the start; what --pid on the command line says waits for a restart");
}

TEST_CASE("description: a program's own configuration, and values without end") {
  Config config;
  config.workers = 7;
  config.proc_name = std::string(100'000, 'x');
  const json whole = parsed(describe(config));
  CHECK(whole["file"].is_null());
  CHECK(setting(whole, "workers")["source"] == "the program");
  CHECK(setting(whole, "timeout")["source"] == "default");
  CHECK(setting(whole, "proc_name")["value"].get<std::string>().size() < 1100);
}

}  // namespace orrery::config
