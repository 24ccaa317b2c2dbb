// Time: who is cut off when, with what answer, and who is not disturbed by it.
#include <thread>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// The wheel wakes at most 100 ms late; the rest is for a busy machine.
const milliseconds kLate = 1500ms * kSlowness;

class Stopwatch {
 public:
  [[nodiscard]] milliseconds elapsed() const { return std::chrono::duration_cast<milliseconds>(Clock::now() - start_); }
  /// Between `least` and not much later.
  [[nodiscard]] bool about(milliseconds least) const {
    UNSCOPED_INFO("took " << elapsed().count() << " ms");
    return elapsed() >= least && elapsed() < least + kLate;
  }

 private:
  Clock::time_point start_ = Clock::now();
};

/// Sends a byte each 40 ms until the server has something to say or closes.
void drip(Wire& wire, const std::string& bytes) {
  for (const char byte : bytes) {
    if (!wire.send({&byte, 1})) return;
    if (const std::string heard = wire.read_some(4096, 40ms); !heard.empty() || !wire.ended().empty()) {
      return wire.unread(heard);
    }
  }
}

}  // namespace

TEST_CASE("deadlines: of a request that comes too slowly") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 1\nheader_timeout: 400ms\nbody_timeout: 400ms\nkeepalive: 400ms\nmin_rate: 1g\n";
  REQUIRE(server.serve());
  Wire silent{server.port()};
  Stopwatch from_accept;
  Wire half{server.port()};
  half.send("GET /echo HTTP/1.1\r\nHost:");
  Wire body{server.port()};
  body.send(request("POST /echo", "Content-Length: 10\r\n") + "abc");
  Wire upload{server.port()};
  upload.send(request("POST /stream-body", "Content-Length: 10\r\n") + "abc");
  Wire idle{server.port()};
  CHECK(idle.ask("GET /constant").status == 200);
  Stopwatch from_answer;
  Wire later{server.port()};
  CHECK(later.ask("GET /constant").status == 200);
  later.send("GET ");

  SECTION("nothing, half a head, half a body, nothing more") {
    const Answer to_half = half.read();
    CHECK(to_half.status == 408);
    CHECK(to_half.closes());
    CHECK(from_accept.about(400ms));
    CHECK(body.read().status == 408);
    CHECK(upload.read().status == 408);
    CHECK(later.read().status == 408);
    CHECK(idle.closes_within());
    CHECK(from_answer.about(400ms));
    CHECK(silent.closes_within());  // nothing was asked: nothing is answered
    CHECK(from_accept.about(400ms));
  }
  SECTION("a drip extends nothing") {
    const char* kind =
        GENERATE("head", "second head", "body", "upload", "chunks", "chunk extension", "trailers", "empty lines");
    INFO(kind);
    Wire wire{server.port()};
    Stopwatch watch;
    const std::string what = kind;
    std::string bytes = "GET /" + std::string(1000, 'a');
    if (what == "body") {
      wire.send(request("POST /echo", "Content-Length: 1000\r\n"));
      bytes = std::string(1000, 'b');
    } else if (what == "second head") {
      REQUIRE(wire.ask("GET /constant").status == 200);
      watch = {};
    } else if (what == "upload") {
      wire.send(request("POST /stream-body", "Content-Length: 1000\r\n"));
      bytes = std::string(1000, 'b');
    } else if (what == "chunk extension") {
      wire.send(request("POST /echo", "Transfer-Encoding: chunked\r\n") + "1");
      bytes = ";" + std::string(1000, 'e');
    } else if (what == "trailers") {
      wire.send(request("POST /echo", "Transfer-Encoding: chunked\r\n") + "0\r\n");
      for (bytes = ""; bytes.size() < 1000;) bytes += "A: b\r\n";
    } else if (what == "chunks") {
      wire.send(request("POST /echo", "Transfer-Encoding: chunked\r\n"));
      for (bytes = ""; bytes.size() < 1000;) bytes += "1\r\nx\r\n";
    } else if (what == "empty lines") {
      bytes = "\r\n\r\n\r\n" + bytes;
    }
    drip(wire, bytes);
    CHECK(wire.read().status == 408);
    CHECK(watch.about(400ms));
  }
  SECTION("nobody else notices") {
    Stopwatch watch;
    CHECK(fetch(server.port(), "GET /constant").status == 200);
    CHECK(watch.elapsed() < 300ms * kSlowness);
  }
  CHECK(server.count_lines("[ERROR]") == 0);
}

