// What may stand behind the body of an answer, and that it stands there in both protocols, where it can.
#include "http/trailers.hpp"

#include <catch2/catch.hpp>

#include "support/http2_driver.hpp"

namespace orrery::test {

namespace {

using http::FieldList;

const FieldList kSum{{"X-Sum", "18"}, {"Server-Timing", "db;dur=53"}};

Response head_with_trailers(std::optional<std::uint64_t> length = {}) {
  return Response::stream(
             "text/plain", [](std::string&) { return false; }, length)
      .with_trailers({"X-Sum", "Server-Timing"});
}

/// Two pieces, then the fields.
Response pulled(FieldList trailers, std::optional<std::uint64_t> length = {}) {
  const auto pull = [first = true](std::string& out) mutable {
    out = first ? "some" : "more";
    return std::exchange(first, false);
  };
  return Response::stream("text/plain", pull, length).with_trailers({"X-Sum", "Server-Timing"}, [trailers] {
    return trailers;
  });
}

std::string error_of(const Result<void>& judged) { return judged ? "" : judged.error().message; }

}  // namespace

TEST_CASE("trailers: which names may stand there") {
  struct Case {
    const char* name;
    bool may;
  };
  for (const Case& row : {Case{"X-Sum", true},
                          {"Server-Timing", true},
                          {"Digest", true},
                          {"ETag", true},
                          {"grpc-status", true},
                          {"", false},
                          {"X Sum", false},
                          {"X:", false},
                          {"Content-Length", false},
                          {"content-length", false},
                          {"Transfer-Encoding", false},
                          {"Content-Type", false},
                          {"Content-Encoding", false},
                          {"Content-Range", false},
                          {"Trailer", false},
                          {"Connection", false},
                          {"Host", false},
                          {"Cache-Control", false},
                          {"Set-Cookie", false},
                          {"Location", false},
                          {"Vary", false},
                          {"Age", false},
                          {"Expires", false},
                          {"Retry-After", false},
                          {"Warning", false},
                          {"WWW-Authenticate", false},
                          {"Proxy-Authenticate", false},
                          {"Authorization", false},
                          {"Date", false},
                          {"Server", false},
                          {"X-Request-ID", false}}) {
    INFO(row.name);
    CHECK(http::judge_trailer_name(row.name).has_value() == row.may);
    if (row.may)
      CHECK_NOTHROW(Response::text("").with_trailers({row.name}));
    else
      CHECK_THROWS_AS(Response::text("").with_trailers({row.name}), std::invalid_argument);
  }
  CHECK(error_of(http::judge_trailer_name("Vary")) ==
        "the trailer field `Vary` may stand only in the head; set it there");
}

TEST_CASE("trailers: only what the head has announced, and what can be sent") {
  CHECK(http::judge_trailers("X-Sum, Server-Timing", kSum).has_value());
  CHECK(http::judge_trailers("x-sum", {{"X-SUM", "1"}, {"X-Sum", "2"}}).has_value());
  CHECK(http::judge_trailers("", {}).has_value());
  CHECK(error_of(http::judge_trailers("X-Sum", kSum)) ==
        "the trailer field `Server-Timing` was not announced; name it in Response::with_trailers of the head");
  for (const char* value : {"a\r\nX: b", "a\nb", "\x01"})
    CHECK(error_of(http::judge_trailers("X-Sum", {{"X-Sum", value}})) ==
          "the trailer field `X-Sum` has a byte in its value that no field may have");
}

TEST_CASE("trailers: they stay with a stream that a layer wraps, and go with its body") {
  Response wrapped = pulled(kSum);
  wrapped.replace_body(wrapped.take_pull());
  CHECK(wrapped.trailer_names() == "X-Sum, Server-Timing");
  http::PulledBody body{wrapped};
  std::string piece;
  CHECK(body(piece));
  CHECK_FALSE(body(piece));
  CHECK(body.trailers() == kSum);
  CHECK(body.trailers().empty());
  Response replaced = pulled(kSum);
  replaced.replace_body(std::string{"whole"});
  CHECK(replaced.trailer_names().empty());
  CHECK_FALSE(replaced.take_trailers());
  Response wrong = pulled({{"X-Other", "1"}});
  CHECK_THROWS_AS(http::PulledBody{wrong}.trailers(), std::runtime_error);
}

TEST_CASE("trailers: of HTTP/1.1 behind a chunked body, and nowhere else") {
  struct Case {
    const char* name;
    const char* request;
    std::optional<std::uint64_t> length;
    bool sent;
    bool announced;
  };
  const std::string host = "\r\nHost: a\r\n\r\n";
  for (const Case& row : {Case{"chunked", "GET / HTTP/1.1", {}, true, true},
                          {"with a length", "GET / HTTP/1.1", 8, false, false},
                          {"HTTP/1.0", "GET / HTTP/1.0", {}, false, false},
                          {"HEAD", "HEAD / HTTP/1.1", {}, false, true}}) {
    for (const bool pulls : {true, false}) {
      INFO(row.name << (pulls ? ", pulled" : ", written"));
      ConnectionDriver driver;
      driver.hold_requests();
      driver.receive(row.request + host);
      if (pulls) {
        CHECK(driver.answer(pulled(kSum, row.length)));
      } else {
        CHECK(driver.start_stream(head_with_trailers(row.length)));
        driver.send_piece("somemore");
        driver.end_stream(kSum);
      }
      const bool head = std::string_view{row.request}.starts_with("HEAD");
      const auto answers = read_responses(driver.output(), {head ? "HEAD" : "GET"});
      REQUIRE(answers.size() == 1);
      CHECK(answers[0].whole);
      CHECK(answers[0].body == (head ? "" : "somemore"));
      CHECK(answers[0].trailers == (row.sent ? kSum : FieldList{}));
      CHECK(answers[0].field("Trailer").has_value() == row.announced);
      REQUIRE(driver.answers().size() == 1);
      CHECK(driver.answers()[0].body_bytes == (head ? 0 : 8));
      CHECK(driver.answers()[0].status == 200);
    }
  }
}

TEST_CASE("trailers: those of one answer are not the next one's") {
  ConnectionDriver driver;
  driver.hold_requests();
  for (const bool with : {true, false, true}) {
    driver.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    REQUIRE(driver.start_stream(head_with_trailers()));
    driver.send_piece("x");
    driver.end_stream(with ? kSum : FieldList{});
    const auto answers = read_responses(driver.take_output());
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].trailers.empty() != with);
  }
}

