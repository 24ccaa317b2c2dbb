#include "bodies.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "support/large_body.hpp"

namespace {

using orrery::BodyPiece;
using orrery::BodyReader;
using orrery::Request;
using orrery::Responder;
using orrery::Response;
using orrery::Task;
using orrery::test::BodyPrint;
using orrery::test::told_of;

Response tell(const Request& request) { return Response::text(told_of(request.body())); }

/// The request goes with the thread.
void tell_later(Request request, Responder responder) {
  std::thread{[request = std::move(request), responder = std::move(responder)]() mutable {
    std::string told = told_of(request.body());
    std::move(responder).send(Response::text(std::move(told)));
  }}.detach();
}

Task<Response> tell_after_sleep(const Request& request) {
  co_await orrery::sleep_for(std::chrono::milliseconds{10});
  co_return tell(request);
}

struct Reading {
  Request request;
  Responder responder;
  BodyReader body;
  BodyPrint print;
};

void read_on(const std::shared_ptr<Reading>& reading) {
  reading->body.read([reading](const BodyPiece& piece) {
    reading->print.add(piece.bytes);
    if (piece.kind == BodyPiece::Kind::kData) return read_on(reading);
    if (piece.kind == BodyPiece::Kind::kEnd) std::move(reading->responder).send(Response::text(reading->print.told()));
  });
}

void read_whole(Request request, Responder responder) {
  BodyReader body = responder.body();
  read_on(std::make_shared<Reading>(Reading{std::move(request), std::move(responder), std::move(body), {}}));
}

}  // namespace

void add_bodies(orrery::App& app) {
  const orrery::RouteOptions large{.request_deadline = {}, .limit_request_body = std::uint64_t{1} << 30};
  app.post("/body/handler", tell, large);
  app.post("/body/later", tell_later, large);
  app.post("/body/task", tell_after_sleep, large);
  app.post("/body/reader", read_whole, large);
}
