#include "http/h1/answer_reader.hpp"

#include <catch2/catch.hpp>

namespace orrery::http::h1 {

using State = AnswerReader::State;

TEST_CASE("answer_reader: a response ends by its length, its last chunk or the connection, wherever it is cut") {
  struct Row {
    const char* name;
    std::string bytes;
    bool closes;
    State state;
    int status;
    std::string body;
  };
  const Row rows[] = {
      {"a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, State::kWhole, 200, "hello"},
      {"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", false,
       State::kWhole, 200, "hello"},
      {"the end", "HTTP/1.0 409 Conflict\r\n\r\nhello", true, State::kWhole, 409, "hello"},
      {"no body", "HTTP/1.1 204 No Content\r\n\r\n", false, State::kWhole, 204, ""},
      {"an interim response before it",
       "HTTP/1.1 103 Early Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx", false, State::kWhole,
       200, "x"},
      {"cut off in the body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", true, State::kBroken, 200, "hel"},
      {"cut off in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhe", true, State::kBroken, 200,
       "he"},
      {"cut off in the head", "HTTP/1.1 200 OK\r\nContent-", true, State::kBroken, 0, ""},
      {"nothing at all", "", true, State::kBroken, 0, ""},
      {"no HTTP", "SSH-2.0-OpenSSH_9.2\r\n", false, State::kBroken, 0, ""},
  };
  for (const Row& row : rows) {
    for (const std::size_t piece : {row.bytes.size() + 1, std::size_t{1}, std::size_t{7}}) {
      INFO(row.name << ", in pieces of " << piece);
      AnswerReader reader;
      State state = State::kMore;
      for (std::size_t at = 0; at < row.bytes.size(); at += piece) state = reader.take(row.bytes.substr(at, piece));
      if (row.closes) state = reader.end();
      CHECK(state == row.state);
      CHECK(reader.status() == row.status);
      CHECK(reader.take_body() == row.body);
    }
  }
}

TEST_CASE("answer_reader: a body is given out as it comes, and too much of it at once is refused") {
  AnswerReader reader;
  REQUIRE(reader.take("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n") == State::kMore);
  CHECK(reader.take_body() == "ab");
  CHECK(reader.take_body().empty());
  REQUIRE(reader.take("1\r\nc\r\n") == State::kMore);
  CHECK(reader.take_body() == "c");
  AnswerReader flooded;
  REQUIRE(flooded.take("HTTP/1.0 200 OK\r\n\r\n") == State::kMore);
  const std::string much(AnswerReader::kLargestBody, 'x');
  CHECK(flooded.take(much) == State::kMore);
  CHECK(flooded.take("y") == State::kBroken);
  CHECK(flooded.take("z") == State::kBroken);
}

}  // namespace orrery::http::h1
