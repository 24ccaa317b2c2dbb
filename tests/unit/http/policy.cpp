#include "http/policy.hpp"

#include <catch2/catch.hpp>

#include "support/chunker.hpp"
#include "unit/http/judged.hpp"

namespace orrery::http {
namespace {

using test::judged;

TEST_CASE("The policy hands on the request id as it came") {
  std::string id;
  CHECK(judged("GET", "/ HTTP/1.1\r\nHost: h\r\nx-request-ID:  abc ", &id) == "none keep");
  CHECK(id == "abc");
  CHECK(judged("GET", "/ HTTP/1.1\r\nHost: h\r\nX-Request-ID: abc\r\nX-Request-ID: abc", &id) == "none keep");
  CHECK(id == "abc");
  CHECK(judged("GET", "/ HTTP/1.1\r\nHost: h\r\nX-Request-ID: abc\r\nX-Request-ID: d\r\nX-Request-ID: abc", &id) ==
        "none keep");
  CHECK(id.empty());
}

TEST_CASE("Targets belong to methods") {
  const std::string rest = " HTTP/1.1\r\nHost: h";
  CHECK(judged("OPTIONS", "*" + rest) == "none keep");
  CHECK(judged("GET", "*" + rest) == "asterisk_target");
  CHECK(judged("GET", "*a" + rest) == "bad_target");
  CHECK(judged("CONNECT", "h:1" + rest) == "no_tunnel");
  CHECK(judged("CONNECT", "/" + rest) == "no_tunnel");
  CHECK(judged("CONNECT", "*" + rest) == "no_tunnel");
}

TEST_CASE("Field names with an underscore are dropped, refused or passed") {
  const std::string rest =
      "/a_b HTTP/1.1\r\nHost: h\r\nContent_Length: 5\r\nX-A: c_d\r\nX_Real_IP: 192.0.2.1\r\nX-B: e";
  struct Row {
    HeaderMap map;
    std::vector<std::string> names;
  };
  const std::vector<std::string> without{"Host", "X-A", "X-B"};
  const std::vector<std::string> all{"Host", "Content_Length", "X-A", "X_Real_IP", "X-B"};
  for (const Row& row : {Row{HeaderMap::kDrop, without}, Row{HeaderMap::kDangerous, all}}) {
    Config config;
    config.header_map = row.map;
    test::ConnectionDriver driver{config};
    driver.receive("GET " + rest + "\r\n\r\n");
    REQUIRE(driver.requests().size() == 1);
    std::vector<std::string> names;
    for (const auto& [name, value] : driver.requests()[0].fields) names.push_back(name);
    CHECK(names == row.names);
    CHECK(driver.requests()[0].target == "/a_b");
  }
  Config config;
  config.header_map = HeaderMap::kRefuse;
  CHECK(judged("GET", rest, nullptr, config) == "underscore_field");
  CHECK(judged("GET", "/a_b HTTP/1.1\r\nHost: h\r\nX-A: c_d", nullptr, config) == "none keep");
  CHECK(judged("GET", "/ HTTP/1.1\r\nHost: h\r\n_: c", nullptr, config) == "underscore_field");
}

TEST_CASE("A query has at most limit_request_parameters parameters") {
  struct Row {
    std::uint64_t most;
    const char* query;
    bool refused;
  };
  const Row rows[] = {{3, "?a&b", false}, {3, "?a&b&c", false}, {3, "?a=1&b=2&c=3&d=4", true}, {3, "?&&&", true},
                      {1, "?a", false},   {1, "?a&b", true},    {1, "?abc=defghi", false},     {0, "?", false},
                      {0, "?a", true},    {0, "", false},       {3, "/&&&&&&", false}};
  for (const Row& row : rows) {
    INFO(row.most << " " << row.query);
    Config config;
    config.limit_request_parameters = row.most;
    CHECK(judged("GET", "/" + std::string{row.query} + " HTTP/1.1\r\nHost: h", nullptr, config) ==
          (row.refused ? "too_many_parameters" : "none keep"));
  }
}

TEST_CASE("A kept slash separates no segments and is a slash in the value of a parameter") {
  struct Row {
    const char* target;
    const char* outcome;  ///< "route path value of each parameter", or the refusal
  };
  const Row rows[] = {
      {"/one/a%2Fb", "one /one/a%2Fb a/b"},
      {"/one/a%252Fb", "one /one/a%2Fb a%2Fb"},
      {"/one/a%252F%2fb%20c", "one /one/a%2F%2Fb c a%2F/b c"},
      {"/one/a/b", "404"},
      {"/one%2Fa", "404"},
      {"/two/%2F/-/x%2Fy", "two /two/%2F/-/x%2Fy / x/y"},
      {"/x/../two/a%2F/./-/..%2F", "two /two/a%2F/-/..%2F a/ ../"},
      {"/rest/a%2Fb/c", "rest /rest/a%2Fb/c a/b/c"},
      {"/rest/%2F%2F", "rest /rest/%2F%2F //"},
      {"/literal%2Fone", "404"},
      {"/one/%2e%2e%2Fb", "one /one/..%2Fb ../b"},
      {"/one/a?b=%2F", "one /one/a a"},
      {"http://b.example/one/%2F", "one /one/%2F /"},
      {"/one/%2F%", "bad_target"},
  };
  const auto make = [] {
    Config config;
    config.encoded_slash = EncodedSlash::kKeep;
    App app;
    for (const char* pattern : {"/one/{a}", "/two/{a}/-/{b}", "/rest/{a...}", "/literal/one"})
      app.get(pattern, [](const Request&) { return Response{}; });
    auto driver = std::make_unique<test::ConnectionDriver>(config, app.routes());
    driver->answer_with([](const Request& request) {
      std::string told = request.path().substr(1, 3) == "res" ? "rest" : std::string{request.path().substr(1, 3)};
      told += " " + std::string{request.path()};
      for (const char* name : {"a", "b"})
        if (!request.param(name).empty()) told += " " + std::string{request.param(name)};
      return Response::text(told);
    });
    return driver;
  };
  for (const Row& row : rows) {
    INFO(row.target);
    const std::string bytes = std::string{"GET "} + row.target + " HTTP/1.1\r\nHost: h\r\n\r\n";
    const auto driver = make();
    driver->receive(bytes);
    const auto response = test::read_responses(driver->output()).at(0);
    const std::string outcome = !driver->rejects().empty() ? driver->rejects()[0]
                                : response.status != 200   ? std::to_string(response.status)
                                                           : response.body;
    CHECK(outcome == row.outcome);
    test::run_chunked(bytes, make);
  }
}

TEST_CASE("What a request before it kept of slashes is not seen in the next") {
  Config config;
  config.encoded_slash = EncodedSlash::kKeep;
  test::ConnectionDriver driver{config};
  std::string seen;
  driver.answer_with([&](const Request& request) {
    seen += std::string{request.path()} + " " + std::string{request.param("code")} + "|";
    return Response{};
  });
  for (const char* target : {"/status/2%2F0", "/status/201", "/status/2%30%30", "/status/%2f"})
    driver.receive(std::string{"GET "} + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
  CHECK(seen == "/status/2%2F0 2/0|/status/201 201|/status/200 200|/status/%2F /|");
}

TEST_CASE("An absolute target's host wins over Host, for every reader") {
  struct Row {
    const char* target;
    const char* host;
    const char* seen;
  };
  const Row rows[] = {{"/", "a.example", "a.example"},
                      {"http://b.example/", "a.example", "b.example"},
                      {"http://b.example:81/x?y", "b.example", "b.example:81"},
                      {"https://[::1]:81", "a.example", "[::1]:81"}};
  for (const Row& row : rows) {
    INFO(row.target);
    test::ConnectionDriver driver;
    driver.receive(std::string{"GET "} + row.target + " HTTP/1.1\r\nX-A: b\r\nHost: " + row.host + "\r\n\r\n");
    REQUIRE(driver.requests().size() == 1);
    CHECK(driver.requests()[0].host == row.seen);
    CHECK(driver.requests()[0].field("host") == row.seen);
    CHECK(driver.requests()[0].field("X-A") == "b");
    CHECK(driver.requests()[0].target == row.target);
  }
  test::ConnectionDriver old;
  old.receive("GET http://b.example/ HTTP/1.0\r\n\r\n");
  CHECK(old.requests().at(0).host == "b.example");
  test::ConnectionDriver none;
  none.receive("GET / HTTP/1.0\r\n\r\n");
  CHECK(none.requests().at(0).host.empty());
}

TEST_CASE("Fields that frame, route or authenticate are no trailers") {
  for (const char* name : {"Content-Length", "TRANSFER-ENCODING", "host", "te", "Trailer", "authorization",
                           "Connection", "Content-Type", "Expect", "Upgrade", "Cookie"}) {
    INFO(name);
    CHECK(judge_trailer(name, Config{}) == base::Reject::forbidden_trailer);
  }
  for (const char* name : {"X-Sum", "Digest", "Server-Timing", "ETag", "Hos", "Hosts", "Content-Lengths"}) {
    INFO(name);
    CHECK_FALSE(judge_trailer(name, Config{}));
  }
}

}  // namespace
}  // namespace orrery::http
