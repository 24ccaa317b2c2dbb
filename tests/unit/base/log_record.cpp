#include "base/log_record.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "support/json.hpp"

namespace orrery::base {

namespace {

LogRecord record(std::string_view message) {
  const auto time = std::chrono::system_clock::time_point{std::chrono::milliseconds{1'787'392'800'123}};
  return {time, LogLevel::kWarning, 7, "worker", 3, message};
}

}  // namespace

TEST_CASE("log record: a line of JSON has every field") {
  CHECK(json_line(record("a \"b\"")) ==
        R"({"time":"2026-08-22T10:00:00.123Z","level":"warning","pid":7,"role":"worker","worker":3,)"
        R"("message":"a \"b\""})"
        "\n");
  LogRecord master = record("x");
  master.role = "master";
  master.worker = 0;
  CHECK(nlohmann::json::parse(json_line(master)).count("worker") == 0);
}

TEST_CASE("log record: a line is JSON whatever bytes the message has") {
  std::string all;
  for (int byte = 1; byte < 256; ++byte) all += static_cast<char>(byte);
  for (std::size_t length = 0; length <= all.size(); ++length) {
    const std::string line = json_line(record(std::string_view{all}.substr(0, length)));
    CHECK(nlohmann::json::parse(line)["pid"] == 7);
    CHECK(line.find('\n') == line.size() - 1);
  }
}

TEST_CASE("log record: an entry of the journal has a priority and fields") {
  CHECK(journal_entry(record("it is so"), "orrery") ==
        "PRIORITY=4\nSYSLOG_IDENTIFIER=orrery\nORRERY_ROLE=worker\nORRERY_WORKER=3\nMESSAGE=it is so\n");
  LogRecord master{{}, LogLevel::kCritical, 7, "master", 0, "x"};
  CHECK(journal_entry(master, "o") == "PRIORITY=2\nSYSLOG_IDENTIFIER=o\nORRERY_ROLE=master\nMESSAGE=x\n");
  for (const auto& [level, priority] :
       {std::pair{LogLevel::kDebug, '7'}, std::pair{LogLevel::kInfo, '6'}, std::pair{LogLevel::kError, '3'}}) {
    master.level = level;
    CHECK(journal_entry(master, "o").at(9) == priority);
  }
}

}  // namespace orrery::base
