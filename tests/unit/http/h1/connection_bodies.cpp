// Request bodies: 100 Continue, answers before their end, limits, and bodies that are read as they come.
#include <catch2/catch.hpp>

#include "support/chunker.hpp"
#include "unit/http/h1/connection_requests.hpp"

namespace orrery::test {
namespace {

using Driver = ConnectionDriver;

const std::string kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// --- Expect ---

TEST_CASE("100 Continue is sent when the body is really wanted") {
  struct Row {
    const char* name;
    std::string first;
    std::string expected;
  };
  const std::string expect = "Expect: 100-continue\r\n";
  const Row rows[] = {
      {"with length", post("/p", 5, expect), kContinue},
      {"chunked", "POST /p HTTP/1.1\r\n" + kHost + expect + "Transfer-Encoding: chunked\r\n\r\n", kContinue},
      {"body has begun", post("/p", 5, expect) + "h", ""},
      {"head not whole", post("/p", 5, expect).substr(0, 60), ""},
      {"nothing expected", post("/p", 5), ""},
      {"on 1.0", "POST /p HTTP/1.0\r\n" + expect + "Content-Length: 5\r\n\r\n", ""},
      {"stream whose handler asks", post("/stream", 5, expect), kContinue},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Driver driver;
    driver.receive(row.first);
    CHECK(driver.output() == row.expected);
    driver.drain();
    CHECK(driver.output() == row.expected);
  }
}

TEST_CASE("100 Continue comes once, before the final response") {
  Driver driver;
  driver.receive(post("/p", 5, "Expect: 100-continue\r\n"));
  driver.receive("he");
  driver.receive("llo");
  driver.receive(post("/p", 1, "Expect: 100-continue\r\n"));
  driver.receive("x");
  std::vector<int> seen;
  for (const auto& response : read_responses(driver.output())) seen.push_back(response.status);
  CHECK(seen == std::vector<int>{100, 200, 100, 200});
  CHECK(driver.end() == End::kOpen);
}

TEST_CASE("A stream's handler that does not ask leaves the client without 100, and the connection closes") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 5, "Expect: 100-continue\r\n"));
  CHECK(driver.output().empty());
  driver.answer(Response::status(403));
  CHECK(last_response(driver).status == 403);
  CHECK(last_response(driver).field("Connection") == "close");
  CHECK(driver.end() == End::kLinger);
}

TEST_CASE("A refusal answers a client that waits for 100, and closes") {
  struct Row {
    const char* name;
    std::string request;
    int status;
  };
  const Row rows[] = {
      {"not routed", post("/get", 5, "Expect: 100-continue\r\n"), 405},
      {"too large", post("/small", 11, "Expect: 100-continue\r\n"), 413},
      {"unknown expectation", post("/p", 5, "Expect: tea\r\n"), 417},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Driver driver;
    driver.receive(row.request);
    CHECK(last_response(driver).status == row.status);
    CHECK(last_response(driver).field("Connection") == "close");
    CHECK(driver.end() == End::kLinger);
    CHECK(driver.requests().empty());
  }
}

// --- early answers ---

TEST_CASE("An answer before the body is read: the body is read away, then the connection goes on") {
  struct Row {
    const char* name;
    std::string head;
    std::string body;
  };
  const Row rows[] = {
      {"length", post("/stream", 5), "hello"},
      {"chunked", "POST /stream HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n",
       "5\r\nhello\r\n0\r\nX: y\r\n\r\n"},
      {"not routed", post("/get", 5), "hello"},
  };
  for (const Row& row : rows) {
    for (std::size_t at = 0; at < row.body.size(); ++at) {
      INFO(row.name << ", " << at << " bytes of body before the answer");
      Driver driver;
      driver.hold_requests();
      driver.receive(row.head + row.body.substr(0, at));
      driver.answer(Response::text("early"));
      CHECK(statuses(driver).size() == 1);
      driver.receive(row.body.substr(at) + kGet);
      driver.answer(Response::text("next"));
      CHECK(statuses(driver).size() == 2);
      CHECK(last_response(driver).body == "next");
      CHECK(driver.end() == End::kOpen);
    }
  }
}

TEST_CASE("What is wrong with a body that is read away closes, without a second response") {
  struct Row {
    const char* name;
    std::string rest;
  };
  const Row rows[] = {
      {"bad chunk", "z\r\n"},
      {"too large", "ffffffff\r\n"},
      {"forbidden trailer", "0\r\nHost: h\r\n\r\n"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Driver driver;
    driver.receive("POST /get HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n");
    driver.receive(row.rest + kGet);
    CHECK(statuses(driver) == std::vector<int>{405});
    CHECK(driver.requests().empty());
    CHECK(driver.end() == End::kLinger);
  }
}

TEST_CASE("An early answer on a connection that closes does not wait for the body") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 5, "Connection: close\r\n") + "he");
  driver.answer(Response::text("early"));
  CHECK(driver.end() == End::kLinger);
  CHECK(last_response(driver).body == "early");
}

