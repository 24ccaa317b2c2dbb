// echo: a service that answers what it received, as JSON, and one constant route; for wire tests and benchmarks.
//
//   any  /echo, /echo/{rest...}   method, target, path, fields, body, trailers
//   GET  /constant                a fixed body
//   GET  /sleep?ms=               blocks the handler that long, then answers
//   GET  /vital                   answers at once, and is never shed
//   GET  /later?ms=               answers that late, from another thread; holds up no handler
//   GET  /left?ms=                says so on stderr, blocks until its client leaves, at most that long: "left"
//                                 or "stayed"
//   GET  /left/later?ms=          the same, holding up no handler
//   GET  /throw                   fails
//   GET  /flaky?ms=               fails for ECHO_FLAKY of a hundred requests of a worker (else 0); blocks
//                                 the handler that long before
//   GET  /pull?bytes=             a streamed body of that size
//   POST /stream-body             counts the body as it comes
//   POST /unauthorized?bytes=     401 with a body of that size; of class async before any of the request's is read
//   POST /form                    a line for each part of a multipart form: name, file name or -, type, bytes
//   GET  /large?bytes=            a body of that size in one piece
//   GET  /events?count=           writes that many events, one each 10 ms (class async)
//   GET  /drop                    forgets its Responder
//   GET  /grow?bytes=             keeps so many more bytes for ever, in one piece with those before
//   GET  /leak?bytes=             loses so many bytes
//   GET  /pid?ms=                 the worker's process id; blocks the handler that long before
//   GET  /pid/later?ms=           the same, holding up no handler
//   GET  /crash/{how}             segv, abort, fpe, overflow (the stack), exit, deadlock, spin, memory (8 GiB)
//   GET  /crash/{how}/answering   the same in a handler that has a Responder
//   GET  /tls                     what Request::tls() says: a line for each, "plain" where there is none
//   GET  /inject                  tries to forge a header field
//   any  /task/…                  the same as coroutines: see tasks.cpp
//   POST /body/…                  large bodies, whole: see bodies.hpp
//   GET  /socket/…                WebSockets: see sockets.hpp
//   GET  /hints, /trailers/…      see around.hpp
//   POST /count/…, /hold          see counting.hpp
//   GET  /files/{path...}         with ECHO_FILES=DIRECTORY: the files of that directory
//   GET  /download?path=&name=    with it: the file, to be saved under that name
//
// With ECHO_ROUTES=corpus it has the routes of tests/corpus/README.md instead, with ECHO_ROUTES=twice one of them
// twice, with ECHO_ROUTES=layers or =wrong those of layers.hpp, with =settings those of settings.hpp. With
// ECHO_START=fail in its environment the workers' start hook fails, with `throw` it throws, with `exit` it exits, with
// `hang` it hangs, with `once` it fails for all but the first that finds no file `started` in its directory, with
// `once-then-hang` it hangs for those.
#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "orrery/orrery.hpp"

#include "around.hpp"
#include "bodies.hpp"
#include "counting.hpp"
#include "layers.hpp"
#include "pools.hpp"
#include "settings.hpp"
#include "sockets.hpp"
#include "tasks.hpp"
#include "topics.hpp"

namespace {

using nlohmann::json;
using orrery::Request;
using orrery::Responder;
using orrery::Response;

constexpr std::string_view kConstant =
    R"({"name":"mars","az":123.45678901234567,"alt":-12.345678901234567,)"
    R"("geo_location":{"lon":145.051,"lat":-39.754,"elevation":0},"time":"2026-11-22T10:00:00.000Z"})";

std::size_t number(const Request& request, std::string_view name, std::size_t fallback) {
  std::size_t value = fallback;
  if (const auto text = request.query(name)) std::from_chars(text->data(), text->data() + text->size(), value);
  return value;
}

/// Bytes as text: JSON has no bytes, so each becomes the code point of its value.
std::string latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      text += c;
    } else {
      text += static_cast<char>(0xc0 | byte >> 6);
      text += static_cast<char>(0x80 | (byte & 0x3f));
    }
  }
  return text;
}

Response echo(const Request& request) {
  json fields = json::array();
  json trailers = json::array();
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const auto field = request.field_at(i);
    fields.push_back({latin1(field.name), latin1(field.value)});
  }
  for (std::size_t i = 0; i < request.trailer_count(); ++i) {
    const auto field = request.trailer_at(i);
    trailers.push_back({latin1(field.name), latin1(field.value)});
  }
  const json answer{{"method", request.method()},
                    {"target", latin1(request.target())},
                    {"path", latin1(request.path())},
                    {"version", "1." + std::to_string(request.minor_version())},
                    {"id", request.id()},
                    {"trace", request.trace()},
                    {"peer", request.peer()},
                    {"client", request.client()},
                    {"scheme", request.scheme()},
                    {"host", latin1(request.host())},
                    {"fields", fields},
                    {"body", latin1(request.body())},
                    {"trailers", trailers}};
  return Response::json(answer.dump() + "\n");
}

