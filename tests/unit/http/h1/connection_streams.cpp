// Responses whose body comes piece by piece, pulled or pushed.
#include <catch2/catch.hpp>

#include "support/connection_driver.hpp"

namespace orrery::test {
namespace {

using Driver = ConnectionDriver;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kOld = "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
const std::string kHead = "HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n";

/// A stream of these pieces; the last call of the pull says that it was the last.
Response pieces(std::vector<std::string> all, std::optional<std::uint64_t> length = {}) {
  auto at = std::make_shared<std::size_t>(0);
  return Response::stream(
      "text/plain",
      [all = std::move(all), at](std::string& out) {
        if (*at < all.size()) out += all[(*at)++];
        return *at < all.size();
      },
      length);
}

struct Row {
  const char* name;
  std::string request;
  std::vector<std::string> pieces;
  std::optional<std::uint64_t> length;
  std::string body;
  bool whole;
  const char* framing;  ///< the field that frames it; "" = until close
  End end;
};

const Row kRows[] = {
    {"chunked", kGet, {"ab", "cd"}, {}, "abcd", true, "Transfer-Encoding", End::kOpen},
    {"chunked, empty pieces", kGet, {"", "ab", "", ""}, {}, "ab", true, "Transfer-Encoding", End::kOpen},
    {"chunked, nothing", kGet, {}, {}, "", true, "Transfer-Encoding", End::kOpen},
    {"length", kGet, {"ab", "cd"}, 4, "abcd", true, "Content-Length", End::kOpen},
    {"length 0", kGet, {}, 0, "", true, "Content-Length", End::kOpen},
    {"too much is cut", kGet, {"abc", "def", "ghi"}, 4, "abcd", true, "Content-Length", End::kOpen},
    {"too much at 0", kGet, {"abc"}, 0, "", true, "Content-Length", End::kOpen},
    {"too little breaks", kGet, {"ab"}, 4, "ab", false, "Content-Length", End::kBroken},
    {"nothing of a length breaks", kGet, {}, 4, "", false, "Content-Length", End::kBroken},
    {"1.0 until close", kOld, {"ab", "cd"}, {}, "abcd", true, "", End::kClose},
    {"1.0 with length", kOld, {"ab", "cd"}, 4, "abcd", true, "Content-Length", End::kOpen},
    {"HEAD chunked", kHead, {"ab"}, {}, "", true, "Transfer-Encoding", End::kOpen},
    {"HEAD with length", kHead, {"ab"}, 2, "", true, "Content-Length", End::kOpen},
    {"HEAD on 1.0", "HEAD /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", {"ab"}, {}, "", true, "", End::kOpen},
};

void check(const Row& row, const Driver& driver) {
  const bool head = row.request.starts_with("HEAD");
  CHECK(driver.end() == row.end);
  REQUIRE(driver.answers().size() == 1);
  CHECK(driver.answers()[0].body_bytes == row.body.size());
  if (head) CHECK(driver.output().ends_with("\r\n\r\n"));
  if (head && *row.framing == '\0') return;  // nothing frames it, and nothing has to
  const auto responses = read_responses(driver.output(), {head ? "HEAD" : "GET"});
  REQUIRE(responses.size() == 1);
  CHECK(responses[0].body == row.body);
  CHECK(responses[0].whole == row.whole);
  for (const char* field : {"Content-Length", "Transfer-Encoding"}) {
    CHECK(responses[0].field(field).has_value() == (std::string_view{field} == row.framing));
  }
}

TEST_CASE("Pulled streams are framed exactly") {
  for (const Row& row : kRows) {
    INFO(row.name);
    Driver driver;
    driver.answer_with([&](const Request&) { return pieces(row.pieces, row.length); });
    driver.receive(row.request);
    check(row, driver);
  }
}

TEST_CASE("Pushed streams are framed exactly") {
  for (const Row& row : kRows) {
    if (row.length) continue;
    INFO(row.name);
    Driver driver;
    driver.hold_requests();
    driver.receive(row.request);
    CHECK(driver.start_stream(Response::bytes("text/plain", "ignored")));
    for (const auto& piece : row.pieces) driver.send_piece(piece);
    driver.end_stream();
    check(row, driver);
  }
}

TEST_CASE("The next request follows a stream, and not before its end") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet + kGet);
  driver.start_stream(Response::text(""));
  driver.send_piece("one");
  CHECK(driver.requests().size() == 1);
  driver.end_stream();
  CHECK(driver.requests().size() == 2);
  driver.send_piece("nobody's");
  driver.end_stream();
  driver.answer(Response::text("two"));
  const auto responses = read_responses(driver.output());
  REQUIRE(responses.size() == 2);
  CHECK(responses[0].body == "one");
  CHECK(responses[1].body == "two");
}

