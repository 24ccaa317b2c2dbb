// One connection and the requests on it: pipelines, batches, blocked output, how it ends.
#include <catch2/catch.hpp>

#include "support/chunker.hpp"
#include "unit/http/h1/connection_requests.hpp"

namespace orrery::test {
namespace {

using Driver = ConnectionDriver;

// --- pipelines and batches ---

TEST_CASE("Pipelined responses come in order and in one batch") {
  Driver driver;
  std::string requests;
  for (int i = 0; i < 20; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\n\r\n";
  driver.receive(requests);
  const auto responses = read_responses(driver.output());
  REQUIRE(responses.size() == 20);
  for (std::size_t i = 0; i < 20; ++i) CHECK(responses[i].body.starts_with("GET /" + std::to_string(i) + " "));
  CHECK(driver.flushes() == 1);
  CHECK(driver.end() == End::kOpen);
}

TEST_CASE("A batch is sent before it grows beyond its bound, and a large body goes by itself") {
  Driver driver;
  driver.answer_with([](const Request& request) {
    return Response::text(std::string(request.path() == "/large" ? 200'000 : 5'000, 'x'));
  });
  std::string requests;
  for (int i = 0; i < 30; ++i) requests += kGet;
  driver.receive(requests);
  CHECK(driver.flushes() == 3);
  driver.receive("GET /large HTTP/1.1\r\nHost: h\r\n\r\n" + kGet);
  CHECK(driver.flushes() == 5);
  CHECK(read_responses(driver.output()).size() == 32);
}

TEST_CASE("A request waits until the one before it is answered") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet + kGetB);
  REQUIRE(driver.requests().size() == 1);
  driver.receive(kGet);
  CHECK(driver.requests().size() == 1);
  CHECK(driver.answer(Response::text("first")));
  REQUIRE(driver.requests().size() == 2);
  CHECK(driver.requests()[1].path == "/b");
  CHECK(driver.answer(Response::text("second")));
  REQUIRE(driver.requests().size() == 3);
  CHECK(driver.answer(Response::text("third")));
  const auto responses = read_responses(driver.output());
  REQUIRE(responses.size() == 3);
  CHECK(responses[0].body + responses[1].body + responses[2].body == "firstsecondthird");
}

TEST_CASE("Bytes that come while a request is handled are kept, in any number of pieces") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet);
  const std::string more = post("/p", 5) + "hello" + kGetB;
  for (const char c : more) driver.receive(std::string_view{&c, 1});
  CHECK(driver.requests().size() == 1);
  CHECK(driver.answer(Response::text("1")));
  REQUIRE(driver.requests().size() == 2);
  CHECK(driver.requests()[1].body == "hello");
  CHECK(driver.answer(Response::text("2")));
  REQUIRE(driver.requests().size() == 3);
  CHECK(driver.requests()[2].path == "/b");
}

TEST_CASE("A request that is handled keeps its bytes when the buffer is gone and more comes") {
  Driver driver;
  driver.hold_requests();
  driver.receive("GET /kept?a=b HTTP/1.1\r\nHost: h\r\nX: y\r\n\r\n");
  driver.receive(kGetB);
  const Request request = driver.message()->share();
  driver.answer(Response::text("x"));
  CHECK(request.target() == "/kept?a=b");
  CHECK(request.field("x") == "y");
  CHECK(request.query("a") == "b");
}

TEST_CASE("wants_input stops the reading while there is enough to do") {
  Driver driver;
  CHECK(driver.connection().wants_input());
  driver.hold_requests();
  driver.receive(kGet);
  CHECK(driver.connection().wants_input());
  driver.receive("G");
  CHECK_FALSE(driver.connection().wants_input());
  driver.answer(Response::text("x"));
  CHECK(driver.connection().wants_input());
  driver.receive_end();
  CHECK_FALSE(driver.connection().wants_input());
}

// --- blocked output ---

TEST_CASE("While output is blocked nothing new is executed") {
  Driver driver;
  driver.block_output(10);
  driver.receive(kGet + kGetB);
  driver.read(5);
  driver.receive(kGet);
  const std::size_t before = driver.requests().size();
  CHECK(before == 2);
  CHECK_FALSE(driver.connection().wants_input());
  driver.receive(kGetB);
  CHECK(driver.requests().size() == before);
  driver.read();
  CHECK(driver.requests().size() == 4);
  const auto responses = read_responses(driver.output());
  REQUIRE(responses.size() == 4);
  CHECK(responses[3].body.starts_with("GET /b "));
}

TEST_CASE("A connection that is to close does so when the client has taken the rest") {
  Driver driver;
  driver.block_output(3);
  driver.receive("GET / HTTP/1.0\r\n\r\n");
  CHECK(driver.end() == End::kOpen);
  CHECK(driver.connection().closing());
  driver.read();
  CHECK(driver.end() == End::kClose);
  CHECK(read_responses(driver.output()).size() == 1);
}