Response sleep_and_answer(const Request& request) {
  std::this_thread::sleep_for(std::chrono::milliseconds{number(request, "ms", 100)});
  return Response::text(request.cancelled() ? "late\n" : "slept\n");
}

/// The same requests fail in every run.
Response fail_now_and_then(const Request& request) {
  static const char* const percent = std::getenv("ECHO_FLAKY");
  static std::atomic<long> asked{0};
  const long failing = percent == nullptr ? 0 : std::atol(percent);
  std::this_thread::sleep_for(std::chrono::milliseconds{number(request, "ms", 0)});
  if (asked++ * failing % 100 + failing >= 100) throw std::runtime_error("flaky on purpose");
  return Response::text("whole\n");
}

Response wait_until_left(const Request& request) {
  std::fputs("/left: a handler waits\n", stderr);
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds{number(request, "ms", 100)};
  while (!request.cancelled() && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  return Response::text(request.cancelled() ? "left\n" : "stayed\n");
}

/// Whoever comes first answers: the client that leaves, or the time.
struct FirstAnswer {
  FirstAnswer(Request its_request, Responder its_responder)
      : request(std::move(its_request)), responder(std::move(its_responder)) {}
  void send(const char* text) {
    if (!sent.exchange(true)) std::move(responder).send(Response::text(text));
  }

  Request request;
  Responder responder;
  std::atomic<bool> sent{false};
};

void answer_when_left(Request request, Responder responder) {
  const std::chrono::milliseconds most{number(request, "ms", 100)};
  auto answer = std::make_shared<FirstAnswer>(std::move(request), std::move(responder));
  std::thread{[answer, most] {
    std::this_thread::sleep_for(most);
    answer->send("stayed\n");
  }}.detach();
  answer->request.on_cancelled([answer] { answer->send(answer->request.cancelled() ? "left\n" : "not yet\n"); });
}

Response tell_pid(const Request& request) {
  if (const std::size_t delay = number(request, "ms", 0)) std::this_thread::sleep_for(std::chrono::milliseconds{delay});
  return Response::text(std::to_string(::getpid()) + "\n");
}

orrery::ResponderHandler answer_later(const std::string& text) {
  return [text](const Request& request, Responder responder) {
    const std::chrono::milliseconds delay{number(request, "ms", 100)};
    std::thread{[text, delay, responder = std::move(responder)]() mutable {
      std::this_thread::sleep_for(delay);
      std::move(responder).send(Response::text(text.empty() ? std::to_string(::getpid()) + "\n" : text));
    }}.detach();
  };
}

Response pull(const Request& request) {
  auto left = std::make_shared<std::size_t>(number(request, "bytes", 1000));
  return Response::stream("application/octet-stream", [left](std::string& out) {
    const std::size_t piece = std::min<std::size_t>(*left, 16 * 1024);
    out.assign(piece, 'x');
    *left -= piece;
    return *left > 0;
  });
}

Response large(std::size_t bytes) { return Response::text(std::string(bytes, 'x')); }

void refuse_unread(const Request& request, Responder responder) {
  std::move(responder).send(large(number(request, "bytes", 10)).with_status(401));
}

void count_body(const orrery::BodyReader& body, const std::shared_ptr<Responder>& responder, std::size_t so_far) {
  body.read([body, responder, so_far](const orrery::BodyPiece& piece) {
    if (piece.kind == orrery::BodyPiece::Kind::kData) return count_body(body, responder, so_far + piece.bytes.size());
    std::move(*responder).send(Response::text(std::to_string(so_far) + "\n"));
  });
}

/// What a form said so far.
struct Form {
  Form(Request its_request, Responder its_responder)
      : request(std::move(its_request)), responder(std::move(its_responder)) {}

  void hear(const orrery::MultipartEvent& event) {
    using Kind = orrery::MultipartEvent::Kind;
    if (event.kind == Kind::kPart) bytes = 0;
    bytes += event.bytes.size();
    if (event.kind != Kind::kPartEnd) return;
    text += event.head->name + " " + event.head->filename.value_or("-") + " " + event.head->media_type + " " +
            std::to_string(bytes) + "\n";
  }
  void answer(const orrery::Result<void>& read) {
    std::move(responder).send(read ? Response::text(text)
                                   : Response::text(read.error().message + "\n").with_status(400));
  }

  Request request;
  Responder responder;
  std::string text;
  std::size_t bytes = 0;
};

void read_form(Request request, Responder responder) {
  const auto form = std::make_shared<Form>(std::move(request), std::move(responder));
  const orrery::BodyReader body = form->responder.body();
  orrery::read_multipart(
      form->request, body, {}, [form](const orrery::MultipartEvent& event) { form->hear(event); },
      [form](const orrery::Result<void>& read) { form->answer(read); });
}

/// Streams that get an event each 10 ms; loop thread only.
struct Subscribers {
  struct One {
    orrery::Stream stream;
    std::size_t left;
  };
  std::vector<One> all;

  void tick() {
    for (One& one : all) {
      if (one.left > 0 && one.stream.write("data: tick\n\n")) --one.left;
      if (one.left == 0) one.stream.end();
    }
    std::erase_if(all, [](const One& one) { return !one.stream.open(); });
  }
};

// What these do is meant: the sanitizer need not say so.
[[gnu::noinline, gnu::no_sanitize("undefined")]] void crash_by_null() {
  volatile int* volatile nowhere = nullptr;  // nothing a compiler could see through
  *nowhere = 1;
}

[[gnu::noinline]] int crash_by_overflow(volatile char* above) {
  volatile char here[4096];
  here[0] = above != nullptr ? above[0] : '\0';
  return here[0] == 'x' ? 0 : crash_by_overflow(here) + here[0];
}

[[gnu::noinline, gnu::no_sanitize("undefined")]] void crash_by_division() {
  volatile int zero = 0;
  volatile int quotient = 10 / zero;
  (void)quotient;
}

[[gnu::noinline]] void lock_twice() {
  std::mutex mutex;
  mutex.lock();
  mutex.lock();
}

[[gnu::noinline]] void spin_for_ever() {
  const std::atomic<bool> over{false};
  while (!over.load(std::memory_order_relaxed)) {
  }
}

Response crash(std::string_view how) {
  if (how == "segv") crash_by_null();
  if (how == "abort") std::abort();
  if (how == "fpe") crash_by_division();
  if (how == "overflow") crash_by_overflow(nullptr);
  if (how == "exit") ::_exit(7);
  if (how == "deadlock") lock_twice();
  if (how == "spin") spin_for_ever();
  if (how == "memory") return Response::text(std::string(std::size_t{8} << 30, 'x'));
  return Response::text("how?\n");
}

orrery::Result<void> start_as_told() {
  const char* told = std::getenv("ECHO_START");
  const std::string_view start = told == nullptr ? "" : told;
  if (start == "fail") return orrery::fail("told to fail");
  if (start == "exit") ::_exit(7);
  if (start == "throw") throw std::runtime_error("told to throw");
  const bool again = start.starts_with("once") && ::open("started", O_CREAT | O_EXCL | O_CLOEXEC, 0600) < 0;
  if (again && start == "once") return orrery::fail("started once before");
  while (start == "hang" || again) std::this_thread::sleep_for(std::chrono::hours{1});
  return {};
}

/// Reads a body as it comes, then says its length.
void count_whole_body(Request, Responder responder) {
  auto shared = std::make_shared<Responder>(std::move(responder));
  count_body(shared->body(), shared, 0);
}

Response status_of_path(const Request& request) {
  const std::string_view code = request.param("code");
  int status = 200;
  std::from_chars(code.data(), code.data() + code.size(), status);
  return Response::text("as you like\n").with_status(status);
}

Response tell_tls(const Request& request) {
  const orrery::TlsFacts* const facts = request.tls();
  if (!facts) return Response::text("plain\n");
  std::string text{facts->version};
  text.append("\n").append(facts->cipher).append("\nname ").append(facts->server_name);
  text.append(facts->resumed ? "\nresumed" : "\nfresh").append("\nsubject ").append(facts->subject).append("\nnames");
  for (const std::string& name : facts->names) text.append(" ").append(name);
  return Response::text(text.append("\nfingerprint ").append(facts->fingerprint).append("\n"));
}

orrery::App make_corpus_app() {
  orrery::App app;
  app.route("*", "/{all...}", echo);
  app.get("/get", echo);
  app.post("/stream", count_whole_body, {.request_deadline = {}, .limit_request_body = {}, .stream_body = true});
  app.post("/small", echo, {.request_deadline = {}, .limit_request_body = 10});
  app.route("*", "/status/{code}", status_of_path);
  return app;
}

orrery::App make_app() {
  auto subscribers = std::make_shared<Subscribers>();
  orrery::App app;
  app.route("*", "/echo", echo);
  app.route("*", "/echo/{rest...}", echo);
  app.get("/constant", [](const Request&) { return Response::fixed("application/json", kConstant); });
  app.get("/sleep", sleep_and_answer);
  app.get("/vital", [](const Request&) { return Response::text("vital\n"); }, {.shed = false});
  app.get("/left", wait_until_left);
  app.get("/left/later", answer_when_left);
  app.get("/throw", [](const Request&) -> Response { throw std::runtime_error("thrown on purpose"); });
  app.get("/flaky", fail_now_and_then);
  app.get("/later", answer_later("later\n"));
  app.get("/pid/later", answer_later(""));
  app.get("/pull", pull);
  app.get("/drop", [](Request, Responder) {});
  app.get("/grow", [](const Request& request) {
    static std::string kept;
    kept.append(number(request, "bytes", 1'000'000), 'x');
    return Response::text("grown\n");
  });
  app.get("/leak", [](const Request& request) {
    static std::mutex mutex;
    static std::vector<std::string> lost;
    const std::scoped_lock lock(mutex);
    lost.emplace_back(number(request, "bytes", 1'000'000), 'x');
    return Response::text("leaked\n");
  });
  app.get("/pid", tell_pid);
  app.get("/tls", tell_tls);
  app.get("/crash/{how}", [](const Request& request) { return crash(request.param("how")); });
  app.get("/crash/{how}/answering",
          [](const Request& request, Responder responder) { std::move(responder).send(crash(request.param("how"))); });
  app.get("/inject",
          [](const Request&) { return Response::text("never\n").with_field("X-Forged", "a\r\nSet-Cookie: forged=1"); });
  app.post("/small", echo, {.request_deadline = {}, .limit_request_body = 10});
  app.post("/stream-body", count_whole_body,
           {.request_deadline = {}, .limit_request_body = 100 * 1024 * 1024, .stream_body = true});
  app.post("/unauthorized", refuse_unread,
           {.request_deadline = {}, .limit_request_body = 100 * 1024 * 1024, .stream_body = true});
  app.post("/form", read_form, {.request_deadline = {}, .limit_request_body = 100 * 1024 * 1024, .stream_body = true});
  app.get("/large", [](const Request& request) { return large(number(request, "bytes", 1000)); });
  app.get("/events", [subscribers](const Request& request, Responder responder) {
    const std::size_t count = number(request, "count", 5);
    auto head = Response::bytes("text/event-stream", "");
    auto stream = std::move(responder).start(std::move(head));
    if (stream) subscribers->all.push_back({std::move(*stream), count});
  });
  add_around(app);
  add_tasks(app);
  add_bodies(app);
  add_sockets(app);
  add_pools(app);
  add_lead(app);
  add_counting(app);
  add_topics(app);
  app.on_check([](const orrery::Config&) -> orrery::Result<void> {
    const char* told = std::getenv("ECHO_START");
    return told != nullptr && std::string_view{told} == "fail" ? orrery::fail("told to fail") : orrery::Result<void>{};
  });
  app.on_worker_start([subscribers](orrery::Worker& worker) -> orrery::Result<void> {
    worker.every(std::chrono::milliseconds{10}, [subscribers] { subscribers->tick(); });
    return start_as_told();
  });
  return app;
}

void add_files(orrery::App& app, const char* directory) {
  orrery::serve_files(app, "/files", {.root = directory});
  app.get("/download", [](const Request& request) {
    const std::string path{request.query("path").value_or("")};
    return orrery::file_response(request, path, request.query("name").value_or(""));
  });
}

}  // namespace

int main(int argc, char** argv) {
  const char* routes = std::getenv("ECHO_ROUTES");
  const std::string_view chosen = routes == nullptr ? "" : routes;
  if (chosen == "settings") return run_with_settings(argc, argv);
  const auto make_chosen = [&] {
    if (chosen == "layers") return make_layered_app();
    if (chosen == "wrong") return make_wrong_app();
    orrery::App app = chosen == "corpus" ? make_corpus_app() : make_app();
    if (chosen == "twice") app.get("/constant", tell_pid);
    if (const char* directory = std::getenv("ECHO_FILES")) add_files(app, directory);
    return app;
  };
  return orrery::run(argc, argv, make_chosen, {.name = "echo", .version = ""});
}
