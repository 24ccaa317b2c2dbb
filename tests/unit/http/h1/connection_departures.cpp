// Departures: the observer hears of an answer when its last byte has left, or the connection broke, with the body bytes
// that left.
#include "connection_requests.hpp"

namespace orrery::test {
namespace {

using Driver = ConnectionDriver;
using base::Ending;
using Answers = std::vector<SeenAnswer>;

const std::string kOld = "GET /a HTTP/1.0\r\n\r\n";

/// What of the body lies in the first `bytes` of the connection's output.
std::uint64_t body_in(const std::string& output, std::size_t bytes) {
  const auto responses = read_responses(output);
  const std::size_t head = output.find("\r\n\r\n") + 4;
  if (bytes <= head) return 0;
  if (!responses.at(0).field("Transfer-Encoding")) return bytes - head;
  std::uint64_t body = 0;
  for (std::size_t at = head; at < bytes;) {
    const std::size_t size = std::stoul(output.substr(at), nullptr, 16);
    at = output.find("\r\n", at) + 2;
    if (at < bytes) body += std::min(size, bytes - at);
    at += size + 2;
  }
  return body;
}

struct Row {
  const char* name;
  std::string request;
  Response (*answer)();
};

Response in_pieces(std::optional<std::uint64_t> length) {
  auto left = std::make_shared<int>(20);
  return Response::stream(
      "text/plain",
      [left](std::string& out) {
        out.assign(static_cast<std::size_t>(*left) * 3, 'x');  // sizes of one digit and of two
        return --*left > 0;
      },
      length);
}

const Row kRows[] = {
    {"small", kGet, [] { return Response::text("a body"); }},
    {"none", kGet, [] { return Response::status(204); }},
    {"large", kGet, [] { return Response::text(std::string(http::Output::kTailSize, 'x')); }},
    {"closes", kOld, [] { return Response::text("a body"); }},
    {"chunked", kGet, [] { return in_pieces({}); }},
    {"of a length", kGet, [] { return in_pieces(630); }},
    {"until close", kOld, [] { return in_pieces({}); }},
};

TEST_CASE("Departures: whichever byte is the last that left, the log has it") {
  for (const Row& row : kRows) {
    INFO(row.name);
    Driver whole;
    whole.answer_with([&](const Request&) { return row.answer(); });
    whole.receive(row.request);
    const std::string all = whole.output();
    REQUIRE(whole.answers().size() == 1);
    CHECK(whole.answers()[0].ending == (row.request == kOld ? Ending::kClosed : Ending::kKept));
    for (std::size_t bytes = 0; bytes < all.size(); ++bytes) {
      Driver driver;
      driver.answer_with([&](const Request&) { return row.answer(); });
      driver.block_output(bytes);
      driver.receive(row.request);
      const bool untold = driver.answers().empty();
      driver.abandon();
      const SeenAnswer cut{"GET", whole.answers()[0].status, body_in(all, bytes), Ending::kCut};
      if (!untold || driver.answers() != Answers{cut}) {
        INFO(bytes << " of " << all.size());
        CHECK(untold);
        CHECK(driver.answers() == Answers{cut});
      }
    }
  }
}

TEST_CASE("Departures: an answer that waits for its client is told when that has taken all of it") {
  for (const Row& row : kRows) {
    INFO(row.name);
    Driver driver;
    driver.answer_with([&](const Request&) { return row.answer(); });
    driver.block_output(40);
    driver.receive(row.request);
    for (int i = 0; i < 100'000 && driver.connection().blocked(); ++i) {
      CHECK(driver.answers().empty());
      driver.read(1);
      if (!driver.connection().blocked()) break;
    }
    REQUIRE(driver.answers().size() == 1);
    CHECK(driver.answers()[0].body_bytes == read_responses(driver.output()).at(0).body.size());
    CHECK(driver.answers()[0].ending != Ending::kCut);
  }
}

TEST_CASE("Departures: of pipelined answers those that left are told, each as it did") {
  Driver driver;
  driver.answer_with([](const Request&) { return Response::text("12345"); });
  Driver alone;
  alone.answer_with([](const Request&) { return Response::text("12345"); });
  alone.receive(kGet);
  const std::size_t one = alone.output().size();
  driver.block_output(2 * one + one - 2);
  driver.receive(kGet + kGet + kGet + kGet);
  CHECK(driver.answers() == Answers(2, {"GET", 200, 5, Ending::kKept}));
  driver.abandon();
  CHECK(driver.answers() == Answers{{"GET", 200, 5, Ending::kKept},
                                    {"GET", 200, 5, Ending::kKept},
                                    {"GET", 200, 3, Ending::kCut},
                                    {"GET", 200, 0, Ending::kCut}});
}

TEST_CASE("Departures: a request that is lost before its handler has it is told too") {
  struct Loss {
    const char* name;
    void (*lose)(Driver&);
  };
  const Loss losses[] = {
      {"the client ended", [](Driver& d) { d.receive_end(); }},
      {"the connection broke", [](Driver& d) { d.abandon(); }},
  };
  for (const Loss& loss : losses) {
    INFO(loss.name);
    Driver driver;
    driver.receive(post("/p", 5) + "ab");
    loss.lose(driver);
    CHECK(driver.answers() == Answers{{"POST", 499, 0, Ending::kCut}});
  }
}

TEST_CASE("Departures: a stream that is refused has its line when what it wrote has left") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kGet);
  driver.start_stream(Response::text(""));
  driver.block_output(5);
  driver.send_piece("piece");
  driver.refuse(base::Reject::body_timeout);
  CHECK(driver.answers().empty());
  driver.read();
  CHECK(driver.answers() == Answers{{"GET", 200, 5, Ending::kCut}});
  CHECK(driver.end() == End::kLinger);
}

TEST_CASE("Departures: a stream that nothing but its end would end breaks visibly when it is refused") {
  Driver driver;
  driver.hold_requests();
  driver.receive(kOld);
  driver.start_stream(Response::text(""));
  driver.send_piece("piece");
  driver.refuse(base::Reject::body_timeout);
  CHECK(driver.end() == End::kBroken);
}

}  // namespace
}  // namespace orrery::test
