#include "worker/runtime.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

#include "base/log.hpp"
#include "os/signals.hpp"
#include "os/worker_signals.hpp"
#include "worker/fence.hpp"

namespace orrery::worker {

namespace {

constexpr std::chrono::seconds kFlushPeriod{1};
/// Descriptors a worker needs beside its connections: loop, logs, listeners, pipes, what handlers open.
constexpr std::size_t kReservedDescriptors = 64;

std::uint64_t random_seed() {
  std::uint64_t seed = 0;
  if (::getrandom(&seed, sizeof seed, 0) == sizeof seed) return seed;
  return std::random_device{}();
}

/// worker_connections, or what RLIMIT_NOFILE leaves room for.
std::size_t connection_limit(const Config& config, unsigned worker) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::size_t room =
      limit.rlim_cur > 2 * kReservedDescriptors ? limit.rlim_cur - kReservedDescriptors : limit.rlim_cur / 2;
  const auto wanted = static_cast<std::size_t>(config.worker_connections);
  // Once is enough: the limit is the same for all workers.
  if (wanted > room && worker == 1) {
    base::log_warning("worker_connections is {} instead of {}: the limit of open files is {} (raise LimitNOFILE)", room,
                      wanted, limit.rlim_cur);
  }
  return std::min(wanted, room);
}

std::function<void()> fenced_task(std::string_view what, std::function<void()> task) {
  return [what, task = std::move(task)] {
    const std::string failure = fenced(task);
    if (!failure.empty()) base::log_error("{} of the application failed: {}", what, failure);
  };
}

/// The first threads of the slot are those of the class.
std::size_t threads_of_class(const Config& config) {
  return config.worker_class == WorkerClass::kThreads ? static_cast<std::size_t>(config.threads) : 0;
}

WorkerClass class_of_dispatch(const Config& config, Runtime::Threads threads) {
  const bool needs_threads = config.worker_class == WorkerClass::kThreads;
  return needs_threads && threads == Runtime::Threads::kNone ? WorkerClass::kSync : config.worker_class;
}

/// Where the answers of each route are counted. Those of a child that is no worker are counted where nobody looks.
std::vector<std::uint16_t> rows_of(const std::vector<Route>& routes, const os::WorkerBirth& birth) {
  const bool works = birth.slot->role.load(std::memory_order_relaxed) == os::Role::kWorker;
  std::vector<std::uint16_t> rows;
  for (const Route& route : routes) {
    const std::size_t row = works ? birth.board->route_names().row_of(route.pattern) : std::size_t{os::kOtherRow};
    rows.push_back(static_cast<std::uint16_t>(row));
  }
  return rows;
}

/// A little sooner than the master's: it would kill this process, and nobody would write down what was cut off.
std::chrono::milliseconds graceful_timeout_here(const Config& config) {
  return config.graceful_timeout - std::min(config.graceful_timeout / 10, std::chrono::milliseconds{250});
}

std::chrono::milliseconds beat_period(const Config& config) {
  constexpr std::chrono::milliseconds kMost{1000};
  return config.timeout.count() == 0 ? kMost : std::clamp(config.timeout / 4, std::chrono::milliseconds{10}, kMost);
}

}  // namespace

