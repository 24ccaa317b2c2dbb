#include "base/access_format.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <stdlib.h>
#include <vector>

#include "support/json.hpp"

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
  record.protocol = Protocol::kHttp11;
  record.id = "0123456789abcdef";
  record.status = 200;
  record.body_bytes = 321;
  record.finished = WallTime{std::chrono::milliseconds{1795341600045}};
  record.duration = std::chrono::microseconds{1'234'567};
  record.pid = 42;
  record.trace = "4bf92f3577b34da6a3ce929d0e0e4736";
  record.route = "/planets/{name}";
  record.queue = std::chrono::microseconds{250};
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

TEST_CASE("access_format tells what TLS has agreed on, and nothing where it is not spoken") {
  TlsFacts facts{"TLSv1.3", "TLS_AES_256_GCM_SHA384", "a.example", true, "CN=bil\"ling", {}, {}};
  AccessRecord record = mars();
  const std::string text = "%(tls)s %(tls_cipher)s %(tls_name)s %(tls_resumed)s %(tls_subject)s";
  const std::string json =
      R"({"v":%(tls)s,"c":"%(tls_cipher)s","n":%(tls_name)s,"r":%(tls_resumed)s,"q":"%(tls_resumed)s"})";
  CHECK(rendered(text, record) == "- - - - -\n");
  CHECK(rendered(json, record) == "{\"v\":null,\"c\":\"-\",\"n\":null,\"r\":null,\"q\":\"-\"}\n");
  record.tls = &facts;
  CHECK(rendered(text, record) == "TLSv1.3 TLS_AES_256_GCM_SHA384 a.example yes CN=bil\\x22ling\n");
  facts.resumed = false;
  facts.server_name.clear();
  CHECK(rendered(json, record) ==
        "{\"v\":\"TLSv1.3\",\"c\":\"TLS_AES_256_GCM_SHA384\",\"n\":null,\"r\":false,\"q\":\"no\"}\n");
}

