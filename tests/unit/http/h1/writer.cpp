#include "http/h1/writer.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "http/sendable.hpp"
#include "unit/http/date_at.hpp"

namespace orrery::http::h1 {
namespace {

using namespace std::chrono;

std::string head_of(const Response& response, const Frame& frame) {
  Output out;
  write_head(out, response, frame, date_at(784111777));
  return std::string{out.buffer()};
}

TEST_CASE("Fixed fields are sent as they are, beside others, and can be asked for") {
  static const FixedFields fixed{{"Access-Control-Allow-Origin", "*"}, {"Cache-Control", "no-store"}};
  const Response response = Response::json("{}").with_fixed_fields(fixed).with_field("X-Other", "1");
  CHECK(head_of(response, {ResponseFraming::kLength, 2, ConnectionField::kNone, {}}) ==
        "HTTP/1.1 200 OK\r\nServer: orrery\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\n"
        "Access-Control-Allow-Origin: *\r\nCache-Control: no-store\r\nX-Other: 1\r\n\r\n");
  CHECK(response.field("cache-control") == "no-store");
  CHECK_FALSE(response.field("etag"));
  CHECK(is_sendable(response));
}

TEST_CASE("Heads are written byte for byte") {
  struct Row {
    const char* name;
    Response response;
    Frame frame;
    const char* head;
  };
  Row rows[] = {
      {"text",
       Response::text("hello"),
       {ResponseFraming::kLength, 5, ConnectionField::kNone, "id-1"},
       "HTTP/1.1 200 OK\r\nServer: orrery\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
       "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\nX-Request-ID: id-1\r\n\r\n"},
      {"no media type, length 0, no id, close",
       Response::status(404),
       {ResponseFraming::kLength, 0, ConnectionField::kClose, ""},
       "HTTP/1.1 404 Not Found\r\nServer: orrery\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
       "Content-Length: 0\r\nConnection: close\r\n\r\n"},
      {"no body",
       Response::status(204),
       {ResponseFraming::kNoBody, 9, ConnectionField::kKeepAlive, ""},
       "HTTP/1.1 204 No Content\r\nServer: orrery\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
       "Connection: keep-alive\r\n\r\n"},
      {"without the server's name",
       Response::text(""),
       {ResponseFraming::kLength, 0, ConnectionField::kNone, "", false},
       "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
       "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 0\r\n\r\n"},
      {"chunked",
       Response::html(""),
       {ResponseFraming::kChunked, 9, ConnectionField::kNone, ""},
       "HTTP/1.1 200 OK\r\nServer: orrery\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
       "Content-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {"until close",
       Response::json(""),
       {ResponseFraming::kUntilClose, 9, ConnectionField::kClose, ""},
       "HTTP/1.1 200 OK\r\nServer: orrery\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
       "Content-Type: application/json\r\nConnection: close\r\n\r\n"},
      {"a status without a phrase",
       Response::status(299),
       {ResponseFraming::kLength, 18446744073709551615U, ConnectionField::kNone, ""},
       "HTTP/1.1 299 \r\nServer: orrery\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
       "Content-Length: 18446744073709551615\r\n\r\n"},
      {"fields in order, Content-Type replaced",
       Response::text("")
           .with_field("A", "1")
           .with_field("Content-type", "a/b")
           .with_field("A", "")
           .with_field("B", "x\ty"),
       {ResponseFraming::kLength, 0, ConnectionField::kNone, ""},
       "HTTP/1.1 200 OK\r\nServer: orrery\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
       "Content-Type: a/b\r\nContent-Length: 0\r\nA: 1\r\nA: \r\nB: x\ty\r\n\r\n"},
      {"the server's own fields are dropped",
       Response::status(200)
           .with_field("content-length", "9")
           .with_field("Transfer-Encoding", "chunked")
           .with_field("CONNECTION", "upgrade")
           .with_field("Keep-Alive", "x")
           .with_field("Date", "x")
           .with_field("Server", "x")
           .with_field("Upgrade", "x")
           .with_field("Proxy-Connection", "x")
           .with_field("X-Request-Id", "x")
           .with_field("Dates", "kept"),
       {ResponseFraming::kLength, 0, ConnectionField::kNone, ""},
       "HTTP/1.1 200 OK\r\nServer: orrery\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
       "Content-Length: 0\r\nDates: kept\r\n\r\n"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(head_of(row.response, row.frame) == row.head);
  }
}

TEST_CASE("A head may be longer than any buffer") {
  Response response = Response::status(200);
  for (int i = 0; i < 100; ++i) response.add_field("Name", std::string(1000, 'v'));
  const std::string head = head_of(response, {});
  CHECK(head.size() > 100'000);
  CHECK(head.ends_with("v\r\n\r\n"));
}

TEST_CASE("Chunks carry their size in hexadecimal, and an empty one is none") {
  Output out;
  write_chunk(out, "hello");
  write_chunk(out, "");
  write_chunk(out, {});
  write_chunk(out, std::string(26, 'x'));
  write_last_chunk(out);
  CHECK(out.buffer() == "5\r\nhello\r\n1a\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n");
}

TEST_CASE("A length is written as a decimal number, whatever its size") {
  for (const std::uint64_t length : {0U, 7U, 10U, 42U, 99U, 100U, 101U, 110U, 999U, 1000U, 1001U, 65536U}) {
    INFO(length);
    const std::string head =
        head_of(Response::status(200), {ResponseFraming::kLength, length, ConnectionField::kNone, ""});
    CHECK(head.find("\r\nContent-Length: " + std::to_string(length) + "\r\n") != std::string::npos);
  }
}

TEST_CASE("An id is written whole, whatever its size") {
  for (const std::size_t size : {1U, 15U, 16U, 17U, 64U}) {
    INFO(size);
    const std::string id(size, 'i');
    const std::string head = head_of(Response::status(200), {ResponseFraming::kLength, 0, ConnectionField::kNone, id});
    CHECK(head.find("\r\nX-Request-ID: " + id + "\r\n") != std::string::npos);
  }
}

TEST_CASE("Fields may stand behind the last chunk, and links in front of a head") {
  Output out;
  write_last_chunk(out, {{"X-Sum", "18"}, {"Server-Timing", ""}});
  CHECK(out.buffer() == "0\r\nX-Sum: 18\r\nServer-Timing: \r\n\r\n");
  out.clear();
  write_early_hints(out, {"</a>", "</b>"});
  CHECK(out.buffer() == "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nLink: </b>\r\n\r\n");
}

}  // namespace
}  // namespace orrery::http::h1