TEST_CASE("trailers: what a client did not read of them is no part of the body") {
  ConnectionDriver driver;
  driver.hold_requests();
  driver.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(driver.start_stream(head_with_trailers()));
  driver.block_output(0);
  driver.send_piece("somemore");
  driver.end_stream(kSum);
  // Chunk: `8` CRLF, eight bytes, CRLF.
  driver.read(3 + 8 + 2);
  CHECK(driver.answers().empty());
  driver.abandon();
  REQUIRE(driver.answers().size() == 1);
  CHECK(driver.answers()[0].body_bytes == 8);
  CHECK(driver.answers()[0].ending == base::Ending::kCut);
}

TEST_CASE("trailers: of HTTP/2, in a frame of their own that ends the stream") {
  struct Case {
    const char* name;
    http2::Fields more;
    std::optional<std::uint64_t> length;
    bool sent;
  };
  for (const Case& row : std::vector<Case>{{"of a body without a length", {}, {}, true},
                                           {"with one", {}, 8, true},
                                           {"HEAD", {{":method", "HEAD"}}, {}, false}}) {
    for (const bool pulls : {true, false}) {
      INFO(row.name << (pulls ? ", pulled" : ", written"));
      Http2Driver driver;
      driver.hold_requests();
      driver.greet();
      driver.receive(http2::headers(1, http2::get(row.more)));
      if (pulls) {
        CHECK(driver.answer(1, pulled(kSum, row.length)));
      } else {
        CHECK(driver.start_stream(1, head_with_trailers(row.length)));
        driver.send_piece(1, "somemore");
        driver.end_stream(1, kSum);
      }
      const http2::Answer& answer = driver.reader().answer(1);
      CHECK(answer.whole);
      CHECK(answer.field("trailer") == "X-Sum, Server-Timing");
      CHECK(answer.body == (row.sent ? "somemore" : ""));
      CHECK(answer.trailers ==
            (row.sent ? http2::Fields{{"x-sum", "18"}, {"server-timing", "db;dur=53"}} : http2::Fields{}));
      if (row.sent) CHECK(driver.events().ends_with("trailers 1, end 1"));
      REQUIRE(driver.answers().size() == 1);
      CHECK(driver.answers()[0].body_bytes == (row.sent ? 8 : 0));
      // The next stream has a message that was this one's.
      driver.receive(http2::headers(3, http2::get()));
      CHECK(driver.answer(3, Response::text("plain")));
      CHECK(driver.reader().answer(3).whole);
      CHECK(driver.reader().answer(3).trailers.empty());
    }
  }
}

TEST_CASE("trailers: of HTTP/2, behind an empty body, and behind one that waits for a window") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet(http2::settings({{4, 5}}));
  driver.receive(http2::headers(1, http2::get()) + http2::headers(3, http2::get()));
  REQUIRE(driver.start_stream(1, head_with_trailers()));
  driver.end_stream(1, kSum);
  CHECK(driver.reader().answer(1).whole);
  CHECK(driver.reader().answer(1).trailers.size() == 2);
  REQUIRE(driver.start_stream(3, head_with_trailers()));
  driver.send_piece(3, "somemore");
  driver.end_stream(3, kSum);
  CHECK(driver.reader().answer(3).body == "somem");
  CHECK(driver.reader().answer(3).trailers.empty());
  driver.receive(http2::window(3, 100));
  CHECK(driver.reader().answer(3).body == "somemore");
  CHECK(driver.reader().answer(3).trailers.size() == 2);
  CHECK(driver.reader().answer(3).whole);
  // Nothing of them is left to wait for.
  driver.pass(std::chrono::hours{1});
  CHECK(driver.rejects().empty());
}

TEST_CASE("trailers: of HTTP/2, of a stream that its client resets") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet(http2::settings({{4, 5}}));
  driver.receive(http2::headers(1, http2::get()));
  REQUIRE(driver.start_stream(1, head_with_trailers()));
  driver.send_piece(1, "somemore");
  driver.end_stream(1, kSum);
  driver.receive(http2::reset(1) + http2::window(0, 100));
  CHECK(driver.reader().answer(1).trailers.empty());
  CHECK_FALSE(driver.reader().answer(1).whole);
  driver.receive(http2::headers(3, http2::get()));
  CHECK(driver.answer(3, Response::text("ok")));
  CHECK(driver.reader().answer(3).body == "ok");
}

}  // namespace orrery::test
