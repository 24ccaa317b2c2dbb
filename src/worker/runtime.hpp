// Runtime: the parts of one worker, and what happens to them between boot and exit. See worker.hpp.
//
// One per process, made after the fork; loop thread only. It puts parts together and decides nothing about a request.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orrery/app.hpp"

#include "http/context.hpp"
#include "os/contract.hpp"
#include "uv/loop.hpp"
#include "worker/acceptor.hpp"
#include "worker/callbacks.hpp"
#include "worker/connections.hpp"
#include "worker/coroutines.hpp"
#include "worker/dispatch.hpp"
#include "worker/flights.hpp"
#include "worker/handover.hpp"
#include "worker/lead.hpp"
#include "worker/pools.hpp"
#include "worker/probe.hpp"
#include "worker/recorder.hpp"
#include "worker/services.hpp"
#include "worker/siblings.hpp"
#include "worker/spooling.hpp"
#include "worker/tls_stream.hpp"

namespace orrery::worker {

class Runtime final : public orrery::Worker {
 public:
  /// Whether class `threads` and pools have threads of their own; else their handlers run on the loop thread, one at a
  /// time.
  using Threads = Pools::Threads;

  Runtime(os::WorkerBirth birth, const App& app, const http::Router& router, http::Proxies proxies,
          std::optional<AccessLog> access_log, Threads threads = Threads::kOwn);

  /// kExitOk after a whole life, kExitAppLoad when a start hook failed, kExitProbe when the probe's answer was bad.
  int run();

  // --- what run() does, for a test that drives the loop by hand ---
  /// Runs the start hooks, and takes connections from now on, or when it has answered its probe.
  Result<void> begin();
  /// The same as TERM of the master.
  void begin_drain();
  /// It has drained.
  [[nodiscard]] bool over() const { return draining_ && nothing_left(); }
  /// Its time is over: what is suspended is cancelled, and connections are closed.
  void give_up() { on_grace_over(); }
  /// Runs the end hooks. Nothing comes in any more.
  void end();
  /// The same for one whose start hooks failed.
  void close();
  /// A coroutine has not ended.
  [[nodiscard]] bool suspended() const { return !coroutines_.empty(); }
  /// After close(), before the application goes: nothing of it is called any more.
  void forget_application() {
    tasks_.clear();
    callbacks_.let_go();
    lead_.forget();
  }
  /// The application has nothing left (a request, a responder, a stream) that would come back to this object.
  [[nodiscard]] bool forgotten() const { return services_.mailbox.use_count() == 1 && context_.pool.all_home(); }
  [[nodiscard]] uv::Loop& loop() { return loop_; }
  [[nodiscard]] Connections& connections() { return connections_; }
  [[nodiscard]] Deadlines& deadlines() { return deadlines_; }
  [[nodiscard]] Dispatch& dispatch() { return *dispatch_; }

  // --- orrery::Worker ---
  void every(std::chrono::milliseconds period, std::function<void()> task) override;
  [[nodiscard]] Timer after(std::chrono::milliseconds delay, std::function<void()> task) override;
  [[nodiscard]] Timer repeat(std::chrono::milliseconds period, std::function<void()> task) override;
  [[nodiscard]] Watch watch(int descriptor, Ready ready, std::function<void(Ready)> task) override;
  [[nodiscard]] bool lead() override { return lead_.has(); }
  void on_lead(std::function<void()> gained, std::function<void()> lost) override;
  void post(std::function<void()> task) override;
  [[nodiscard]] const Config& config() const override { return *birth_.config; }
  [[nodiscard]] unsigned number() const override { return birth_.number; }
  [[nodiscard]] unsigned generation() const override { return birth_.generation; }

 private:
  Result<void> run_start_hooks();
  void run_end_hooks();
  void open();
  void on_probed(const std::string& failure);
  void beat();
  [[nodiscard]] bool exhausted() const;
  void follow_log_level();
  void after_poll();
  void on_signals();
  void on_grace_over();
  [[nodiscard]] bool nothing_left() const;
  [[noreturn]] void quit();
  /// Gives a fresh connection to whichever sibling is free.
  bool pass_on(int socket, const base::Arrival& arrival);
  /// There is no master: this process is the service.
  [[nodiscard]] bool single() const;
  void tell_master(os::WorkerMessage message);
  [[nodiscard]] std::uint64_t recycle_after() const;

  os::WorkerBirth birth_;
  const App& app_;
  uv::Loop loop_;
  Recorder recorder_;
  http::Context context_;
  Deadlines deadlines_;
  Services services_;
  std::optional<TlsTerms> tls_;  ///< where a listener speaks TLS
  Connections connections_;
  Flights flights_;
  Pools pools_;
  Coroutines coroutines_;
  Spooling spooling_;
  uv::AfterPoll after_poll_;
  std::unique_ptr<Dispatch> dispatch_;
  Acceptor acceptor_;
  Siblings siblings_;
  Adopter adopter_;
  Giver giver_;
  uv::Wakeup signalled_;
  uv::Timer heartbeat_;
  uv::Timer flusher_;
  uv::Timer grace_;
  std::vector<std::unique_ptr<uv::Timer>> tasks_;
  Callbacks callbacks_;
  std::unique_ptr<Probe> probe_;  ///< until it is answered
  bool probe_failed_ = false;
  Lead lead_;
  std::optional<LogLevel> log_level_;  ///< that the master has set; nothing = the configured one
  base::Monotonic next_beat_{};        ///< when the next one is due; the epoch = there was none
  bool slept_ = true;                  ///< the loop had nothing to do before this turn's poll phase
  bool draining_ = false;
  bool grace_over_ = false;
  bool exhausted_ = false;    ///< every handler thread, or every one of a pool, was past its deadline when last looked
  bool asked_to_go_ = false;  ///< the master was told to replace this worker
};

}  // namespace orrery::worker
