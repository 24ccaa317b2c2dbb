#include "around.hpp"

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using orrery::Request;
using orrery::Responder;
using orrery::Response;
using orrery::Task;
using Links = std::vector<std::string>;

const Links kFirst{"</style.css>; rel=preload; as=style", "</sky.js>; rel=preload; as=script"};
const Links kSecond{"</sky.json>; rel=preload; as=fetch"};

void expect(const orrery::Result<void>& done) {
  if (!done) throw std::runtime_error(done.error().message);
}

Task<Response> hint(const Request& request) {
  expect(request.early_hints(kFirst));
  co_await orrery::sleep_for(std::chrono::milliseconds{1});
  expect(request.early_hints(kSecond));
  co_return Response::text("hinted\n");
}

void hint_by_responder(const Request&, Responder responder) {
  std::thread{[responder = std::move(responder)]() mutable {
    expect(responder.early_hints(kFirst));
    expect(responder.early_hints(kSecond));
    std::move(responder).send(Response::text("hinted\n"));
  }}.detach();
}

Response hint_on_pool(const Request& request) {
  expect(request.early_hints(kFirst));
  expect(request.early_hints(kSecond));
  return Response::text("hinted\n");
}

/// Eight are let through.
Task<Response> hint_wrongly(const Request& request) {
  std::string said;
  const auto tell = [&said](const orrery::Result<void>& done) {
    said.append(done ? std::string{"sent"} : done.error().message).append("\n");
  };
  tell(request.early_hints({}));
  tell(request.early_hints({""}));
  tell(request.early_hints({"</a>\r\nX-Forged: 1"}));
  tell(request.early_hints({std::string(5000, 'x')}));
  for (int i = 0; i < 8; ++i) expect(request.early_hints(kSecond));
  tell(request.early_hints(kSecond));
  co_return Response::text(said);
}

Response pull_with_trailers(std::string name, std::string value) {
  auto left = std::make_shared<int>(3);
  const auto pull = [left](std::string& out) {
    out = "piece\n";
    return --*left > 0;
  };
  return Response::stream("text/plain", pull)
      .with_trailers({"X-Sum"}, [name = std::move(name), value = std::move(value)] {
        return std::vector<Response::FieldPair>{{name, value}};
      });
}

void write_with_trailers(const Request&, Responder responder) {
  const auto stream = std::move(responder).start(Response::bytes("text/plain", "").with_trailers({"X-Sum"}));
  if (!stream) return;
  std::string said = "written\n";
  for (const auto& [name, value] : std::vector<Response::FieldPair>{{"X-Other", "1"}, {"X-Sum", "1\r\nX-Forged: 1"}})
    if (const auto ended = stream->end({{name, value}}); !ended) said += ended.error().message + "\n";
  (void)stream->write(said);
  expect(stream->end({{"X-Sum", "18"}}));
}

}  // namespace

void add_around(orrery::App& app) {
  const orrery::Pool pool{app, "hinting", {.threads = 2, .queue = 100}};
  app.get("/hints", hint);
  app.get("/hints/responder", hint_by_responder);
  app.get("/hints/pool", orrery::blocking(pool, hint_on_pool));
  app.get("/hints/refused", hint_wrongly);
  app.get("/trailers/pulled", [](const Request&) { return pull_with_trailers("X-Sum", "18"); });
  app.get("/trailers/written", write_with_trailers);
  app.get("/trailers/wrong", [](const Request&) { return pull_with_trailers("X-Other", "18"); });
}
