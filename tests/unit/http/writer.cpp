#include "http/writer.hpp"

#include <catch2/catch.hpp>

#include "base/reject.hpp"

namespace orrery::http {
namespace {

using namespace std::chrono;

DateLine date_at(std::int64_t second) {
  DateLine line;
  line.update(base::WallTime{seconds{second}});
  return line;
}

std::string head_of(const Response& response, const Frame& frame) {
  Output out;
  write_head(out, response, frame, date_at(784111777));
  return std::string{out.buffer()};
}

TEST_CASE("The Date line is right over the edges of day, month and year") {
  struct Row {
    const char* name;
    std::int64_t second;
    const char* line;
  };
  const Row rows[] = {
      {"the RFC's example", 784111777, "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"},
      {"the epoch", 0, "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n"},
      {"end of a day", 86399, "Date: Thu, 01 Jan 1970 23:59:59 GMT\r\n"},
      {"end of a year", 1798761599, "Date: Thu, 31 Dec 2026 23:59:59 GMT\r\n"},
      {"beginning of a year", 1798761600, "Date: Fri, 01 Jan 2027 00:00:00 GMT\r\n"},
      {"leap day", 1709164800, "Date: Thu, 29 Feb 2024 00:00:00 GMT\r\n"},
      {"behind a leap day", 1709251200, "Date: Fri, 01 Mar 2024 00:00:00 GMT\r\n"},
      {"no leap day in 2100", 4107542400, "Date: Mon, 01 Mar 2100 00:00:00 GMT\r\n"},
      {"leap day of 2000", 951782400, "Date: Tue, 29 Feb 2000 00:00:00 GMT\r\n"},
      {"a Saturday in May", 1747440000, "Date: Sat, 17 May 2025 00:00:00 GMT\r\n"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(date_at(row.second).view() == row.line);
  }
}

TEST_CASE("The Date line follows the clock, also backwards, and ignores fractions") {
  DateLine line;
  line.update(base::WallTime{milliseconds{1999}});
  CHECK(line.view() == "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n");
  line.update(base::WallTime{seconds{2}});
  CHECK(line.view() == "Date: Thu, 01 Jan 1970 00:00:02 GMT\r\n");
  line.update(base::WallTime{seconds{1}});
  CHECK(line.view() == "Date: Thu, 01 Jan 1970 00:00:01 GMT\r\n");
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

TEST_CASE("Fields that could not be sent cannot be fixed") {
  for (const char* name : {"", "a b", "Date", "content-length", "Content-Type", "Connection"}) {
    INFO(name);
    CHECK_THROWS_AS((FixedFields{{name, "x"}}), std::invalid_argument);
  }
  CHECK_THROWS_AS((FixedFields{{"X", "a\r\nb"}}), std::invalid_argument);
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

TEST_CASE("Only what cannot forge a message is sendable") {
  const auto with = [](std::string name, std::string value) {
    return Response::text("x").with_field(std::move(name), std::move(value));
  };
  struct Row {
    const char* name;
    Response response;
    bool sendable;
  };
  const Row rows[] = {
      {"plain", Response::text("x"), true},
      {"body may be anything", Response::text(std::string{"\r\n\0", 3}), true},
      {"tab and 8-bit in a value", with("A", "a\tb\xff"), true},
      {"empty value", with("A", ""), true},
      {"LF in a value", with("A", "a\nSet-Cookie: b"), false},
      {"CR in a value", with("A", "a\rb"), false},
      {"CRLF in a value", with("Location", "/\r\n\r\n<html>"), false},
      {"NUL in a value", with("A", std::string(1, '\0')), false},
      {"NUL far in a value", with("A", std::string(30, 'a') + '\0'), false},
      {"DEL in a value", with("A", "\x7f"), false},
      {"empty name", with("", "a"), false},
      {"space in a name", with("A b", "a"), false},
      {"colon in a name", with("A:", "a"), false},
      {"CRLF in a name", with("A\r\nB", "a"), false},
      {"8-bit in a name", with("\xc4", "a"), false},
      {"LF in a dropped field", with("Server", "a\nb"), false},
      {"LF in the media type", with("Content-Type", "a/b\nc: d"), false},
      {"LF in the maker's media type", Response::bytes("a/b\r\n", ""), false},
      {"lowest status", Response::status(200), true},
      {"highest status", Response::status(599), true},
      {"interim status", Response::status(199), false},
      {"100", Response::status(100), false},
      {"101", Response::status(101), false},
      {"zero", Response::status(0), false},
      {"600", Response::status(600), false},
      {"negative", Response::status(-1), false},
      {"four digits", Response::status(2000), false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(is_sendable(row.response) == row.sendable);
  }
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

TEST_CASE("An Output takes nothing, little and much, and forgets it") {
  Output out;
  out.append({});
  CHECK(out.empty());
  out.append("a");
  out.append({});
  out.append(std::string(100'000, 'b'));
  CHECK(out.size() == 100'001);
  CHECK(out.buffer().substr(0, 2) == "ab");
  out.set_tail(std::string(70'000, 'c'));
  CHECK(out.size() == 170'001);
  CHECK(out.tail() == std::string(70'000, 'c'));
  out.clear();
  CHECK(out.empty());
  CHECK(out.tail().empty());
  static constexpr std::string_view kFixed = "constant";
  out.set_tail(kFixed);
  CHECK(out.tail().data() == kFixed.data());
  CHECK_FALSE(out.empty());
}

TEST_CASE("Reason phrases are those of the registry") {
  CHECK(reason_phrase(200) == "OK");
  CHECK(reason_phrase(413) == "Content Too Large");
  CHECK(reason_phrase(431) == "Request Header Fields Too Large");
  CHECK(reason_phrase(505) == "HTTP Version Not Supported");
  CHECK(reason_phrase(299).empty());
  for (const auto& row : base::kRejects) {
    INFO(row.name);
    CHECK((row.status == 0 || !reason_phrase(row.status).empty()));
  }
}

}  // namespace
}  // namespace orrery::http