// --- bodies ---

TEST_CASE("Body limits hold at the byte, by length and by chunks") {
  Config config;
  config.limit_request_body = 100;
  for (const std::size_t size : {std::size_t{99}, std::size_t{100}, std::size_t{101}}) {
    INFO(size);
    const std::string body(size, 'x');
    const std::string head = "POST /p HTTP/1.1\r\n" + kHost;
    const std::string half = std::to_string(size / 2);
    const std::string by_length = post("/p", size) + body;
    const std::string one_byte_chunks = [&] {
      std::string text = head + "Transfer-Encoding: chunked\r\n\r\n";
      for (const char c : body) text += std::string{"1\r\n"} + c + "\r\n";
      return text + "0\r\n\r\n";
    }();
    for (const std::string& bytes : {by_length, one_byte_chunks}) {
      const Outcome outcome = run_chunked(bytes, config);
      CHECK(outcome.rejects == (size > 100 ? "large_body\n" : ""));
      CHECK(outcome.end == (size > 100 ? "linger" : "keep"));
      CHECK((outcome.requests.find("body " + body + "\n") != std::string::npos) == (size <= 100));
    }
  }
}

TEST_CASE("A body is read as it comes when its handler asks, and not before") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 10) + "abc");
  REQUIRE(driver.requests().size() == 1);
  CHECK(driver.body_pieces().empty());
  CHECK_FALSE(driver.connection().wants_input());
  driver.want_body();
  CHECK(driver.body_pieces() == std::vector<std::string>{"abc"});
  CHECK_FALSE(driver.body_ended());
  driver.want_body();
  CHECK(driver.body_pieces().size() == 1);
  CHECK(driver.connection().wants_input());
  driver.receive("defg");
  CHECK(driver.body_pieces().back() == "defg");
  driver.receive("hij" + kGet);
  CHECK(driver.body_pieces().size() == 2);
  driver.want_body();
  CHECK(driver.body_pieces().back() == "hij");
  CHECK(driver.body_ended());
  CHECK(driver.requests().size() == 1);
  driver.answer(Response::text("done"));
  CHECK(driver.requests().size() == 2);
}

TEST_CASE("A body that an answered handler still asks for is not taken from the next request") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 3) + "abc");
  driver.answer(Response::text("done"));
  driver.receive("POST /stream HTTP/1.1\r\n");
  driver.want_body();  // in the name of the first
  driver.receive(kHost + "Content-Length: 3\r\n\r\ndef");
  REQUIRE(driver.requests().size() == 2);
  CHECK(driver.body_pieces().empty());
  driver.want_body();
  CHECK(driver.body_pieces() == std::vector<std::string>{"def"});
}

TEST_CASE("Nonsense in a body that is read as it comes is refused, also in the middle of the answer") {
  const std::string head = "POST /stream HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n";
  Driver driver;
  driver.hold_requests();
  driver.receive(head + "1\r\na\r\n");
  driver.want_body();
  driver.want_body();
  driver.receive("z\r\n");
  CHECK(driver.rejects() == std::vector<std::string>{"bad_chunk"});
  CHECK(statuses(driver) == std::vector<int>{400});
  CHECK(driver.end() == End::kLinger);

  Driver streaming;
  streaming.hold_requests();
  streaming.receive(head);
  streaming.start_stream(Response::text(""));
  streaming.send_piece("half");
  streaming.want_body();
  streaming.receive("z\r\n");
  CHECK(streaming.rejects() == std::vector<std::string>{"bad_chunk"});
  CHECK(streaming.answers() == std::vector<SeenAnswer>{{"POST", 200, 4, base::Ending::kCut}});
  CHECK_FALSE(last_response(streaming).whole);
  CHECK(streaming.end() == End::kLinger);
}

TEST_CASE("A client that leaves in the middle of a body its handler reads ends the request") {
  Driver driver;
  driver.hold_requests();
  driver.receive(post("/stream", 10) + "abc");
  driver.want_body();
  driver.want_body();
  const Request request = driver.message()->share();
  driver.receive_end();
  CHECK(driver.rejects() == std::vector<std::string>{"truncated_request"});
  CHECK(request.cancelled());
  CHECK(driver.end() == End::kBroken);
}

}  // namespace
}  // namespace orrery::test
