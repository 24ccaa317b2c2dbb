// The trace of a request (traceparent): whose it is believed, and where it is named.
#include <algorithm>
#include <string>
#include <string_view>

#include "e2e/classes.hpp"
#include "support/json.hpp"
#include "support/tool.hpp"

namespace orrery::test {

namespace {

constexpr std::string_view kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
constexpr std::string_view kParent = "00f067aa0ba902b7";

std::string traceparent(std::string_view version = "00", std::string_view flags = "01") {
  return std::string{version}.append("-").append(kTrace).append("-").append(kParent).append("-").append(flags);
}
std::string field(const std::string& value) { return "traceparent: " + value + "\r\n"; }

/// As the handler saw it.
std::string seen(const std::string& body) { return nlohmann::json::parse(body).value("trace", "none was told"); }
std::string trace_of(const std::string& seen) { return seen.size() == 55 ? seen.substr(3, 32) : seen; }

}  // namespace

TEST_CASE("traces: kept from a trusted peer, and named for its handler and in both logs") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.arguments.insert(server.arguments.end(),
                          {"--access-logfile", "access.log", "--access-logformat", "<%(trace)s %(route)s %(s)s>"});
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const std::string kept = seen(wire.ask("GET /echo", field(traceparent())).body);
  CHECK(trace_of(kept) == kTrace);
  CHECK(kept.ends_with("-01"));
  CHECK(kept.find(kParent) == std::string::npos);
  CHECK(wire.ask("GET /throw", field(traceparent())).status == 500);
  CHECK(server.wait_for_text("access.log", "<" + std::string{kTrace} + " /echo 200>"));
  CHECK(server.wait_for_text("access.log", "<" + std::string{kTrace} + " /throw 500>"));
  CHECK(server.wait_for_line(", trace " + std::string{kTrace} + ")"));
  CHECK(wire.ask("GET /nowhere").status == 404);
  CHECK(server.wait_for_text("access.log", "<- - 404>"));
}

TEST_CASE("traces: what comes of each value, from whom, and of each setting") {
  struct Row {
    const char* name;
    const char* setting;
    bool trusted;
    std::string fields;
    enum { kNone, kSenders, kOwn } expected;
  };
  const Row rows[] = {
      {"none was sent", "keep", true, "", Row::kNone},
      {"an untrusted peer's", "keep", false, field(traceparent()), Row::kNone},
      {"a later version's", "keep", true, field(traceparent("cc") + "-more"), Row::kSenders},
      {"a version that cannot be", "keep", true, field(traceparent("ff")), Row::kNone},
      {"cut short", "keep", true, field(traceparent().substr(0, 50)), Row::kNone},
      {"capital letters", "keep", true, field("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"), Row::kNone},
      {"zeros alone", "keep", true, field("00-" + std::string(32, '0') + "-00f067aa0ba902b7-01"), Row::kNone},
      {"empty", "keep", true, field(""), Row::kNone},
      {"the same twice", "keep", true, field(traceparent()) + field(traceparent()), Row::kSenders},
      {"two that differ", "keep", true, field(traceparent()) + field(traceparent("00", "00")), Row::kNone},
      {"switched off", "off", true, field(traceparent()), Row::kNone},
      {"made", "make", true, "", Row::kOwn},
      {"made for an untrusted peer", "make", false, field(traceparent()), Row::kOwn},
      {"made instead of a malformed one", "make", true, field("nonsense"), Row::kOwn},
      {"kept where others are made", "make", true, field(traceparent()), Row::kSenders},
  };
  for (const std::string setting : {"off", "keep", "make"}) {
    for (const bool trusted : {true, false}) {
      ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--traceparent", setting}};
      server.arguments.insert(server.arguments.end(), {"--forwarded-allow-ips", trusted ? "127.0.0.1" : "192.0.2.1"});
      REQUIRE(server.serve());
      Wire wire{server.port()};
      for (const Row& row : rows) {
        if (row.setting != setting || row.trusted != trusted) continue;
        INFO(row.name);
        const std::string trace = seen(wire.ask("GET /echo", row.fields).body);
        INFO(trace);
        CHECK(trace.empty() == (row.expected == Row::kNone));
        CHECK((trace_of(trace) == kTrace) == (row.expected == Row::kSenders));
      }
    }
  }
}

TEST_CASE("traces: over HTTP/2, and in the lines of a JSON log") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "--log-format", "json"}};
  server.arguments.insert(server.arguments.end(),
                          {"--access-logfile", "access.log", "--access-logformat", R"({"trace":%(trace)s})"});
  REQUIRE(server.serve());
  const auto ask = [&](const std::string& path) {
    return said_by("curl -sS -m 20 --http2-prior-knowledge -H 'traceparent: " + traceparent() +
                   "' http://127.0.0.1:" + std::to_string(server.port()) + path);
  };
  CHECK(trace_of(seen(ask("/echo"))) == kTrace);
  ask("/throw");
  CHECK(server.wait_for_text("access.log", R"({"trace":")" + std::string{kTrace} + "\"}"));
  REQUIRE(server.wait_for_line("handler of GET /throw failed"));
  const auto lines = lines_of(server.log());
  CHECK(std::ranges::any_of(lines, [](const std::string& line) {
    const nlohmann::json record = nlohmann::json::parse(line, nullptr, false);
    return record.is_object() && record.value("message", "").ends_with(", trace " + std::string{kTrace} + ")");
  }));
}

}  // namespace orrery::test
