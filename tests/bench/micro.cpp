// micro: the parts of a request one by one, for scripts/bench micro.
//
//   micro list           names them
//   micro time NAME      nanoseconds, the best of many short rounds
//   micro run NAME N     does it N times: callgrind counts two such runs, and their difference is the price
//
// Parts run over the head wrk sends and over that of a browser. Each does what the server does with it and nothing
// around it.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include "orrery/task.hpp"

#include "base/access_format.hpp"
#include "base/clock.hpp"
#include "base/unique_fd.hpp"
#include "http/h1/connection.hpp"
#include "http/h1/decoder.hpp"
#include "http/h1/framing.hpp"
#include "http/policy.hpp"
#include "planets/api.hpp"
#include "planets/rfc3339.hpp"
#include "planets/sky.hpp"
#include "testing/worker_in_process.hpp"

namespace {

using namespace orrery;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kShortHead =
    "GET /planets/mars?lon=145.051&lat=-39.754&elevation=0 HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n";
constexpr std::string_view kBrowserHead =
    "GET /planets/mars?lon=145.051&lat=-39.754&elevation=0 HTTP/1.1\r\n"
    "Host: planets.example.org\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Accept-Language: en-GB,en;q=0.5\r\n"
    "Accept-Encoding: gzip, deflate, br\r\n"
    "Referer: https://planets.example.org/\r\n"
    "Connection: keep-alive\r\n"
    "Cookie: place=145.051,-39.754,0; theme=dark; seen=2026-11-22T10:00:00Z\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "Sec-Fetch-Dest: document\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Site: same-origin\r\n\r\n";
constexpr std::string_view kConstant =
    R"({"name":"mars","az":123.45678901234567,"alt":-12.345678901234567,)"
    R"("geo_location":{"lon":145.051,"lat":-39.754,"elevation":0},"time":"2026-11-22T10:00:00.000Z"})";
const planets::Observer kObserver{{145.051}, {-39.754}, {0}};

class Silent final : public http::Observer {
 public:
  void on_rejected(base::Reject, const base::Address&, const http::Message*) override { ++rejected; }
  void on_answered(const http::Message&, const http::Answer&) override {}
  void on_unsendable(const http::Message&) override { ++rejected; }
  int rejected = 0;
};

/// What one worker has, without a socket.
struct Server {
  explicit Server(const App& app) : routes(app.routes()) {
    for (const Route& route : routes)
      if (!router.add(route.method, route.pattern)) std::abort();
    context = std::make_unique<http::Context>(config, router, routes, observer, http::Proxies::make(config).value(), 7,
                                              app.layers());
    context->date.update(base::WallTime{std::chrono::seconds{1'790'000'000}});
  }
  Config config;
  std::vector<Route> routes;
  http::Router router;
  Silent observer;
  std::unique_ptr<http::Context> context;
};

/// One message, read as far as the part under measurement needs it.
struct Head {
  Head(Server& server, std::string_view text) : config(server.config), bytes(text) {
    message = server.context->pool.take();
    message->bytes = bytes.data();
    decoder.guard.scan(bytes, server.config);
    message->method = "GET";
    message->target = {decoder.guard.method_length() + 1, decoder.guard.target_length()};
    parse();
    policy();
    message->match = server.router.match("GET", message->path());
  }
  void parse() {
    message->fields.clear();
    if (!decoder.parse_head(*message, bytes)) std::abort();
  }
  void policy() {
    http::PolicyFindings findings;
    if (http::h1::judge_head(*message, config, findings)) std::abort();
  }
  const Config& config;
  std::string_view bytes;
  http::h1::Decoder decoder;
  http::Message* message;
};

/// A connection on which each request is answered by its handler at once.
struct Connection {
  explicit Connection(Server& its_server)
      : server(its_server),
        machine(*server.context, decoders, base::parse_ip("127.0.0.1").value(), its_server.config.proxy_protocol, now) {
  }
  void receive(std::string_view bytes) {
    machine.attach(&output);
    machine.receive(bytes, now);
    for (http::Next next = machine.next(now); next.step == http::Step::kRequest; next = machine.next(now)) {
      http::Message& message = *machine.message(next.request);
      machine.respond(next.request, server.routes[message.match.route].handler(message.borrow()), now);
    }
    machine.output_sent(output.size(), 0, now);
    machine.settle();
    machine.attach(nullptr);
    output.clear();
    if (server.observer.rejected > 0) std::abort();
  }
  Server& server;
  base::Monotonic now{std::chrono::hours{1}};
  http::Output output;
  http::h1::DecoderPool decoders;
  http::h1::Connection machine;
};

App constant_app() {
  App app;
  app.get("/planets/{name}", [](const Request&) { return Response::fixed("application/json", kConstant); });
  return app;
}

/// The same with one `before` and one `after` around it that do nothing: what layers cost by themselves.
App layered_app() {
  App app = constant_app();
  app.layer({"before", [](Request&) { return std::optional<Response>{}; }});
  app.layer({"after", {}, [](const Request&, Response&) {}});
  return app;
}

/// One constant by every shape of handler that the loop thread calls.
App shapes_app() {
  App app;
  app.get("/plain", [](const Request&) { return Response::fixed("application/json", kConstant); });
  app.get("/task", [](const Request&) -> Task<Response> { co_return Response::fixed("application/json", kConstant); });
  app.get("/waits", [](const Request&) -> Task<Response> {
    co_await sleep_for(std::chrono::milliseconds{0});
    co_return Response::fixed("application/json", kConstant);
  });
  return app;
}

base::AccessRecord access_record() {
  base::AccessRecord record;
  record.client = "127.0.0.1";
  record.method = "GET";
  record.target = "/planets/mars?lon=145.051&lat=-39.754&elevation=0";
  record.protocol = base::Protocol::kHttp11;
  record.id = "0123456789abcdef";
  record.status = 200;
  record.body_bytes = 150;
  record.finished = base::WallTime{std::chrono::seconds{1'790'000'000}};
  record.duration = std::chrono::microseconds{7};
  return record;
}

using Part = std::function<void()>;
struct Named {
  std::string name;
  Part part;
};

double sink = 0;  // printed, so that no work is optimised away

planets::Instant an_instant() {
  return planets::Instant::from_unix(planets::Instant::UnixTime{std::chrono::seconds{1'790'000'000}});
}

void add_head_parts(std::vector<Named>& parts, Server& server, const std::string& whose, std::string_view text) {
  auto head = std::make_shared<Head>(server, text);
  parts.push_back({"guard, " + whose, [&server, text] {
                     http::h1::Guard guard;
                     sink += static_cast<double>(guard.scan(text, server.config).consumed);
                   }});
  parts.push_back({"parser, " + whose, [head] { head->parse(); }});
  parts.push_back({"policy, " + whose, [head] { head->policy(); }});
}

void add_http_parts(std::vector<Named>& parts, Server& planets, Server& constant) {
  add_head_parts(parts, planets, "wrk's head", kShortHead);
  add_head_parts(parts, planets, "a browser's head", kBrowserHead);
  parts.push_back({"router", [&planets] { sink += planets.router.match("GET", "/planets/mars").route; }});
  auto output = std::make_shared<http::Output>();
  auto response = std::make_shared<Response>(Response::fixed("application/json", kConstant));
  parts.push_back({"writer, head of a response", [output, response, &constant] {
                     http::h1::Frame frame;
                     frame.length = kConstant.size();
                     frame.id = "0123456789abcdef";
                     http::h1::write_head(*output, *response, frame, constant.context->date);
                     output->clear();
                   }});
  auto head = std::make_shared<Head>(planets, kShortHead);
  parts.push_back({"query, three values", [head] {
                     const Request request = head->message->borrow();
                     for (const std::string_view name : {"lon", "lat", "elevation"})
                       sink += static_cast<double>(request.query(name)->size());
                   }});
  auto static_one = std::make_shared<Connection>(constant);
  parts.push_back({"exchange, constant, wrk's head", [static_one] { static_one->receive(kShortHead); }});
  parts.push_back({"exchange, constant, a browser's head", [static_one] { static_one->receive(kBrowserHead); }});
  auto planet = std::make_shared<Connection>(planets);
  parts.push_back({"exchange, planet, wrk's head", [planet] { planet->receive(kShortHead); }});
  std::string many;
  for (int i = 0; i < 16; ++i) many += kShortHead;
  parts.push_back({"exchange, constant, 16 pipelined", [static_one, many] { static_one->receive(many); }});
}

void add_planet_parts(std::vector<Named>& parts, Server& planets) {
  const planets::Instant instant = an_instant();
  parts.push_back({"ephemeris, one body", [instant] {
                     sink += planets::Sky{instant, kObserver}.direction(planets::Body::kMars).azimuth.value;
                   }});
  parts.push_back({"ephemeris, ten bodies", [instant] {
                     const planets::Sky sky{instant, kObserver};
                     for (const planets::Body body : planets::kBodies) sink += sky.direction(body).azimuth.value;
                   }});
  parts.push_back({"time as text", [instant] {
                     std::array<char, planets::kTimestampRoom> text;
                     sink += static_cast<double>(planets::write_rfc3339(text.data(), instant) - text.data());
                   }});
  auto head = std::make_shared<Head>(planets, kShortHead);
  parts.push_back({"handler of the planet route", [head, &planets] {
                     const Request request = head->message->borrow();
                     const Handler& handler = planets.routes[head->message->match.route].handler;
                     sink += static_cast<double>(handler(request).body().size());
                   }});
}

/// A whole worker, and clients that all ask before it looks: what one shape costs is seen by comparing it with another.
class Crowd {
 public:
  explicit Crowd(const std::string& path)
      : worker_(shapes_app(), Config{}), request_("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:8000\r\n\r\n") {
    for (base::UniqueFd& client : clients_) client = worker_.accept(base::parse_ip("127.0.0.1").value());
  }
  void ask() {
    // The worker's timers are run by a clock that its caller holds.
    base::held_clocks.monotonic_ns.store(std::chrono::nanoseconds{std::chrono::hours{1}}.count());
    for (const base::UniqueFd& client : clients_)
      if (::send(client.get(), request_.data(), request_.size(), 0) < 0) std::abort();
    while (!has_answer(clients_.back())) worker_.turn();
    for (std::size_t i = 0; i + 1 < clients_.size(); ++i)
      if (!has_answer(clients_[i])) std::abort();
    base::held_clocks.monotonic_ns.store(0);
  }

 private:
  bool has_answer(const base::UniqueFd& client) {
    return ::recv(client.get(), answer_.data(), answer_.size(), MSG_DONTWAIT) > 0;
  }

  testing::WorkerInProcess worker_;
  std::string request_;
  std::array<base::UniqueFd, 16> clients_;
  std::array<char, 1024> answer_;
};

void add_shape_parts(std::vector<Named>& parts) {
  const auto add = [&](const char* name, const char* path) {
    // Made when it is first used: each has a worker of its own, and the other parts have none beside them.
    parts.push_back({name, [path, crowd = std::shared_ptr<Crowd>{}]() mutable {
                       if (!crowd) crowd = std::make_shared<Crowd>(path);
                       crowd->ask();
                     }});
  };
  add("16 requests to a worker, plain handler", "/plain");
  add("16 requests to a worker, coroutine that never waits", "/task");
  add("16 requests to a worker, coroutine that waits once", "/waits");
}

std::vector<Named> all_parts(Server& planets, Server& constant, Server& layered) {
  std::vector<Named> parts;
  add_http_parts(parts, planets, constant);
  auto between = std::make_shared<Connection>(layered);
  parts.push_back({"exchange, constant, between layers", [between] { between->receive(kShortHead); }});
  add_planet_parts(parts, planets);
  add_shape_parts(parts);
  auto format = std::make_shared<base::AccessFormat>(base::AccessFormat::compile(Config{}.access_log_format).value());
  auto line = std::make_shared<std::string>();
  parts.push_back({"access log, one line", [format, line, record = access_record()] {
                     line->clear();
                     format->render(record, *line);
                   }});
  return parts;
}

double best_nanoseconds(const Part& part) {
  constexpr int kRounds = 60;
  constexpr int kTimes = 1000;
  double best = 1e300;
  for (int round = 0; round < kRounds; ++round) {
    const auto begin = Clock::now();
    for (int i = 0; i < kTimes; ++i) part();
    const std::chrono::duration<double, std::nano> elapsed = Clock::now() - begin;
    best = std::min(best, elapsed.count() / kTimes);
  }
  return best;
}

int usage() {
  std::fputs("usage: micro list | micro time NAME | micro run NAME TIMES\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string_view> words(argv + 1, argv + argc);
  Server planets{planets::make_app()};
  Server constant{constant_app()};
  Server layered{layered_app()};
  const std::vector<Named> parts = all_parts(planets, constant, layered);
  if (words.size() == 1 && words[0] == "list") {
    for (const Named& part : parts) std::printf("%s\n", part.name.c_str());
    return 0;
  }
  if (words.size() < 2) return usage();
  const auto found = std::find_if(parts.begin(), parts.end(), [&](const Named& part) { return part.name == words[1]; });
  if (found == parts.end()) return usage();
  if (words[0] == "time") {
    std::printf("%.2f\n", best_nanoseconds(found->part));
  } else {
    int times = 0;
    if (words.size() != 3 ||
        std::from_chars(words[2].data(), words[2].data() + words[2].size(), times).ec != std::errc{})
      return usage();
    for (int i = 0; i < times; ++i) found->part();
  }
  std::fprintf(stderr, "(sum %.6g)\n", sink);
}