Runtime::Runtime(os::WorkerBirth birth, const App& app, const http::Router& router, http::Proxies proxies,
                 std::optional<AccessLog> access_log, Threads threads)
    : birth_(std::move(birth)),
      app_(app),
      loop_(birth_.config->limit_request_pipeline),
      recorder_(*birth_.board, *birth_.slot, rows_of(app.routes(), birth_), app.routes(), std::move(access_log)),
      context_(*birth_.config, router, app.routes(), recorder_, std::move(proxies), random_seed(), app.layers(),
               app.error_handler(), app.prefix_layers()),
      deadlines_(loop_),
      services_(loop_, context_, recorder_, deadlines_, *birth_.slot),
      connections_(services_, connection_limit(*birth_.config, birth_.number),
                   static_cast<std::size_t>(birth_.config->lingering_connections)),
      flights_(*birth_.slot, birth_.board->quarantine(*birth_.slot)),
      pools_(app.pools(), *birth_.slot, threads_of_class(*birth_.config), *services_.mailbox, threads),
      coroutines_(services_, flights_, pools_),
      spooling_(services_, threads == Threads::kOwn ? Spooling::Threads::kOwn : Spooling::Threads::kNone),
      after_poll_(loop_, [this] { after_poll(); }),
      dispatch_(
          Dispatch::make(class_of_dispatch(*birth_.config, threads), services_, flights_, spooling_, after_poll_)),
      acceptor_(loop_, *birth_.config, birth_.listeners, connections_, *birth_.slot,
                {*birth_.board, *birth_.slot, birth_.config->worker_class == WorkerClass::kSync}),
      siblings_(*birth_.board, *birth_.slot, birth_.master_pid, birth_.generation),
      adopter_(loop_, *birth_.handover, connections_, [this] { return siblings_.any_has_less(); }),
      giver_(
          loop_, *birth_.handover, connections_, [this] { return siblings_.takers(); },
          birth_.config->graceful_timeout / 2),
      signalled_(loop_, [this] { on_signals(); }),
      heartbeat_(loop_, [this] { beat(); }),
      flusher_(loop_, [this] { recorder_.flush(); }),
      grace_(loop_, [this] { on_grace_over(); }),
      callbacks_(loop_),
      lead_(birth_.lead, services_.mailbox) {
  context_.layer_watch = &flights_;
  services_.connections = &connections_;
  services_.dispatch = dispatch_.get();
  services_.coroutines = &coroutines_;
  context_.spools = true;
  if (birth_.slot->role.load(std::memory_order_relaxed) == os::Role::kWorker)
    context_.closing = &birth_.board->closing();
  if (birth_.tls)
    tls_.emplace(*birth_.tls, *birth_.config,
                 [this](std::function<void()> task) { services_.mailbox->post(std::move(task)); });
  services_.tls = tls_ ? &*tls_ : nullptr;
  connections_.on_room([this] { acceptor_.resume(); });
  acceptor_.on_no_time([this](int socket, const base::Arrival& arrival) { return pass_on(socket, arrival); });
  if (const std::uint64_t count = recycle_after(); count > 0)
    recorder_.on_request_count(count, [this] { tell_master(os::WorkerMessage::kRecycle); });
  recorder_.on_deadline_passed([this] {
    exhausted_ = exhausted();
    if (exhausted_) tell_master(os::WorkerMessage::kExhausted);
  });
}

int Runtime::run() {
  std::vector<int> listening;
  for (const os::Listener* listener : birth_.listeners) listening.push_back(listener->fd.get());
  os::install_worker_signals(
      birth_.master_pid, birth_.config->graceful_timeout, listening,
      [](void* wakeup) { static_cast<uv::Wakeup*>(wakeup)->send(); }, &signalled_);
  os::install_stack_signals(birth_.slot->crash, birth_.slot->sample);
  if (auto begun = begin(); !begun) {
    base::log_error("the application failed to start: {}", begun.error().message);
    return os::kExitAppLoad;
  }
  const auto period = beat_period(*birth_.config);
  heartbeat_.start(period, period);
  flusher_.start(kFlushPeriod, kFlushPeriod);
  if (!probe_) tell_master(os::WorkerMessage::kReady);
  if (single())
    base::log_info("Generation 1 serves: this one process; nothing is supervised, reloaded or upgraded (--single)");
  loop_.run();
  end();
  return probe_failed_ ? os::kExitProbe : os::kExitOk;
}

Result<void> Runtime::begin() {
  if (auto started = run_start_hooks(); !started) return started;
  beat();
  if (birth_.probe.empty()) return open(), Result<void>{};
  probe_ =
      std::make_unique<Probe>(callbacks_, connections_, [this](const std::string& failure) { on_probed(failure); });
  return probe_->ask(birth_.probe);
}

void Runtime::open() {
  acceptor_.start();
  adopter_.start();
  birth_.slot->state.store(os::WorkerState::kReady, std::memory_order_relaxed);
}