// --- heads ---

TEST_CASE("Head limits hold at the byte in the whole exchange") {
  struct Row {
    const char* name;
    std::string head;
    const char* above;  ///< the refusal one byte beyond the limit
    std::size_t Config::*limit;
    std::size_t size;
  };
  const std::string head = "GET /0123456789 HTTP/1.1\r\nHost: h\r\nA: 0123456789\r\n\r\n";
  const Row rows[] = {
      {"line", head, "long_request_line\n", &Config::limit_request_line, 24},
      {"field", head, "long_field\n", &Config::limit_request_field_size, 13},
      {"fields", head, "too_many_fields\n", &Config::limit_request_fields, 2},
      {"head", head, "long_head\n", &Config::limit_request_head, head.size()},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Config config;
    config.*row.limit = row.size;
    CHECK(run_chunked(row.head, config).rejects.empty());
    config.*row.limit = row.size + 1;
    CHECK(run_chunked(row.head, config).rejects.empty());
    config.*row.limit = row.size - 1;
    CHECK(run_chunked(row.head, config).rejects == row.above);
  }
}

// --- ends ---

TEST_CASE("A client that closes its side still gets its answers") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet + kGetB);
  driver.receive_end();
  driver.answer(Response::text("1"));
  CHECK_FALSE(last_response(driver).field("Connection"));
  driver.answer(Response::text("2"));
  CHECK(last_response(driver).field("Connection") == "close");
  CHECK(driver.rejects().empty());
  CHECK(driver.end() == End::kClose);
}

TEST_CASE("A truncated request behind a pending one is found when its turn comes") {
  for (const std::string& rest : {std::string{"GET /b HT"}, std::string{"\r"}, post("/p", 5) + "he"}) {
    INFO(rest);
    Driver driver;
    driver.hold_requests();
    driver.receive(kGet + rest);
    driver.receive_end();
    driver.answer(Response::text("1"));
    CHECK(driver.rejects() == std::vector<std::string>{"truncated_request"});
    CHECK(driver.end() == End::kClose);
    CHECK(read_responses(driver.output()).size() == 1);
  }
}

TEST_CASE("An empty line behind a request is nothing, also when it comes byte by byte") {
  for (const auto& pieces :
       std::vector<std::vector<std::string>>{{kGet + "\r\n"}, {kGet, "\r\n"}, {kGet, "\r", "\n"}}) {
    Driver driver;
    for (const auto& piece : pieces) driver.receive(piece);
    CHECK(driver.connection().idle());
    driver.pass(std::chrono::minutes{5});
    CHECK(driver.rejects().empty());
    CHECK(driver.end() == End::kClose);
    CHECK(read_responses(driver.output()).size() == 1);
  }
}

TEST_CASE("Draining: idle connections close, busy ones after their response, new ones get one request") {
  Driver idle;
  idle.receive(kGet);
  idle.drain();
  CHECK(idle.end() == End::kClose);

  Driver busy;
  busy.hold_requests();
  busy.receive(kGet + kGetB);
  busy.drain();
  CHECK(busy.end() == End::kOpen);
  busy.answer(Response::text("x"));
  CHECK(last_response(busy).field("Connection") == "close");
  CHECK(busy.requests().size() == 1);
  CHECK(busy.end() == End::kLinger);

  Driver fresh;
  fresh.drain();
  CHECK(fresh.end() == End::kOpen);
  fresh.receive(kGet);
  CHECK(last_response(fresh).field("Connection") == "close");
  CHECK(fresh.end() == End::kLinger);

  Driver silent;
  silent.pass(std::chrono::seconds(5));
  silent.drain();
  silent.pass(std::chrono::milliseconds(999));
  CHECK(silent.end() == End::kOpen);
  silent.pass(std::chrono::milliseconds(1));
  CHECK(silent.end() == End::kClose);
  CHECK(silent.rejects().empty());

  Driver discarding;
  discarding.receive(post("/get", 5));
  discarding.drain();
  CHECK(discarding.end() == End::kOpen);
  discarding.receive("hello");
  CHECK(discarding.end() == End::kClose);
}

TEST_CASE("Abandoned requests are cancelled, and their answers go nowhere") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet);
  const Request request = driver.message()->share();
  CHECK_FALSE(request.cancelled());
  driver.abandon();
  CHECK(request.cancelled());
  CHECK_FALSE(driver.answer(Response::text("x")));
  CHECK(driver.end() == End::kBroken);
  CHECK(driver.output().empty());
}

TEST_CASE("An idle connection holds no message") {
  Driver driver;
  CHECK_FALSE(driver.connection().current());
  driver.receive(kGet);
  CHECK_FALSE(driver.connection().current());
  driver.receive("G");
  CHECK(driver.connection().current());
  driver.abandon();
  CHECK_FALSE(driver.connection().current());
}

}  // namespace
}  // namespace orrery::test