TEST_CASE("deadlines: of a client that does not take its response") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 1\nwrite_timeout: 400ms\nmin_rate: 1g\n";
  REQUIRE(server.serve());
  Wire stream{server.place(), 4096};
  stream.send(request("GET /pull?bytes=50000000"));
  Wire pipeline{server.place(), 4096};
  std::string many;
  for (int i = 0; i < 30000; ++i) many += request("GET /constant");
  pipeline.send(many, 200ms);  // it is read only as far as its answers are taken
  Wire dripping{server.place(), 4096};
  dripping.send(request("GET /pull?bytes=50000000"));
  const auto cut_off = [&] {
    dripping.read_some(64, 0ms);
    return server.count_lines("(write_timeout") == 3;
  };
  CHECK(eventually(cut_off, kPatience));
  stream.read_to_end();
  CHECK(!stream.ended().empty());
  CHECK(fetch(server.port(), "GET /constant").status == 200);
}

TEST_CASE("deadlines: a bit of reading earns time at min_rate") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", GENERATE(from_range(kClasses))}};
  server.yaml = "workers: 1\nbody_timeout: 300ms\nmin_rate: 10\n";
  REQUIRE(server.serve());
  Wire wire{server.port()};
  wire.send(request("POST /echo", "Content-Length: 30\r\n"));
  Stopwatch watch;
  drip(wire, std::string(30, 'b'));  // 25 bytes a second
  CHECK(wire.read().status == 200);
  CHECK(watch.elapsed() > 600ms);
}

TEST_CASE("deadlines: request_deadline, where the handler does not hold the loop") {
  const std::string worker_class = GENERATE("async", "threads", "sync");
  // On the pool handlers that block; elsewhere those that answer later from a thread of their own.
  const std::string slow = worker_class == "threads" ? "GET /sleep?ms=900" : "GET /later?ms=900";
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", worker_class}};
  server.yaml = "workers: 1\nrequest_deadline: 300ms\naccesslog: access.log\naccess_log_format: '%(r)s %(s)s'\n";
  REQUIRE(server.serve());
  const auto workers = server.workers();
  Wire wire{server.port()};
  Stopwatch watch;
  const Answer answer = wire.ask(slow);
  CHECK(answer.status == 504);
  CHECK(watch.about(300ms));
  CHECK(answer.closes());
  CHECK(wire.closes_within());  // the late answer goes nowhere
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  Wire quick{server.port()};
  CHECK(quick.ask("GET /later?ms=50").body == "later\n");
  // Longer than the slow one takes in all: it landed, and cost nobody anything.
  CHECK(eventually([&] { return watch.elapsed() > 1200ms; }));
  CHECK(quick.ask("GET /constant").status == 200);
  CHECK(server.workers() == workers);
  CHECK(server.count_lines("[ERROR]") == 0);
  CHECK(server.count_lines("[CRITICAL]") == 0);
  CHECK(server.wait_for_text("access.log", slow.substr(0, 10)));
  CHECK(count_in(server.read_file("access.log"), " HTTP/1.1 504\n") == 1);
}

TEST_CASE("deadlines: in sync a handler past request_deadline costs the worker") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", "sync"}};
  server.yaml = "workers: 1\nrequest_deadline: 400ms\naccesslog: access.log\naccess_log_format: '%(r)s %(s)s'\n";
  REQUIRE(server.serve());
  const auto workers = server.workers();
  Wire wire{server.port()};
  Stopwatch watch;
  const Answer answer = wire.ask("GET /sleep?ms=60000");
  CHECK(answer.status == 504);
  CHECK(answer.closes());
  CHECK(answer.field("Content-Type") == "text/plain; charset=utf-8");
  CHECK(answer.body == "the handler did not answer within request_deadline\n");
  CHECK(wire.closes_within());
  CHECK(watch.about(400ms));
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.workers() != workers);
  CHECK(server.wait_for_text("access.log", "GET /sleep"));
  CHECK(count_in(server.read_file("access.log"), "HTTP/1.1 504\n") == 1);
  Wire head{server.port()};
  REQUIRE(head.send(request("HEAD /sleep?ms=60000")));
  const Answer none = head.read(kPatience, true);
  CHECK(none.status == 504);
  CHECK(none.field("Content-Length") == "51");
  CHECK(head.closes_within());
  CHECK(server.wait_for_line("requests in flight: 1: GET /sleep"));
  CHECK(server.stop() == 0);
}