void Runtime::on_probed(const std::string& failure) {
  if (draining_ || failure.empty()) probe_.reset();
  if (draining_) return;
  if (failure.empty()) {
    open();
    return tell_master(os::WorkerMessage::kReady);
  }
  // The probe is kept: as long as it is there no connection is taken.
  base::log_error("the canary's probe failed: {}", failure);
  probe_failed_ = true;
  loop_.stop();
}

void Runtime::end() {
  run_end_hooks();
  close();
}

void Runtime::close() {
  recorder_.flush();
  services_.mailbox->close();
  dispatch_->stop();
  pools_.stop();
}

Result<void> Runtime::run_start_hooks() {
  for (const StartHook& hook : app_.start_hooks()) {
    Result<void> done;
    const std::string failure = fenced([&] { done = hook(*this); });
    if (!failure.empty()) return fail(failure);
    if (!done) return done;
  }
  return {};
}

void Runtime::run_end_hooks() {
  for (const EndHook& hook : app_.end_hooks()) {
    const std::string failure = fenced([&] { hook(*this); });
    if (!failure.empty()) base::log_error("a worker's end hook failed: {}", failure);
  }
}

void Runtime::every(std::chrono::milliseconds period, std::function<void()> task) {
  const auto step = std::max(period, std::chrono::milliseconds{1});
  tasks_.push_back(std::make_unique<uv::Timer>(loop_, fenced_task("a periodic task", std::move(task))));
  tasks_.back()->start(step, step);
}

Timer Runtime::after(std::chrono::milliseconds delay, std::function<void()> task) {
  return callbacks_.timer(std::max(delay, std::chrono::milliseconds{0}), std::chrono::milliseconds{0},
                          fenced_task("a timer", std::move(task)));
}

Timer Runtime::repeat(std::chrono::milliseconds period, std::function<void()> task) {
  const auto step = std::max(period, std::chrono::milliseconds{1});
  return callbacks_.timer(step, step, fenced_task("a timer", std::move(task)));
}

Watch Runtime::watch(int descriptor, Ready ready, std::function<void(Ready)> task) {
  return callbacks_.watch(descriptor, ready, [task = std::move(task)](Ready now) {
    const std::string failure = fenced([&] { task(now); });
    if (!failure.empty()) base::log_error("a watch of the application failed: {}", failure);
  });
}

void Runtime::on_lead(std::function<void()> gained, std::function<void()> lost) {
  lead_.tell(fenced_task("a callback of the lead", std::move(gained)),
             fenced_task("a callback of the lead", std::move(lost)));
}

void Runtime::post(std::function<void()> task) {
  services_.mailbox->post(fenced_task("a posted task", std::move(task)));
}

bool Runtime::exhausted() const { return dispatch_->exhausted() || pools_.exhausted(base::monotonic_now()); }

void Runtime::beat() {
  const base::Monotonic now = base::monotonic_now();
  services_.set_wall_clock(now, base::wall_now());
  os::Slot& slot = *birth_.slot;
  const base::Monotonic due = std::exchange(next_beat_, now + beat_period(*birth_.config));
  const base::Nanoseconds lag = due == base::Monotonic{} ? base::Nanoseconds{0} : now - due;
  slot.lag_ns.store(std::max<std::int64_t>(lag.count(), 0), std::memory_order_relaxed);
  slot.idle.store(static_cast<std::int32_t>(connections_.count_idle()), std::memory_order_relaxed);
  slot.lingering.store(static_cast<std::int32_t>(connections_.count_lingering()), std::memory_order_relaxed);
  slot.heartbeat_ns.store(now.time_since_epoch().count(), std::memory_order_relaxed);
  follow_log_level();
}

void Runtime::follow_log_level() {
  const std::optional<LogLevel> level = birth_.board->log_level();
  if (level == log_level_) return;
  log_level_ = level;
  base::set_log_level(level.value_or(birth_.config->loglevel));
}

bool Runtime::pass_on(int socket, const base::Arrival& arrival) {
  const std::int64_t now = base::monotonic_now().time_since_epoch().count();
  const os::ConnectionAtRest rest{
      .arrival = arrival, .sender = arrival.peer, .since_ns = now, .given_ns = 0, .requests = 0};
  return os::give_connection(*birth_.handover, socket, rest) == os::Giving::kGiven;
}