TEST_CASE("Each piece goes out at once, and none is pulled while output is blocked") {
  Driver driver;
  driver.answer_with([](const Request&) { return pieces({"one", "two", "three"}); });
  driver.hold_pulls();
  driver.receive(kGet);
  CHECK(driver.pulls() == 1);
  CHECK(read_responses(driver.output()).at(0).body.empty());
  driver.pulled("one", true);
  CHECK(driver.output().ends_with("3\r\none\r\n"));
  CHECK(driver.pulls() == 2);
  driver.block_output();
  driver.pulled("two", true);
  CHECK(driver.pulls() == 2);
  driver.read(2);
  CHECK(driver.pulls() == 2);
  driver.read();
  CHECK(driver.pulls() == 3);
  driver.pulled("", false);
  CHECK(driver.output().ends_with("0\r\n\r\n"));
  CHECK(driver.end() == End::kOpen);
}

TEST_CASE("A pull that is under way is not asked again") {
  Driver driver;
  driver.answer_with([](const Request&) { return pieces({"one"}); });
  driver.hold_pulls();
  driver.receive(kGet);
  driver.receive(kGet);
  driver.pass(std::chrono::seconds{100});
  CHECK(driver.pulls() == 1);
}

TEST_CASE("A pulled piece that comes back to a broken connection goes nowhere") {
  Driver driver;
  driver.answer_with([](const Request&) { return pieces({"one"}); });
  driver.hold_pulls();
  driver.receive(kGet);
  driver.abandon();
  driver.pulled("one", false);
  CHECK(driver.end() == End::kBroken);
  CHECK(driver.answers() == std::vector<SeenAnswer>{{"GET", 200, 0, base::Ending::kCut}});
}

TEST_CASE("A stream that breaks is told once, with what it had sent") {
  struct Way {
    const char* name;
    void (*breaks)(Driver&);
    End end;
    const char* reject;
  };
  const Way ways[] = {
      {"break_stream", [](Driver& d) { d.break_stream(); }, End::kBroken, ""},
      {"abandon", [](Driver& d) { d.abandon(); }, End::kBroken, ""},
      {"refuse", [](Driver& d) { d.refuse(base::Reject::request_deadline); }, End::kLinger, "request_deadline"},
      {"write_timeout",
       [](Driver& d) {
         d.block_output();
         d.send_piece("");
         d.send_piece("xx");
         d.pass(std::chrono::seconds{30});
       },
       End::kBroken, "write_timeout"},
  };
  for (const Way& way : ways) {
    INFO(way.name);
    Driver driver;
    driver.hold_requests();
    driver.receive(kGet);
    driver.start_stream(Response::text(""));
    driver.send_piece("abc");
    way.breaks(driver);
    CHECK(driver.end() == way.end);
    REQUIRE(driver.answers().size() == 1);
    CHECK(driver.answers()[0].status == 200);
    CHECK((driver.rejects().empty() ? "" : driver.rejects()[0]) == way.reject);
    CHECK_FALSE(read_responses(driver.output()).at(0).whole);
  }
}

TEST_CASE("A stream on a route that reads its body as it comes: both flow, and the rest is read away") {
  Driver driver;
  driver.hold_requests();
  driver.receive("POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nab");
  driver.start_stream(Response::text(""));
  driver.want_body();
  CHECK(driver.body_pieces() == std::vector<std::string>{"ab"});
  driver.send_piece("AB");
  driver.want_body();
  driver.receive("cd");
  driver.send_piece("CD");
  driver.end_stream();
  CHECK(driver.body_pieces() == std::vector<std::string>{"ab", "cd"});
  driver.receive("ef" + kGet);
  CHECK(driver.requests().size() == 2);
  CHECK(read_responses(driver.output()).at(0).body == "ABCD");
}

TEST_CASE("Statuses without a body end a stream at once") {
  for (const int status : {204, 304}) {
    INFO(status);
    Driver driver;
    driver.answer_with([&](const Request&) { return pieces({"ab"}).with_status(status); });
    driver.receive(kGet + kGet);
    CHECK(driver.pulls() == 0);
    CHECK(driver.answers().size() == 2);
    CHECK(read_responses(driver.output()).size() == 2);
  }
}

TEST_CASE("Large bodies and bodies that outlive the response are sent whole") {
  static const std::string kConstant(100'000, 'c');
  Driver driver;
  driver.answer_with([](const Request& request) {
    if (request.path() == "/fixed") return Response::fixed("text/plain", kConstant);
    return Response::text(std::string(http::Output::kTailSize, 't'));
  });
  driver.receive("GET /fixed HTTP/1.1\r\nHost: h\r\n\r\n" + kGet + "GET /fixed HTTP/1.1\r\nHost: h\r\n\r\n");
  const auto responses = read_responses(driver.output());
  REQUIRE(responses.size() == 3);
  CHECK(responses[0].body == kConstant);
  CHECK(responses[1].body == std::string(http::Output::kTailSize, 't'));
  CHECK(responses[2].body == kConstant);
}

}  // namespace
}  // namespace orrery::test
