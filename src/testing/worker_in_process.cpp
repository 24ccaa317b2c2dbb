#include "testing/worker_in_process.hpp"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include "orrery/test_client.hpp"

#include "config/validate.hpp"
#include "http/forwarding.hpp"
#include "http/router.hpp"
#include "os/contract.hpp"
#include "os/scoreboard.hpp"
#include "os/signals.hpp"
#include "os/stream_pair.hpp"
#include "worker/runtime.hpp"

namespace orrery::testing {

namespace {

template <class T>
T taken(Result<T> result) {
  if (!result) throw TestFailure(result.error().message);
  return std::move(*result);
}

/// What --check-config would say, one sentence a line.
std::string sentences_about(const App& app, const Config& config) {
  std::string all;
  const auto complain = [&all](const std::string& sentence) { all += (all.empty() ? "" : "\n") + sentence; };
  for (const config::Problem& problem : config::validate(config))
    complain(std::string{problem.name} + ": " + problem.message);
  if (const auto router = http::Router::make(app.routes()); !router) complain(router.error().message);
  if (!all.empty()) return all;
  if (const auto proxies = http::Proxies::make(config); !proxies) complain(proxies.error().message);
  return all;
}

const App& sound(const App& app, const Config& config) {
  if (const std::string wrong = sentences_about(app, config); !wrong.empty()) throw TestFailure(wrong);
  return app;
}

std::size_t threads_of_process() {
  std::error_code error;
  const std::filesystem::directory_iterator tasks{"/proc/self/task", error};
  return error ? 1 : static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)));
}

}  // namespace

/// In the order in which one needs the other.
struct WorkerInProcess::Parts {
  Parts(App its_app, const Config& its_config, Threads threads)
      : app(std::make_unique<App>(std::move(its_app))),
        config(its_config),
        router(taken(http::Router::make(sound(*app, config).routes()))),
        board(taken(os::Scoreboard::create())),
        handover(taken(os::HandoverPair::open())),
        runtime(birth(), *app, router, taken(http::Proxies::make(config)), std::nullopt,
                threads == Threads::kOwn ? worker::Runtime::Threads::kOwn : worker::Runtime::Threads::kNone) {
    runtime.loop().hold_timers();
  }

  os::WorkerBirth birth() {
    os::WorkerBirth birth;
    birth.config = &config;
    birth.slot = &board.slot(board.claim().value());
    birth.slot->pid.store(::getpid(), std::memory_order_relaxed);
    birth.slot->generation.store(1, std::memory_order_relaxed);
    birth.board = &board;
    birth.handover = &handover;
    birth.number = birth.generation = 1;
    birth.master = taken(os::open_nowhere());
    birth.master_pid = ::getppid();
    return birth;
  }

  std::unique_ptr<App> app;
  Config config;
  http::Router router;
  os::Scoreboard board;
  os::HandoverPair handover;
  worker::Runtime runtime;
};

WorkerInProcess::WorkerInProcess(App app, const Config& config, Threads threads)
    : parts_(std::make_unique<Parts>(std::move(app), config, threads)),
      watched_at_birth_(parts_->runtime.loop().watched()) {
  // As every process of a service does: a client that is gone ends nothing.
  os::ignore_write_signals();
  if (const auto begun = parts_->runtime.begin(); !begun) {
    const std::string why = "the application could not start: " + begun.error().message;
    parts_->runtime.close();
    forget();
    throw TestFailure(why);
  }
}

WorkerInProcess::~WorkerInProcess() = default;

base::UniqueFd WorkerInProcess::accept(const base::Address& from) {
  auto pair = taken(os::StreamPair::open());
  parts_->runtime.connections().add(std::move(pair.near), {from, {.proxy = parts_->config.proxy_protocol}});
  return std::move(pair.far);
}

bool WorkerInProcess::turn() {
  const bool timed = parts_->runtime.loop().held_timers()->run_due();
  parts_->runtime.loop().turn();
  return timed;
}

bool WorkerInProcess::busy() const { return parts_->runtime.loop().busy(); }

std::optional<base::Monotonic> WorkerInProcess::next_moment() const {
  const auto timer = parts_->runtime.loop().held_timers()->next();
  const auto deadline = parts_->runtime.deadlines().next_due(base::monotonic_now());
  if (!timer || !deadline) return timer ? timer : deadline;
  return std::min(*timer, *deadline);
}

void WorkerInProcess::arrive() { parts_->runtime.deadlines().wake_due(base::monotonic_now()); }

bool WorkerInProcess::others_at_work() const {
  return parts_->runtime.loop().watched() > watched_at_birth_ || threads_of_process() > 1;
}

bool WorkerInProcess::wait(std::chrono::milliseconds limit) { return parts_->runtime.loop().wait(limit); }

void WorkerInProcess::drain() {
  if (std::exchange(leaving_, true)) return;
  parts_->board.announce_stop();
  parts_->runtime.begin_drain();
}

bool WorkerInProcess::over() const { return ended_ || parts_->runtime.over(); }

void WorkerInProcess::give_up() { parts_->runtime.give_up(); }

void WorkerInProcess::end() {
  leaving_ = true;
  if (!std::exchange(ended_, true)) parts_->runtime.end();
}

void WorkerInProcess::forget() {
  // As a real worker, which is never destroyed: what still points into this one finds it.
  static auto* const kept = new std::vector<std::unique_ptr<Parts>>;
  parts_->runtime.forget_application();
  if (parts_->runtime.suspended()) return kept->push_back(std::move(parts_));
  parts_->app.reset();
  if (parts_->runtime.forgotten())
    parts_.reset();
  else
    kept->push_back(std::move(parts_));
}

Worker& WorkerInProcess::worker() { return parts_->runtime; }

worker::Runtime& WorkerInProcess::runtime() { return parts_->runtime; }

os::Scoreboard& WorkerInProcess::board() { return parts_->board; }

const os::HandoverPair& WorkerInProcess::handover() const { return parts_->handover; }

}  // namespace orrery::testing