void Runtime::after_poll() {
  // A client that gets in now would find no handler thread: siblings, or the replacement, are to have it.
  if (exhausted_) exhausted_ = exhausted();
  if (exhausted_) {
    acceptor_.pause_briefly();
    adopter_.pause_briefly();
  }
  // Before the handlers, which may hold the loop for long: a client for whom we alone were woken shall not wait for
  // them.
  const bool is_free = dispatch_->is_free();
  if (!probe_) acceptor_.after_poll(is_free, slept_);
  adopter_.after_poll(is_free);
  dispatch_->after_poll();
  slept_ = dispatch_->is_free();
  services_.end_round();
  giver_.after_poll();
  connections_.free_released();
  if (draining_ && nothing_left()) loop_.stop();
}

/// A coroutine whose client has gone is still to be unwound.
bool Runtime::nothing_left() const {
  if (!connections_.empty() || (giver_.begun() && !giver_.done())) return false;
  return coroutines_.empty() || grace_over_;
}

void Runtime::on_signals() {
  const os::SeenSignals seen = os::take_worker_signals();
  if (seen.reopen_logs) {
    if (auto reopened = base::reopen_log(); !reopened) base::log_error("{}", reopened.error().message);
    recorder_.reopen();
    if (birth_.config->capture_output) base::capture_output();
    base::log_debug("the logs are reopened, but for those whose failure stands above");
  }
  if (seen.refused != 0)
    base::log_warning("{} needs a master, and with --single there is none: end this process and start it again",
                      os::signal_name(seen.refused));
  if (seen.quit) quit();
  if (seen.terminated_by != 0) {
    base::log_info("TERM from pid {}: leaving when a replacement is ready", seen.terminated_by);
    tell_master(os::WorkerMessage::kTerminated);
  }
  if (seen.terminate) begin_drain();
}

void Runtime::begin_drain() {
  if (std::exchange(draining_, true)) return;
  birth_.slot->state.store(os::WorkerState::kDraining, std::memory_order_relaxed);
  grace_.start(graceful_timeout_here(*birth_.config));
  lead_.let_go();
  if (!siblings_.never_take()) {
    adopter_.stop();
    acceptor_.leave();
    connections_.tell_draining();
    return giver_.begin();
  }
  // No worker comes here while another master is there: the sockets are those of a child that the next master has
  // started anew.
  if (siblings_.is_orphan() || exhausted_ || birth_.board->has_other_master())
    acceptor_.stop();
  else
    acceptor_.finish();
  adopter_.finish();
  connections_.drain();
}

/// What a handler holds is left to the master, which ends this process and reports it; requests whose handlers are
/// suspended are answered.
void Runtime::on_grace_over() {
  grace_over_ = true;
  const std::size_t cancelled = coroutines_.cancel_all();
  if (cancelled > 0)
    base::log_warning("graceful_timeout is over: {} suspended handler{} cancelled", cancelled,
                      cancelled == 1 ? " was" : "s were");
  const std::size_t cut = connections_.cut_off();
  if (cut > 0)
    base::log_warning("graceful_timeout is over: {} connection{} cut off before the answer was sent", cut,
                      cut == 1 ? " was" : "s were");
}

void Runtime::quit() {
  connections_.cut_off();
  recorder_.flush();
  ::_exit(os::kExitOk);
}

bool Runtime::single() const { return birth_.master_pid == ::getpid(); }

void Runtime::tell_master(os::WorkerMessage message) {
  if (message != os::WorkerMessage::kReady && std::exchange(asked_to_go_, true)) return;
  const auto byte = static_cast<char>(message);
  while (::write(birth_.master.get(), &byte, 1) < 0 && errno == EINTR) {
  }
}

std::uint64_t Runtime::recycle_after() const {
  const Config& config = *birth_.config;
  if (config.max_requests == 0) return 0;
  std::mt19937_64 random{random_seed()};
  return config.max_requests + std::uniform_int_distribution<std::uint64_t>{0, config.max_requests_jitter}(random);
}

}  // namespace orrery::worker
