// What a handler's Responder, BodyReader and Stream reach, from which thread, and when it is too late.
#include "worker/reply.hpp"

#include <catch2/catch.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http/early_hints.hpp"
#include "support/heard_log.hpp"
#include "support/worker_driver.hpp"

namespace orrery::worker {

namespace {

using namespace std::chrono_literals;
using namespace test;

/// Runs it on a thread that is not the loop's, to its end.
template <class Act>
void elsewhere(Act act) {
  std::thread{std::move(act)}.join();
}

/// One request whose handler leaves everything to the test.
struct Asked {
  explicit Asked(const std::string& request = kPlainGet, RouteOptions options = {})
      : driver(keeping(std::move(options))), client(driver.connect(request)) {
    REQUIRE(responder);
  }
  Responder take() { return *std::exchange(responder, std::nullopt); }
  std::string heard() {
    driver.turn();
    return driver.read_all(client);
  }
  std::int64_t in_flight() { return driver.slot().requests_in_flight(); }

  std::optional<Responder> responder;
  HeardLog log{LogLevel::kWarning};
  WorkerDriver driver;
  base::UniqueFd client;

 private:
  App keeping(RouteOptions options) {
    App app;
    const auto keep = [this](const Request&, Responder its) { responder.emplace(std::move(its)); };
    app.get("/", keep);
    app.post("/", keep, std::move(options));
    return app;
  }
};

/// The same, with a response that is written piece by piece.
struct Streaming : Asked {
  explicit Streaming(Response head = Response::bytes("text/plain", "")) {
    auto started = take().start(std::move(head));
    REQUIRE(started);
    stream.emplace(std::move(*started));
  }
  std::optional<Stream> stream;
};

/// Writes until the client is behind.
std::size_t fill(const Stream& stream) {
  const std::string piece(16 * 1024, '.');
  std::size_t taken = 0;
  for (constexpr std::size_t kMost = 64 << 20; taken < kMost && stream.write(piece);) taken += piece.size();
  return taken;
}

}  // namespace

TEST_CASE("reply: an answer comes from any thread, and its request is in flight until then") {
  const bool on_loop = GENERATE(true, false);
  Asked asked;
  CHECK(asked.in_flight() == 1);
  const auto answer = [&] { asked.take().send(Response::text("done")); };
  if (on_loop)
    answer();
  else
    elsewhere(answer);
  CHECK(asked.in_flight() == 0);
  const std::string heard = asked.heard();
  CHECK(heard.starts_with(kOk));
  CHECK(heard.ends_with("\r\n\r\ndone"));
  CHECK(asked.driver.connections().count_idle() == 1);
}

TEST_CASE("reply: an error is answered as if the handler had thrown it, and is none of ours") {
  Asked asked;
  asked.take().fail(HttpError{418, "Short and stout."});
  const std::string heard = asked.heard();
  CHECK(heard.starts_with("HTTP/1.1 418"));
  CHECK(heard.find("Short and stout.") != std::string::npos);
  CHECK(asked.log.lines.empty());
}

TEST_CASE("reply: one that goes unanswered is 500 and a line of the log, whichever thread drops it") {
  const bool on_loop = GENERATE(true, false);
  Asked asked;
  if (on_loop)
    asked.take();
  else
    elsewhere([&] { asked.take(); });
  CHECK(asked.heard().starts_with("HTTP/1.1 500"));
  CHECK(asked.log.count("handler of GET / failed: its Responder was dropped without an answer") == 1);
  CHECK(asked.in_flight() == 0);
}

TEST_CASE("reply: only the first answer counts, whoever gives the second") {
  App app;
  app.get("/", [](const Request&, Responder responder) {
    std::move(responder).send(Response::text("first"));
    throw std::runtime_error("too late");
  });
  const HeardLog log;
  WorkerDriver driver{std::move(app)};
  const base::UniqueFd client = driver.connect(kPlainGet);
  const std::string heard = driver.read_all(client);
  CHECK(count_of("HTTP/1.1", heard) == 1);
  CHECK(heard.ends_with("first"));
  CHECK(log.lines.empty());
  CHECK(driver.slot().counters.requests == 1);
}

TEST_CASE("reply: what is answered after its client has gone reaches nobody, and is counted") {
  const bool on_loop = GENERATE(true, false);
  Asked asked;
  asked.driver.connections().at(0)->cut_off();
  asked.driver.turn();
  const auto answer = [&] { asked.take().send(Response::text("late")); };
  if (on_loop)
    answer();
  else
    elsewhere(answer);
  asked.driver.turn();
  CHECK(asked.driver.slot().counters.late_answers == 1);
  CHECK(asked.in_flight() == 0);
  CHECK(count_of("late", test::heard(asked.client)) == 0);
}

TEST_CASE("reply: early hints go out before the answer, also from a thread that gives both") {
  Asked asked;
  elsewhere([&] {
    Responder responder = asked.take();
    CHECK(responder.early_hints({"</style.css>; rel=preload"}));
    std::move(responder).send(Response::text("done"));
  });
  const std::string heard = asked.heard();
  CHECK(heard.starts_with("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\nHTTP/1.1 200 OK"));
}

TEST_CASE("reply: early hints are bounded, judged, and come too late for a request that is answered") {
  Asked asked;
  Responder responder = asked.take();
  CHECK_FALSE(responder.early_hints({}));
  CHECK_FALSE(responder.early_hints({"</a>\r\nX: y"}));
  for (unsigned i = 0; i < http::kMostEarlyHints; ++i) CHECK(responder.early_hints({"</a>"}));
  CHECK(responder.early_hints({"</a>"}).error().message == "a request may have 8 early hints, and has had them");
  CHECK(count_of("HTTP/1.1 103", asked.heard()) == http::kMostEarlyHints);
  std::move(responder).send(Response::text("done"));
  const auto late = responder.early_hints({"</a>"});  // NOLINT(bugprone-use-after-move): what it says then
  CHECK(late.error().message == "early hints come too late: this Responder has answered");
  CHECK(asked.heard().starts_with(kOk));
}

TEST_CASE("reply: a stream begins on the loop thread; elsewhere it is an error, and the request is answered") {
  Asked asked;
  std::string why;
  elsewhere([&] { why = asked.take().start(Response::bytes("text/plain", "")).error().message; });
  CHECK(why == "Responder::start belongs on the loop thread; use Worker::post");
  CHECK(asked.heard().starts_with("HTTP/1.1 500"));
  CHECK(asked.log.count("failed: Responder::start was called off the loop thread") == 1);
}

TEST_CASE("reply: a stream cannot begin for a client that has gone") {
  Asked asked;
  asked.driver.connections().at(0)->cut_off();
  asked.driver.turn();
  const auto started = asked.take().start(Response::bytes("text/plain", ""));
  REQUIRE_FALSE(started);
  CHECK(started.error().message == "the client is gone");
}

TEST_CASE("reply: a body is read by its reader, and is at its end at once where the request is over") {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n";
  std::vector<std::pair<BodyPiece::Kind, std::string>> pieces;
  const auto note = [&](const BodyPiece& piece) { pieces.emplace_back(piece.kind, piece.bytes); };
  Asked asked{head, {.stream_body = true}};
  const BodyReader body = asked.responder->body();
  SECTION("its bytes come as they are asked for") {
    body.read(note);
    CHECK(pieces.empty());
    asked.driver.say(asked.client, "body");
    REQUIRE(pieces.size() == 1);
    CHECK(pieces[0] == std::pair{BodyPiece::Kind::kData, std::string{"body"}});
    body.read(note);
    REQUIRE(pieces.size() == 2);
    CHECK(pieces[1].first == BodyPiece::Kind::kEnd);
    asked.take().send(Response::text("done"));
    CHECK(asked.heard().starts_with(kOk));
  }
  SECTION("the client has gone") {
    asked.driver.connections().at(0)->cut_off();
    asked.driver.turn();
    body.read(note);
    REQUIRE(pieces.size() == 1);
    CHECK(pieces[0].first == BodyPiece::Kind::kAborted);
  }
  SECTION("another thread is told so, and reads nothing") {
    elsewhere([&] { body.read(note); });
    REQUIRE(pieces.size() == 1);
    CHECK(pieces[0].first == BodyPiece::Kind::kAborted);
    asked.take().send(Response::text("done"));
  }
}

TEST_CASE("outlet: what it refuses is not taken at all, and it tells when there is room again") {
  Streaming streaming;
  const Stream& stream = *streaming.stream;
  int told = 0;
  stream.on_drain([&] { ++told; });
  const std::size_t taken = fill(stream);
  CHECK(stream.behind());
  CHECK(stream.open());
  CHECK(told == 0);
  std::string heard = streaming.heard();
  CHECK(told == 1);
  CHECK_FALSE(stream.behind());
  CHECK(stream.write("the last"));
  stream.end();
  heard += streaming.heard();
  CHECK(count_of(".", heard) >= taken);
  CHECK(heard.ends_with("8\r\nthe last\r\n0\r\n\r\n"));
  CHECK(told == 1);
}

TEST_CASE("outlet: after its end it takes nothing, and is not told that its client leaves") {
  Streaming streaming;
  bool closed = false;
  streaming.stream->on_closed([&] { closed = true; });
  CHECK(streaming.stream->write("all"));
  streaming.stream->end();
  streaming.stream->end();
  CHECK_FALSE(streaming.stream->open());
  CHECK_FALSE(streaming.stream->write("more"));
  CHECK(streaming.heard().ends_with("3\r\nall\r\n0\r\n\r\n"));
  streaming.client.reset();
  streaming.driver.turn();
  CHECK_FALSE(closed);
}

TEST_CASE("outlet: the last copy of a stream ends it") {
  Streaming streaming;
  std::optional<Stream> copy = streaming.stream;
  streaming.stream.reset();
  CHECK(copy->write("all"));
  CHECK(streaming.heard().ends_with("3\r\nall\r\n"));
  copy.reset();
  CHECK(streaming.heard() == "0\r\n\r\n");
}

TEST_CASE("outlet: it is told once that its client has gone, and what it then throws is a line of the log") {
  Streaming streaming;
  int closed = 0;
  streaming.stream->on_closed([&] {
    ++closed;
    throw std::runtime_error("it does not care");
  });
  streaming.driver.connections().at(0)->cut_off();
  streaming.driver.turn();
  CHECK(closed == 1);
  CHECK_FALSE(streaming.stream->open());
  CHECK_FALSE(streaming.stream->write("anybody?"));
  CHECK(closed == 1);
  CHECK(streaming.log.count("a callback of a stream failed: it does not care") == 1);
}

TEST_CASE("outlet: it is told that the worker leaves, and may still say good-bye") {
  Streaming streaming;
  streaming.stream->on_draining([&] {
    CHECK(streaming.stream->write("bye"));
    streaming.stream->end();
  });
  streaming.driver.runtime().begin_drain();
  CHECK(streaming.heard().ends_with("3\r\nbye\r\n0\r\n\r\n"));
}

TEST_CASE("outlet: a thread that is not the loop's finds nobody, and the stream goes on") {
  Streaming streaming;
  elsewhere([&] {
    CHECK_FALSE(streaming.stream->write("from elsewhere"));
    CHECK_FALSE(streaming.stream->open());
    CHECK_FALSE(streaming.stream->behind());
  });
  CHECK(streaming.stream->write("all"));
  streaming.stream->end();
  CHECK(streaming.heard().ends_with("3\r\nall\r\n0\r\n\r\n"));
}

TEST_CASE("outlet: fields behind the body must be announced, and a stream whose fields are refused goes on") {
  Streaming streaming{Response::bytes("text/plain", "").with_trailers({"X-Sum"})};
  CHECK_FALSE(streaming.stream->end({{"X-Other", "1"}}));
  CHECK(streaming.stream->write("all"));
  CHECK(streaming.stream->end({{"X-Sum", "3"}}));
  CHECK(streaming.heard().ends_with("3\r\nall\r\n0\r\nX-Sum: 3\r\n\r\n"));
}

}  // namespace orrery::worker
