// Streams and bodies that come piece by piece, through TestClient.
#include <catch2/catch.hpp>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "orrery/test_client.hpp"

#include "support/shapes.hpp"

namespace orrery::test {

namespace {

using namespace std::chrono_literals;

}  // namespace

TEST_CASE("test client: a stream is read as it comes, and notices that its client leaves") {
  App app;
  std::optional<Stream> stream;
  bool closed = false;
  app.get("/events", [&](Request, Responder responder) {
    auto started = std::move(responder).start(Response::bytes("text/event-stream", ""));
    REQUIRE(started);
    stream = *started;
    stream->on_closed([&] { closed = true; });
    (void)stream->write("data: hello\n\n");
  });
  TestClient client{app};
  TestExchange events = client.stream("/events");
  CHECK(events.status() == 200);
  CHECK(events.so_far().field("Content-Type") == "text/event-stream");
  CHECK(events.read() == "data: hello\n\n");
  CHECK(stream->write("data: again\n\n"));
  CHECK(events.read() == "data: again\n\n");
  CHECK(events.read().empty());
  CHECK(failure_of([&] { (void)events.answer(); }).starts_with("the answer to GET /events is not whole"));
  SECTION("the client leaves") {
    client.leave();
    CHECK_FALSE(closed);
    CHECK_FALSE(stream->write("data: anybody?\n\n"));
    CHECK(closed);
    CHECK_FALSE(stream->open());
    CHECK_FALSE(events.so_far().whole);
  }
  SECTION("the handler ends it") {
    stream->end();
    const TestAnswer answer = events.answer();
    CHECK(answer.whole);
    CHECK(answer.body == "data: hello\n\ndata: again\n\n");
    CHECK_FALSE(closed);
  }
  SECTION("the worker leaves") {
    bool told = false;
    stream->on_draining([&] {
      told = true;
      stream->end();
    });
    client.drain();
    CHECK(told);
    CHECK(events.answer().whole);
    CHECK(client.gone());
  }
}

TEST_CASE("test client: fields behind a body that is written, and those that cannot stand there") {
  App app;
  std::vector<std::string> refused;
  app.get("/", [&](Request, Responder responder) {
    const auto stream = std::move(responder).start(Response::bytes("text/plain", "").with_trailers({"X-Sum"}));
    REQUIRE(stream);
    for (const Response::FieldPair& wrong : {Response::FieldPair{"X-Other", "1"}, {"X-Sum", "1\r\nX: y"}}) {
      const auto ended = stream->end({wrong});
      refused.push_back(ended ? "" : ended.error().message);
    }
    CHECK(stream->open());
    CHECK(stream->write("body"));
    CHECK(stream->end({{"x-sum", "4"}}));
    CHECK_FALSE(stream->open());
  });
  TestClient client{app};
  const TestAnswer answer = client.get("/").send();
  CHECK(answer.whole);
  CHECK(answer.body == "body");
  CHECK(answer.field("Trailer") == "X-Sum");
  CHECK(answer.trailers == std::vector<Response::FieldPair>{{"x-sum", "4"}});
  REQUIRE(refused.size() == 2);
  CHECK(refused[0].starts_with("the trailer field `X-Other` was not announced"));
  CHECK(refused[1].starts_with("the trailer field `X-Sum` has a byte in its value"));
}

TEST_CASE("test client: fields behind a body that is pulled; one that is wrong breaks it") {
  for (const WorkerClass worker_class : {WorkerClass::kAsync, WorkerClass::kSync, WorkerClass::kThreads}) {
    App app;
    app.get("/{name}", [](const Request& request) {
      return Response::stream("text/plain", [](std::string& out) { return out = "body", false; })
          .with_trailers({"X-Sum"}, [name = std::string{request.param("name")}] {
            return std::vector<Response::FieldPair>{{name, "4"}};
          });
    });
    Config config;
    config.worker_class = worker_class;
    TestClient client{app, config};
    const TestAnswer answer = client.get("/X-Sum").send();
    CHECK(answer.whole);
    CHECK(answer.trailers == std::vector<Response::FieldPair>{{"X-Sum", "4"}});
    CHECK_FALSE(client.get("/X-Other").send().whole);
    const auto log = client.log();
    REQUIRE_FALSE(log.empty());
    CHECK(log.back().find("`X-Other` was not announced") != std::string::npos);
  }
}

TEST_CASE("test client: early hints of a task, by a Responder and from a pool") {
  App app;
  const Pool pool{app, "wide", {.threads = 1, .queue = 1}};
  app.get("/task", [](const Request& request) -> Task<Response> {
    CHECK(request.early_hints({"</a>", "</b>"}));
    co_await sleep_for(std::chrono::seconds{1});
    CHECK(request.early_hints({"</c>"}));
    CHECK_FALSE(request.early_hints({"</d>\r\n"}));
    co_return Response::text("body");
  });
  app.get("/responder", [](Request, Responder responder) {
    CHECK(responder.early_hints({"</a>", "</b>"}));
    for (int i = 1; i < 8; ++i) CHECK(responder.early_hints({"</c>"}));
    const auto one_more = responder.early_hints({"</c>"});
    REQUIRE_FALSE(one_more);
    CHECK(one_more.error().message == "a request may have 8 early hints, and has had them");
    std::move(responder).send(Response::text("body"));
    const auto late = responder.early_hints({"</c>"});
    REQUIRE_FALSE(late);
    CHECK(late.error().message == "early hints come too late: this Responder has answered");
  });
  app.get("/thread", [](Request, Responder responder) {
    // The answer is given on the loop thread, before what the other thread has left for it.
    bool sent = false;
    std::thread{[&] { sent = responder.early_hints({"</a>"}).has_value(); }}.join();
    CHECK(sent);
    std::move(responder).send(Response::text("body"));
  });
  app.get("/thread/stream", [](Request, Responder responder) {
    bool sent = false;
    std::thread{[&] { sent = responder.early_hints({"</a>"}).has_value(); }}.join();
    CHECK(sent);
    const auto stream = std::move(responder).start(Response::text(""));
    REQUIRE(stream);
    stream->end();
  });
  app.get("/pool", blocking(pool, [](const Request& request) {
            return Response::text(request.early_hints({"</a>"}) ? "body" : "refused");
          }));
  app.get("/plain", [](const Request& request) {
    const auto sent = request.early_hints({"</a>"});
    return Response::text(sent ? "sent" : sent.error().message);
  });
  TestClient client{app};
  TestExchange task = client.get("/task").begin();
  CHECK(task.so_far().early_hints == std::vector<std::string>{"</a>", "</b>"});
  CHECK(task.status() == 0);
  client.pass(std::chrono::seconds{1});
  CHECK(task.answer().early_hints == std::vector<std::string>{"</a>", "</b>", "</c>"});
  CHECK(task.answer().body == "body");
  CHECK(client.get("/responder").send().early_hints.size() == 9);
  CHECK(client.get("/thread").send().early_hints.size() == 1);
  CHECK(client.get("/thread/stream").send().early_hints.size() == 1);
  const TestAnswer from_pool = client.get("/pool").send();
  CHECK(from_pool.body == "body");
  CHECK(from_pool.early_hints == std::vector<std::string>{"</a>"});
  const TestAnswer plain = client.get("/plain").send();
  CHECK(plain.body.starts_with("no task runs for the request"));
  CHECK(plain.early_hints.empty());
}

TEST_CASE("test client: a stream that its client does not read feels it") {
  App app;
  std::optional<Stream> stream;
  int drained = 0;
  app.get("/", [&](Request, Responder responder) {
    stream = *std::move(responder).start(Response::bytes("text/plain", ""));
    stream->on_drain([&] { ++drained; });
  });
  TestClient client{app};
  TestExchange exchange = client.stream("/");
  const std::string piece(64 * 1024, 'x');
  std::size_t written = 0;
  for (int i = 0; i < 1000 && stream->write(piece); ++i) {
    written += piece.size();
    (void)exchange.over();
  }
  // What the sockets of the kernel hold, and what the server keeps; the client has had no turn.
  CHECK(written < 1000 * piece.size());
  CHECK(drained == 0);
  std::size_t read = exchange.read().size();
  while (read < written) read += exchange.read().size();
  CHECK(read == written);
  CHECK(drained == 1);
}

TEST_CASE("test client: a pull that never ends is taken only as far as somebody reads") {
  App app;
  app.get("/", [](const Request&) {
    return Response::stream("text/plain", [](std::string& out) {
      out.append(100'000, 'x');
      return true;
    });
  });
  TestClient client{app};
  TestExchange exchange = client.stream("/");
  const std::size_t first = exchange.read().size();
  CHECK(first >= 1024 * 1024);
  CHECK(first < 3 * 1024 * 1024);
  CHECK(exchange.read().size() > 0);
  exchange.leave();
  CHECK(exchange.over());
}

TEST_CASE("test client: a pull that throws is an answer that is not whole") {
  App app;
  app.get("/", [](const Request&) {
    return Response::stream("text/plain", [first = true](std::string& out) mutable -> bool {
      if (!std::exchange(first, false)) throw std::runtime_error("the source dried up");
      out = "some";
      return true;
    });
  });
  TestClient client{app};
  const TestAnswer answer = client.get("/").send();
  CHECK(answer.status == 200);
  CHECK(answer.body == "some");
  CHECK_FALSE(answer.whole);
  CHECK(client.log().size() == 1);
}

namespace {

/// Reads the whole body piece by piece, and answers with the sizes.
struct Upload : std::enable_shared_from_this<Upload> {
  Upload(BodyReader its_body, Responder its_responder)
      : body(std::move(its_body)), responder(std::move(its_responder)) {}
  void read() {
    body.read([self = shared_from_this()](const BodyPiece& piece) {
      if (piece.kind == BodyPiece::Kind::kData) {
        self->seen += "[" + std::string{piece.bytes} + "]";
        return self->read();
      }
      const bool whole = piece.kind == BodyPiece::Kind::kEnd;
      std::move(self->responder).send(Response::text(self->seen + (whole ? "." : "!")));
    });
  }
  BodyReader body;
  Responder responder;
  std::string seen;
};

App uploads() {
  App app;
  app.post("/upload",
           [](Request, Responder responder) {
             BodyReader body = responder.body();
             std::make_shared<Upload>(std::move(body), std::move(responder))->read();
           },
           {.request_deadline = {}, .limit_request_body = {}, .stream_body = true});
  return app;
}

}  // namespace

TEST_CASE("test client: a body in pieces reaches its reader piece by piece") {
  TestClient client{uploads()};
  TestExchange upload = client.post("/upload").in_pieces("text/plain").begin();
  CHECK_FALSE(upload.over());
  upload.write("abc");
  upload.write("");
  upload.write("defg");
  CHECK(upload.status() == 0);
  CHECK(failure_of([&] { (void)upload.answer(); }).starts_with("nothing but time can bring the answer"));
  upload.end();
  CHECK(upload.answer().body == "[abc][defg].");
  CHECK(client.post("/upload").body("text/plain", "whole").send().body == "[whole].");
  CHECK(client.post("/upload").field("Expect", "100-continue").body("text/plain", "asked").send().body == "[asked].");
  CHECK(
      failure_of([&] { (void)client.post("/upload").in_pieces("text/plain").send(); }).starts_with("the body of this"));
}

}  // namespace orrery::test