TEST_CASE("deadlines: a loop that stands still costs the worker after timeout") {
  const std::string worker_class = GENERATE("async", "sync");
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", worker_class}};
  const milliseconds timeout = 400ms * kSlowness;  // a slow loop is to be told from one that stands
  server.yaml = "workers: 1\ntimeout: " + std::to_string(timeout.count()) +
                "ms\naccesslog: access.log\naccess_log_format: '%(r)s %(s)s'\n";
  REQUIRE(server.serve());
  const auto workers = server.workers();
  Wire wire{server.port()};
  Stopwatch watch;
  // An event loop has other requests too: which of them holds it up is not known when the worker is ended.
  CHECK(wire.ask("GET /sleep?ms=60000").status == (worker_class == "sync" ? 504 : 0));
  CHECK(wire.closes_within());
  CHECK(watch.about(timeout * 5 / 8));  // counted from the last beat, a quarter of `timeout` ago at most
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.workers() != workers);
  CHECK(server.wait_for_line("WORKER TIMEOUT"));
  CHECK(server.wait_for_text("access.log", "GET /sleep"));
  CHECK(count_in(server.read_file("access.log"), "HTTP/1.1 504\n") == 1);
}

TEST_CASE("deadlines: timeout is no limit for handlers on the pool") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", "threads", "--timeout", "300ms"}};
  REQUIRE(server.serve());
  CHECK(fetch(server.port(), "GET /sleep?ms=900").body == "slept\n");
  CHECK(server.count_lines("WORKER TIMEOUT") == 0);
}

TEST_CASE("deadlines: a worker whose handler threads are all stuck is replaced") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-k", "threads", "--threads", "2"}};
  server.yaml = "workers: 1\naccesslog: access.log\naccess_log_format: '%(U)s %(s)s'\nrequest_deadline: " +
                std::to_string(300 * kSlowness) + "ms\n";
  REQUIRE(server.serve());
  const auto workers = server.workers();
  Wire first{server.port()};
  Wire second{server.port()};
  first.send(request("GET /sleep?ms=60000"));
  second.send(request("GET /sleep?ms=60000"));
  CHECK(first.read().status == 504);
  CHECK(second.read().status == 504);
  // Whoever comes now waits for the replacement; the worker that cannot serve him does not take him in.
  CHECK(fetch(server.port(), "GET /sleep?ms=1").body == "slept\n");
  CHECK(server.wait_for_line("has every handler thread past its deadline"));
  CHECK(eventually([&] {
    const auto now = server.workers();
    return now.size() == 1 && now != workers;
  }));
  CHECK(fetch(server.port(), "GET /sleep?ms=1").body == "slept\n");
  CHECK(server.stop() == 0);
  // The master adds no second line for a handler whose client had its answer.
  const std::string log = server.read_file("access.log");
  CHECK(count_in(log, "/sleep 504\n") == 2);
  CHECK(count_in(log, "/sleep 500\n") == 0);
}

TEST_CASE("deadlines: a stopped client never delays another") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  std::vector<std::unique_ptr<Wire>> stopped;
  const std::array<std::string, 5> stops{
      "", "GET /ec", "GET /echo HTTP/1.1\r\nHost: a\r\nX: ", request("POST /echo", "Content-Length: 10\r\n") + "abc",
      request("POST /stream-body", "Content-Length: 10\r\n") + "abc"};
  for (int i = 0; i < 50; ++i) {
    stopped.push_back(std::make_unique<Wire>(server.port()));
    stopped.back()->send(stops[static_cast<std::size_t>(i) % stops.size()]);
  }
  milliseconds slowest{0};
  for (int i = 0; i < 20; ++i) {
    Stopwatch watch;
    CHECK(fetch(server.port(), "GET /constant").status == 200);
    slowest = std::max(slowest, watch.elapsed());
  }
  CHECK(slowest < 500ms * kSlowness);
  // And each of them may still go on.
  stopped[2]->send("y\r\n\r\n");
  CHECK(stopped[2]->read().status == 200);
}

}  // namespace orrery::test
