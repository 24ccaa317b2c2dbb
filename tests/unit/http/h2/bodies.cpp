// Bodies of requests over HTTP/2: what is read, what is refused, and how much of them may be in memory.
#include <catch2/catch.hpp>
#include <chrono>

#include "http/h2/intake.hpp"
#include "support/http2_driver.hpp"

namespace orrery::test::http2 {
namespace {

using std::chrono::seconds;

Fields post(const Fields& more = {}) {
  Fields fields = get(more);
  fields.front().second = "POST";
  return fields;
}

/// As many frames as it takes.
std::string frames_of(std::uint32_t stream, std::string_view bytes, bool last) {
  std::string out;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, 16384);
    bytes.remove_prefix(piece.size());
    out += data(stream, piece, last && bytes.empty() ? kEndStream : 0);
  }
  return out;
}

TEST_CASE("h2: a body larger than its route allows") {
  struct Case {
    const char* name;
    Fields more;
    std::string body;
  };
  for (const Case& row : std::vector<Case>{{"told by its length", {{":path", "/small"}, {"content-length", "11"}}, ""},
                                           {"told by its bytes", {{":path", "/small"}}, data(1, "hello world")}}) {
    INFO(row.name);
    Http2Driver driver;
    driver.greet();
    driver.receive(headers(1, post(row.more), kEndHeaders) + row.body);
    CHECK(driver.reader().answer(1).status == 413);
    CHECK(driver.rejects() == std::vector<std::string>{"large_body"});
    CHECK(driver.events().ends_with("end 1"));
    driver.receive(headers(3, get()));
    CHECK(driver.reader().answer(3).status == 200);
  }
}

TEST_CASE("h2: a window is opened for a body that is larger than the first one") {
  Http2Driver driver;
  driver.greet();
  const std::string body(500'000, 'b');
  driver.receive(headers(1, post({{"content-length", "500000"}}), kEndHeaders));
  CHECK(driver.reader().opened(1) + http::h2::kInitialWindow == 500'000);
  driver.receive(frames_of(1, body, true));
  CHECK(driver.requests().at(0).body == body);
  CHECK(driver.reader().answer(1).status == 200);
}

TEST_CASE("h2: a body of unknown length gets the window that its route allows") {
  Config config;
  config.limit_request_body = 300'000;
  Http2Driver driver{config};
  driver.greet();
  driver.receive(headers(1, post(), kEndHeaders));
  CHECK(driver.reader().opened(1) + http::h2::kInitialWindow == 300'000);
}

TEST_CASE("h2: large bodies wait for each other, and small ones for nobody") {
  Config config;
  config.limit_request_body = 10'000'000;
  Http2Driver driver{config};
  driver.greet();
  const auto large = [&](std::uint32_t id) { return headers(id, post({{"content-length", "10000000"}}), kEndHeaders); };
  driver.receive(large(1) + large(3) + large(5));
  CHECK(driver.reader().opened(1) > 0);
  CHECK(driver.reader().opened(3) == 0);
  CHECK(driver.reader().opened(5) == 0);
  driver.receive(headers(7, post({{"content-length", "3"}}), kEndHeaders) + data(7, "abc", kEndStream));
  CHECK(driver.reader().answer(7).status == 200);
  SECTION("until one is over") {
    driver.receive(reset(1));
    CHECK(driver.reader().opened(3) > 0);
    CHECK(driver.reader().opened(5) == 0);
  }
  SECTION("and their time is not counted until then") {
    Config shown = config;
    driver.pass(shown.body_timeout + seconds{1});
    CHECK(driver.reader().answer(1).status == 408);
    CHECK(driver.reader().answer(3).status == 0);
    CHECK(driver.reader().opened(3) > 0);
    driver.pass(shown.body_timeout + seconds{1});
    CHECK(driver.reader().answer(3).status == 408);
  }
}

TEST_CASE("h2: a body that its handler reads as it comes") {
  Http2Driver driver;
  driver.greet();
  driver.receive(headers(1, post({{":path", "/stream"}}), kEndHeaders));
  driver.receive(data(1, "one"));
  driver.receive(data(1, "two") + data(1, "three", kEndStream));
  CHECK(driver.body_pieces() == std::vector<std::string>{"one", "twothree"});
  CHECK(driver.reader().answer(1).body == "read");
}

TEST_CASE("h2: a body that nobody reads does not come beyond its window") {
  Config config;
  config.limit_request_body = 1'000'000'000;
  Http2Driver driver{config};
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, post({{":path", "/stream"}}), kEndHeaders));
  const std::uint64_t allowed = driver.reader().opened(1) + http::h2::kInitialWindow;
  CHECK(allowed == http::h2::kLargestWindow);
  driver.receive(frames_of(1, std::string(1'000'000, 'x'), false));
  CHECK(driver.reader().opened(1) + http::h2::kInitialWindow == allowed);
  CHECK(driver.connection().message(1)->body.size() == 1'000'000);
}

TEST_CASE("h2: a client that waits for 100 Continue gets it when its body is wanted") {
  struct Case {
    const char* name;
    Fields more;
    std::vector<int> interim;
  };
  for (const Case& row : std::vector<Case>{{"of a body that is handed over whole", {}, {100}},
                                           {"of one that is read as it comes", {{":path", "/stream"}}, {100}},
                                           {"not before a refusal", {{"content-length", "99999999"}}, {}}}) {
    INFO(row.name);
    Http2Driver driver;
    driver.greet();
    Fields fields = post(row.more);
    fields.emplace_back("expect", "100-continue");
    driver.receive(headers(1, fields, kEndHeaders));
    CHECK(driver.reader().answer(1).interim == row.interim);
    driver.receive(data(1, "abc", kEndStream));
    CHECK(driver.reader().answer(1).status == (row.interim.empty() ? 413 : 200));
  }
}

TEST_CASE("h2: a body that does not come is not waited for") {
  Http2Driver driver;
  driver.greet();
  driver.receive(headers(1, post(), kEndHeaders) + data(1, "abc"));
  driver.pass(Config{}.body_timeout + seconds{1});
  CHECK(driver.reader().answer(1).status == 408);
  CHECK(driver.rejects() == std::vector<std::string>{"body_timeout"});
  CHECK(driver.end() == End::kOpen);
}

TEST_CASE("h2: bytes of an answered request are nobody's") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, post({{":path", "/stream"}}), kEndHeaders));
  driver.answer(1, Response::status(204));
  CHECK(driver.events() == "204 1, end 1");
  driver.receive(data(1, "late") + headers(3, get()));
  CHECK(driver.asked() == std::vector<http::RequestId>{1, 3});
  CHECK(driver.rejects().empty());
}