TEST_CASE("access_format: the word json tells of TLS where it is spoken") {
  const TlsFacts facts{"TLSv1.2", "ECDHE-ECDSA-AES128-GCM-SHA256", "a.example", false, "", {}, {}};
  AccessRecord record = mars();
  const std::string plain = rendered("json", record);
  CHECK(plain.find("\"tls\"") == std::string::npos);
  record.tls = &facts;
  const std::string secured = rendered("json", record);
  CHECK(secured == plain.substr(0, plain.size() - 2) +
                       R"(,"tls":{"version":"TLSv1.2","cipher":"ECDHE-ECDSA-AES128-GCM-SHA256","name":"a.example",)" +
                       R"("resumed":false,"subject":null}})" + "\n");
  const auto read = nlohmann::json::parse(secured);
  CHECK(read["tls"]["version"] == "TLSv1.2");
  // Also in the least room that a line may have.
  TlsFacts long_facts = facts;
  long_facts.subject = std::string(10'000, 's');
  record.tls = &long_facts;
  std::vector<char> room(AccessFormat::kShortestRoom);
  const std::size_t length = AccessFormat::compile("json")->render_within(record, room);
  REQUIRE(length <= room.size());
  CHECK(nlohmann::json::parse(std::string{room.data(), length})["tls"]["cipher"] == "ECDHE-ECDSA-AES128-GCM-SHA256");
}

TEST_CASE("access_format takes the user out of basic authentication, and nothing else") {
  struct Row {
    const char* authorization;
    const char* text;
  };
  for (const Row& row : {Row{"basic YWRhOnNlY3JldA==", "ada"}, Row{"Basic YSI6", R"(a\x22)"}, Row{"Basic Og==", "-"},
                         Row{"Basic YWRh", "-"}, Row{"Basic YWR*Om==", "-"}, Row{"Basic ", "-"}, Row{"", "-"},
                         Row{"Bearer YWRhOnNlY3JldA==", "-"}}) {
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
      {"%(trace)s", "4bf92f3577b34da6a3ce929d0e0e4736"},
      {"%(route)s", "/planets/{name}"},
      {"%(time)s", "2026-11-22T10:00:00.045Z"},
      {"%(queue)s", "0.000250"},
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
  const char* formats[] = {"%(h)s", "%(u)s", "%(r)s",    "%(m)s", "%(U)s",     "%(q)s",     "%(s)s",
                           "%(b)s", "%(f)s", "%({a}i)s", "%(I)s", "%(trace)s", "%(route)s", "%(queue)s"};
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
  record.finished += std::chrono::milliseconds{954};
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

const char* const kOwnJson =
    R"({"t":"%(t)s","h":"%(h)s","r":"%(r)s","s":%(s)s,"B":%(B)s,"b":%(b)s,"a":"%(a)s","bare":%(a)s,"D":%(D)s,)"
    R"("L":%(L)s,"p":%(p)s,"l":%(l)s,"line":%(r)s,"time":%(t)s,"q":"<%(q)s>","%(m)s":[1,{"deep":%({x-one}i)s}]})";

TEST_CASE("access_format: a format that is a JSON object gives the values as JSON") {
  const auto line = nlohmann::json::parse(rendered(kOwnJson));
  CHECK(line["s"] == 200);
  CHECK(line["b"] == 321);
  CHECK(line["p"] == 42);
  CHECK(line["D"] == 1234567);
  CHECK(line["L"] == 1.234567);
  CHECK(line["l"].is_null());
  CHECK(line["a"] == "curl/8 \"x\"\n");
  CHECK(line["bare"] == line["a"]);
  CHECK(line["r"] == "GET /planets/mars?lon=1&lat=2 HTTP/1.1");
  CHECK(line["line"] == line["r"]);
  CHECK(line["q"] == "<lon=1&lat=2>");
  CHECK(line["GET"][1]["deep"] == "1");
  const auto nothing = nlohmann::json::parse(rendered(kOwnJson, AccessRecord{}));
  CHECK(nothing["s"].is_null());
  CHECK(nothing["bare"].is_null());
  CHECK(nothing["line"].is_null());
  CHECK(nothing["h"] == "-");
  CHECK(nothing["b"] == 0);
}

TEST_CASE("access_format: the word json stands for an object whose members have the type that they should") {
  const auto line = nlohmann::json::parse(rendered("json"));
  CHECK(line["time"] == "2026-11-22T10:00:00.045Z");
  CHECK(line["path"] == "/planets/mars");
  CHECK(line["status"] == 200);
  CHECK(line["duration"] == 1.234567);
  CHECK(line["queue"] == 0.00025);
  CHECK(line["route"] == "/planets/{name}");
  CHECK(line["agent"] == "curl/8 \"x\"\n");
  const auto nothing = nlohmann::json::parse(rendered("json", AccessRecord{}));
  for (const char* name : {"client", "user", "method", "query", "status", "queue", "route", "trace", "agent"}) {
    INFO(name);
    CHECK(nothing[name].is_null());
  }
}

TEST_CASE("access_format: numbers within the quotes of a JSON object are told") {
  struct Row {
    const char* format;
    const char* told;
  };
  for (const Row& row : {Row{R"({"s":"%(s)s","D":"%(D)s","U":"%(U)s","t":"%(t)s"})", "%(s)s, %(D)s"},
                         {R"({"s":%(s)s,"U":"%(U)s"})", ""},
                         {R"("%(s)s")", ""},
                         {"json", ""}}) {
    INFO(row.format);
    const auto format = AccessFormat::compile(row.format);
    REQUIRE(format);
    CHECK(format->quoted_numbers() == row.told);
  }
}

TEST_CASE("access_format: a line of JSON is valid JSON whatever bytes a request has") {
  struct Row {
    const char* name;
    std::string bytes;
    const char* value;  ///< what a reader gets; null where only validity counts
  };
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  const Row rows[] = {
      {"a quote", "a\"b", "a\"b"},
      {"a backslash", "a\\b", "a\\b"},
      {"what would end the string", "\",\"admin\":true,\"", "\",\"admin\":true,\""},
      {"a line feed", "a\r\nb", "a\r\nb"},
      {"UTF-8", "m\xc3\xa4rs \xe2\x99\x82 \xf0\x9f\xaa\x90", "m\xc3\xa4rs \xe2\x99\x82 \xf0\x9f\xaa\x90"},
      {"Latin-1", "m\xe4rs", "m\xc3\xa4rs"},
      {"a character cut off", "\xe2\x99", nullptr},
      {"an overlong slash", "\xc0\xaf", nullptr},
      {"a surrogate", "\xed\xa0\x80", nullptr},
      {"beyond Unicode", "\xf4\x90\x80\x80", nullptr},
      {"a terminal's control in UTF-8", "\xc2\x9b", nullptr},
      {"every byte", all, nullptr},
      {"every byte, often", all + all + all + all + all + all + all + all, nullptr},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    auto record = mars();
    record.method = record.target = record.client = record.id = row.bytes;
    const std::string line = rendered(R"({"h":"%(h)s","r":"%(r)s","bare":%(I)s,"%(m)s":"x%(U)sy"})", record);
    REQUIRE(nlohmann::json::accept(line));
    CHECK(std::count_if(line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }) == 1);
    if (row.value != nullptr) CHECK(nlohmann::json::parse(line)["h"] == row.value);
    // What goes to a pipe is cut in its values, and stays JSON.
    std::vector<char> room(AccessFormat::kShortestRoom);
    const auto format = AccessFormat::compile(kOwnJson);
    const std::size_t length = format->render_within(record, room);
    REQUIRE(length <= room.size());
    CHECK(nlohmann::json::accept(std::string_view{room.data(), length}));
  }
}

TEST_CASE("access_format: a line too long for a pipe loses the ends of its values, not its last fields") {
  auto record = mars();
  const std::string longest(9000, 'x');
  record.target = longest;
  std::vector<char> room(AccessFormat::kShortestRoom);
  const auto format = AccessFormat::compile(R"(%(h)s "%(r)s" %(s)s "%(a)s")");
  const std::size_t length = format->render_within(record, room);
  REQUIRE(length <= room.size());
  const std::string_view line{room.data(), length};
  CHECK(length > room.size() / 3);
  CHECK(line.starts_with("192.0.2.1 \"GET xxx"));
  CHECK(line.ends_with("x HTTP/1.1\" 200 \"curl/8 \\x22x\\x22\\x0A\"\n"));
}

TEST_CASE("access_format: a format that only begins like a JSON object says where it ceases to be one") {
  struct Row {
    const char* format;
    bool json;
    const char* fault;
  };
  const Row rows[] = {
      {R"({"a":"%(r)s"})", true, ""},
      {R"( {"a" : [ "%(r)s" , -1.5e+3, true, {} ] } )", true, ""},
      {"{}", true, ""},
      {R"({"a":"%(r)s",})", false, "look at column 14"},
      {R"({"a":"%(r)s")", false, "its end is missing"},
      {R"({"a":"%(r)s"} x)", false, "look at column 15"},
      {R"({'a':"%(r)s"})", false, "look at column 2"},
      {R"({"a":"\%(r)s"})", false, "look at column 8"},
      {R"({"a":"\u00%(r)s"})", false, "look at column 11"},
      {R"({"a":1%(s)s})", false, "look at column 7"},
      {R"({"a":%(s)s%(s)s})", false, "look at column 11"},
      {R"({%(m)s:1})", false, "look at column 2"},
      {"{\"a\":\"\xff\"}", false, "look at column 7"},
      {"{\"a\":1,\n\"b\":2}", false, "look at column 8"},
      {R"({"a":"\ud83d"})", false, "look at column 9"},
      {"%(h)s {\"a\":1}", false, ""},
      {"[\"%(h)s\"]", false, ""},
      {"", false, ""},
  };
  for (const auto& row : rows) {
    INFO(row.format);
    const auto format = AccessFormat::compile(row.format);
    REQUIRE(format);
    CHECK(format->is_json() == row.json);
    CHECK(format->json_fault() == row.fault);
  }
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
