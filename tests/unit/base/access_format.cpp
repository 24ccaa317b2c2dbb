#include "base/access_format.hpp"

#include <catch2/catch.hpp>
#include <stdlib.h>
#include <vector>

namespace orrery::base {
namespace {

std::string_view authorization = "Basic YWRhOnNlY3JldA==";

std::string_view request_field(const void*, std::string_view name) {
  if (name == "referer") return "http://example.org/";
  if (name == "user-agent") return "curl/8 \"x\"\n";
  if (name == "x-one") return "1";
  if (name == "authorization") return authorization;
  return {};
}

std::string_view response_field(const void*, std::string_view name) {
  return name == "content-type" ? "text/plain" : std::string_view{};
}

AccessRecord mars() {
  AccessRecord record;
  record.client = "192.0.2.1";
  record.method = "GET";
  record.target = "/planets/mars?lon=1&lat=2";
  record.protocol = "HTTP/1.1";
  record.id = "0123456789abcdef";
  record.status = 200;
  record.body_bytes = 321;
  record.finished = WallTime{std::chrono::seconds{1795341600}};
  record.duration = std::chrono::microseconds{1'234'567};
  record.pid = 42;
  record.request_field = request_field;
  record.response_field = response_field;
  return record;
}

std::string rendered(std::string_view format, const AccessRecord& record = mars()) {
  const auto compiled = AccessFormat::compile(format);
  REQUIRE(compiled);
  std::string out;
  compiled->render(record, out);
  return out;
}

TEST_CASE("access_format writes a line into the room there is, or tells what room it needs") {
  const std::string format = R"(%(h)s "%(r)s" %(s)s %(B)s %(D)s %(L)s %({x-nothing}i)s %(a)s)";
  const std::string line = rendered(format);
  const auto compiled = AccessFormat::compile(format);
  for (std::size_t room = 0; room <= line.size(); ++room) {
    std::vector<char> bytes(room);
    const std::size_t length = compiled->render(mars(), bytes);
    INFO(room);
    if (room < line.size())
      REQUIRE(length > room);
    else
      REQUIRE(std::string_view{bytes.data(), length} == line);
  }
}

TEST_CASE("access_format appends a line of any length") {
  AccessRecord record = mars();
  const std::string agent(3000, '"');
  record.target = agent;
  CHECK(rendered("%(r)s", record).size() == std::string{"GET  HTTP/1.1\n"}.size() + 4 * agent.size());
}

TEST_CASE("access_format takes the user out of basic authentication, and nothing else") {
  struct Row {
    const char* authorization;
    const char* text;
  };
  for (const Row& row : {Row{"basic YWRhOnNlY3JldA==", "ada"}, Row{"Basic YSI6", R"(a\x22)"},
                         Row{"Basic Og==", "-"}, Row{"Basic YWRh", "-"}, Row{"Basic YWR*Om==", "-"},
                         Row{"Basic ", "-"}, Row{"", "-"}, Row{"Bearer YWRhOnNlY3JldA==", "-"}}) {
    INFO(row.authorization);
    authorization = row.authorization;
    CHECK(rendered("%(u)s") == std::string{row.text} + "\n");
  }
  authorization = "Basic YWRhOnNlY3JldA==";
}

TEST_CASE("access_format renders every atom") {
  struct Row {
    const char* format;
    const char* text;
  };
  const Row rows[] = {
      {"%(h)s", "192.0.2.1"},
      {"%(l)s", "-"},
      {"%(u)s", "ada"},
      {"%(t)s", "[22/Nov/2026:10:00:00 +0000]"},
      {"%(r)s", "GET /planets/mars?lon=1&lat=2 HTTP/1.1"},
      {"%(m)s", "GET"},
      {"%(U)s", "/planets/mars"},
      {"%(q)s", "lon=1&lat=2"},
      {"%(H)s", "HTTP/1.1"},
      {"%(s)s", "200"},
      {"%(B)s", "321"},
      {"%(b)s", "321"},
      {"%(f)s", "http://example.org/"},
      {"%(a)s", R"(curl/8 \x22x\x22\x0A)"},
      {"%(T)s", "1"},
      {"%(M)s", "1234"},
      {"%(D)s", "1234567"},
      {"%(L)s", "1.234567"},
      {"%(p)s", "<42>"},
      {"%(I)s", "0123456789abcdef"},
      {"%({X-One}i)s", "1"},
      {"%({Content-Type}o)s", "text/plain"},
      {"%({none}i)s", "-"},
      {"%({none}o)s", "-"},
      {"%({ORRERY_TEST_NOT_SET}e)s", "-"},
      {"100%%", "100%"},
      {"", ""},
      {"plain \"text\"", "plain \"text\""},
      {"%%(h)s", "%(h)s"},
      {"%(m)s%(s)s", "GET200"},
  };
  for (const auto& row : rows) {
    INFO(row.format);
    CHECK(rendered(row.format) == std::string{row.text} + "\n");
  }
}

TEST_CASE("access_format: what is missing is a dash") {
  const AccessRecord empty;
  const char* formats[] = {"%(h)s", "%(u)s", "%(r)s", "%(m)s",    "%(U)s", "%(q)s",
                           "%(s)s", "%(b)s", "%(f)s", "%({a}i)s", "%(I)s"};
  for (const auto* format : formats) {
    INFO(format);
    CHECK(rendered(format, empty) == "-\n");
  }
}

TEST_CASE("access_format: a peer cannot forge a line or a field") {
  auto record = mars();
  record.target = "/a\"b\\c\r\nd\x7f\xc3\xa9";
  CHECK(rendered("\"%(U)s\"", record) == "\"/a\\x22b\\x5Cc\\x0D\\x0Ad\\x7F\\xC3\\xA9\"\n");
}

TEST_CASE("access_format: the second changes with the time") {
  auto record = mars();
  CHECK(rendered("%(t)s", record) == "[22/Nov/2026:10:00:00 +0000]\n");
  record.finished += std::chrono::milliseconds{999};
  CHECK(rendered("%(t)s", record) == "[22/Nov/2026:10:00:00 +0000]\n");
  record.finished += std::chrono::milliseconds{1};
  CHECK(rendered("%(t)s", record) == "[22/Nov/2026:10:00:01 +0000]\n");
  record.finished = WallTime{};
  CHECK(rendered("%(t)s", record) == "[01/Jan/1970:00:00:00 +0000]\n");
}

TEST_CASE("access_format: an environment atom follows the environment") {
  ::setenv("ORRERY_TEST_ATOM", "blue\n", 1);
  CHECK(rendered("%({ORRERY_TEST_ATOM}e)s") == "blue\\x0A\n");
  ::unsetenv("ORRERY_TEST_ATOM");
}

TEST_CASE("access_format refuses what it does not know, with the column") {
  struct Row {
    const char* format;
    const char* part;
  };
  const Row rows[] = {
      {"%(h)s %(z)s", "unknown atom `%(z)s` at column 7"},
      {"%(hh)s", "`%(hh)s` at column 1"},
      {"%({}i)s", "column 1"},
      {"%({a}x)s", "`%({a}x)s`"},
      {"%", "`%` at column 1"},
      {"a %h", "`%` at column 3"},
      {"%(h", "`%` at column 1"},
      {"%()s", "column 1"},
  };
  for (const auto& row : rows) {
    INFO(row.format);
    const auto compiled = AccessFormat::compile(row.format);
    REQUIRE_FALSE(compiled);
    CHECK_THAT(compiled.error().message, Catch::Contains(row.part));
  }
}

}  // namespace
}  // namespace orrery::base