TEST_CASE("h2: the client of an answered request may end it, and is told to stop when it does not") {
  struct Case {
    const char* name;
    void (*go_on)(Http2Driver&);
    const char* told;
    const char* reject = "";
  };
  for (const Case& row : std::vector<Case>{
           {"its body ends", [](Http2Driver& driver) { driver.receive(data(1, "late", kEndStream)); }, ""},
           {"its trailers end it",
            [](Http2Driver& driver) {
              driver.receive(headers(1, {{"x", "1"}}));
            },
            ""},
           {"it sends nothing more", [](Http2Driver& driver) { driver.pass(seconds{1}); }, "reset 1 NO_ERROR"},
           {"it sends a lot more",
            [](Http2Driver& driver) { driver.receive(data(1, std::string(16384, 'x')) + data(1, "x")); },
            "reset 1 NO_ERROR"},
           {"it sends and sends, a little at a time",
            [](Http2Driver& driver) {
              for (int i = 0; i < 10; ++i) {
                driver.receive(data(1, "x"));
                driver.pass(std::chrono::milliseconds{100});
              }
            },
            "reset 1 NO_ERROR"},
           {"the connection is left", [](Http2Driver& driver) { driver.drain(); },
            "reset 1 NO_ERROR, goaway 2147483647 NO_ERROR, ping"},
           {"its trailers are malformed",
            [](Http2Driver& driver) {
              driver.receive(headers(1, {{":method", "GET"}}));
            },
            "reset 1 PROTOCOL_ERROR", "bad_pseudo_field"},
           {"its trailers do not end it",
            [](Http2Driver& driver) {
              driver.receive(headers(1, {{"x", "1"}}, kEndHeaders));
            },
            "reset 1 PROTOCOL_ERROR", "bad_frame"},
       }) {
    INFO(row.name);
    Http2Driver driver;
    driver.hold_requests();
    driver.greet();
    driver.receive(headers(1, post({{":path", "/stream"}}), kEndHeaders));
    driver.answer(1, Response::status(204));
    CHECK(driver.events() == "204 1, end 1");
    row.go_on(driver);
    CHECK(driver.events() == row.told);
    CHECK((driver.rejects().empty() ? "" : driver.rejects().front()) == row.reject);
    CHECK(driver.answers().size() == 1);
    CHECK(driver.end() == End::kOpen);
  }
}

TEST_CASE("h2: Content-Length is held against the body of an answered request too") {
  for (const auto& [name, body] : std::vector<std::pair<const char*, std::string>>{
           {"more", data(1, "hello")}, {"less", data(1, "hel", kEndStream)}, {"none", data(1, "", kEndStream)}}) {
    INFO(name);
    Http2Driver driver;
    driver.hold_requests();
    driver.greet();
    driver.receive(headers(1, post({{":path", "/stream"}, {"content-length", "4"}}), kEndHeaders));
    driver.answer(1, Response::status(204));
    CHECK(driver.events() == "204 1, end 1");
    driver.receive(body);
    CHECK(driver.events() == "reset 1 PROTOCOL_ERROR");
    CHECK(driver.rejects() == std::vector<std::string>{"length_mismatch"});
  }
}

}  // namespace
}  // namespace orrery::test::http2
