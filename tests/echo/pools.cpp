#include "pools.hpp"

#include <atomic>
#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <fcntl.h>
#include <mutex>
#include <stdexcept>
#include <string>
#include <sys/file.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

using orrery::blocking;
using orrery::Request;
using orrery::Response;
using orrery::Task;

/// What jobs of this worker wait for.
class Gate {
 public:
  void pass() {
    ++begun;
    std::unique_lock lock{mutex_};
    opened_.wait(lock, [this] { return open_; });
    open_ = false;
    ++ended;
  }
  void open() {
    const std::lock_guard lock{mutex_};
    open_ = true;
    opened_.notify_one();
  }

  std::atomic<int> begun{0}, ended{0};

 private:
  std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = false;
};

// Made in each worker by its fork; nothing waits there before.
Gate gate;
std::thread::id loop_thread;

void expect_own_thread() {
  if (std::this_thread::get_id() == loop_thread) throw std::logic_error("on the loop thread");
}

Response echo_name(const Request& request, const std::string& name) {
  expect_own_thread();
  return Response::text(name + " " + std::string{request.body()});
}

Response hold(const Request&) {
  gate.pass();
  return Response::text("released\n");
}

Response behind(const Request&) {
  ++gate.begun;
  ++gate.ended;
  return Response::text("narrow\n");
}

Task<std::int64_t> square(orrery::Pool pool, std::int64_t n) {
  const auto work = [&] {
    expect_own_thread();
    return n * n;
  };
  co_return co_await blocking(pool, work);
}

Task<Response> sum(orrery::Pool pool, std::int64_t n) {
  std::vector<Task<std::int64_t>> steps;
  for (std::int64_t i = 1; i <= n; ++i) steps.push_back(square(pool, i));
  std::int64_t total = 0;
  for (const std::int64_t each : co_await orrery::all(std::move(steps))) total += each;
  if (std::this_thread::get_id() != loop_thread) throw std::logic_error("not on the loop thread");
  co_return Response::text(std::to_string(total) + "\n");
}

Task<std::string> step(orrery::Pool pool) {
  co_await blocking(pool, [] { gate.pass(); });
  co_return "stepped\n";
}

std::chrono::milliseconds limit_of(const Request& request) {
  return std::chrono::milliseconds{request.query_as<std::int64_t>("limit").value_or(20)};
}

void write_line(const char* file, const std::string& what) {
  const int fd = ::open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  const std::string line = what + " " + std::to_string(::getpid()) + "\n";
  if (fd < 0 || ::write(fd, line.data(), line.size()) < 0) std::abort();
  ::close(fd);
}

/// Held beside the lead, by another lock of the kernel's: a second leader does not get it.
int witness = -1;

void gained(const char* file) {
  witness = ::open((std::string{file} + ".witness").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  write_line(file, ::flock(witness, LOCK_EX | LOCK_NB) == 0 ? "gained" : "TWO");
}

void lost(const char* file) {
  write_line(file, "lost");
  ::close(witness);
}

}  // namespace

void add_pools(orrery::App& app) {
  const orrery::Pool wide{app, "wide", {.threads = 4, .queue = 1000}};
  const orrery::Pool narrow{app, "narrow", {.threads = 1, .queue = 1}};
  app.post("/pool/echo/{name}", blocking(wide, echo_name));
  app.get("/pool/hold", blocking(narrow, hold));
  app.get("/pool/narrow", blocking(narrow, behind));
  app.get("/pool/release", [](const Request&, orrery::Responder responder) {
    gate.open();
    std::move(responder).send(Response::text("opened\n"));
  });
  app.get("/pool/throw",
          blocking(wide, [](const Request&) -> Response { throw std::runtime_error("thrown on a thread"); }));
  app.get("/pool/teapot", blocking(wide, [](const Request&) -> Response {
            throw orrery::HttpError{418, "Short and stout."};
          }));
  app.get("/pool/sum/{n}", [wide](const Request&, std::int64_t n) { return sum(wide, n); });
  app.get("/pool/step-narrow",
          [narrow](const Request&) -> Task<Response> { co_return Response::text(co_await step(narrow)); });
  app.get("/pool/within", [narrow](const Request& request) -> Task<Response> {
    co_return Response::text(co_await orrery::within(limit_of(request), step(narrow)));
  });
  app.get("/pool/counts", [](const Request&, orrery::Responder responder) {
    std::move(responder).send(
        Response::text(std::to_string(gate.begun.load()) + " " + std::to_string(gate.ended.load()) + "\n"));
  });
  app.on_worker_start([](orrery::Worker&) -> orrery::Result<void> {
    loop_thread = std::this_thread::get_id();
    return {};
  });
}

void add_lead(orrery::App& app) {
  app.on_worker_start([](orrery::Worker& worker) -> orrery::Result<void> {
    if (const char* file = std::getenv("ECHO_LEAD")) worker.on_lead([file] { gained(file); }, [file] { lost(file); });
    return {};
  });
}
