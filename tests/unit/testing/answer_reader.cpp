#include "testing/answer_reader.hpp"

#include <catch2/catch.hpp>

namespace orrery::testing {

namespace {

/// The answer in one piece and byte by byte are the same.
AnswerReader read_all(std::string_view bytes, bool to_head = false) {
  AnswerReader whole{to_head};
  whole.take(bytes);
  AnswerReader single{to_head};
  for (const char& byte : bytes) single.take({&byte, 1});
  CHECK(single.over() == whole.over());
  CHECK(single.answer().body == whole.answer().body);
  CHECK(single.answer().whole == whole.answer().whole);
  CHECK(single.fault().empty() == whole.fault().empty());
  return whole;
}

}  // namespace

TEST_CASE("answer reader: a body ends where its framing says") {
  struct Row {
    const char* name;
    const char* bytes;
    int status;
    const char* body;
    bool keeps;
  };
  const Row rows[] = {
      {"length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, "hello", true},
      {"length 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "", true},
      {"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n", 200,
       "abc0123456789", true},
      {"chunks with trailers", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;x=y\r\na\r\n0\r\nA: b\r\n\r\n",
       200, "a", true},
      {"no body", "HTTP/1.1 204 No Content\r\n\r\n", 204, "", true},
      {"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n", 304, "", true},
      {"behind 100", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\nx", 201, "x", true},
      {"close", "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nx", 200, "x", false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const AnswerReader reader = read_all(row.bytes);
    CHECK(reader.over());
    CHECK(reader.answer().whole);
    CHECK(reader.answer().status == row.status);
    CHECK(reader.answer().body == row.body);
    CHECK(reader.keeps() == row.keeps);
    CHECK(reader.fault().empty());
  }
}

TEST_CASE("answer reader: the links in front of an answer, and the fields behind it") {
  const AnswerReader reader = read_all(
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nlink: </b>\r\nX: y\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: "
      "</c>\r\n\r\n"
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-Sum: 1\r\nB: c\r\n\r\n");
  CHECK(reader.over());
  CHECK(reader.answer().whole);
  CHECK(reader.answer().status == 200);
  CHECK(reader.answer().fields.size() == 1);
  CHECK(reader.answer().early_hints == std::vector<std::string>{"</a>", "</b>", "</c>"});
  CHECK(reader.answer().trailers == std::vector<std::pair<std::string, std::string>>{{"X-Sum", "1"}, {"B", "c"}});
  CHECK_FALSE(read_all("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno field\r\n\r\n").fault().empty());
  CHECK_FALSE(read_all("HTTP/1.1 103 Early Hints\r\nno field\r\n\r\n").fault().empty());
}

TEST_CASE("answer reader: an answer to HEAD has no body whatever its length") {
  const AnswerReader reader = read_all("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", true);
  CHECK(reader.over());
  CHECK(reader.answer().whole);
  CHECK(reader.answer().field("content-LENGTH") == "5");
}

TEST_CASE("answer reader: an answer whose end is that of its connection") {
  AnswerReader reader{false};
  reader.take("HTTP/1.1 200 OK\r\n\r\nab");
  reader.take("c");
  CHECK_FALSE(reader.over());
  reader.end();
  CHECK(reader.over());
  CHECK(reader.answer().whole);
  CHECK(reader.answer().body == "abc");
  CHECK_FALSE(reader.keeps());
}

TEST_CASE("answer reader: what is cut off is not whole") {
  for (const char* bytes : {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"}) {
    INFO(bytes);
    AnswerReader reader{false};
    reader.take(bytes);
    CHECK_FALSE(reader.over());
    reader.end();
    CHECK(reader.over());
    CHECK_FALSE(reader.answer().whole);
  }
}

TEST_CASE("answer reader: what is no HTTP is said") {
  for (const char* bytes : {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 2xx OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n"}) {
    INFO(bytes);
    const AnswerReader reader = read_all(bytes);
    CHECK(reader.over());
    CHECK_FALSE(reader.fault().empty());
    CHECK_FALSE(reader.answer().whole);
  }
}

}  // namespace orrery::testing
