// How the service forks a child, and what the child is born with. Part of class Service.
#include <algorithm>
#include <atomic>
#include <fmt/core.h>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "master/process_title.hpp"
#include "master/service.hpp"
#include "os/handover.hpp"
#include "os/inherited_binds.hpp"
#include "os/ledger.hpp"
#include "os/process.hpp"

namespace orrery::master {

namespace {

std::string spoken(os::Role role) {
  return fmt::format("{}{}", os::word_of(role), role == os::Role::kWorker ? "" : " process");
}

}  // namespace

// No other process may take for its own what the master was started with for itself.
std::vector<std::string> own_variables() {
  std::vector<std::string> names = inheritance_names();
  for (const char* name : os::kListenVariables) names.emplace_back(name);
  return names;
}

void Service::apply(const Spawn& action) {
  const auto slot = prepared_.scoreboard.claim(action.role);
  if (!slot) return inbox_.push_back(ForkFailed{action.number, "all slots of the scoreboard are taken", action.role});
  const bool works = action.role == os::Role::kWorker;
  const auto pid = works ? fork_worker(action, *slot) : fork_sidecar(action, *slot);
  if (!pid) {
    prepared_.scoreboard.release(*slot);
    return inbox_.push_back(ForkFailed{action.number, pid.error().message, action.role});
  }
  base::log_info("Booting {} with pid: {}", spoken(action.role), *pid);
  inbox_.push_back(Forked{action.number, *pid, action.role});
}

Result<pid_t> Service::fork_worker(const Spawn& action, std::size_t slot) {
  const Generation& generation = generations_.at(action.generation);
  if (generation.tls) generation.tls->forget_old_keys();
  os::ChildBirth child;
  child.close = foreign_descriptors(generation, os::Role::kWorker);
  child.title = process_title(generation.config, generation.listeners, fmt::format("worker {}", action.number),
                              fmt::format("gen {}", action.generation));
  return fork_process(action, slot, std::move(child), [&](os::WorkerBirth birth) {
    birth.config = &generation.config;
    for (const auto& listener : generation.listeners) birth.listeners.push_back(listener.get());
    birth.tls = generation.tls.get();
    birth.handover = &prepared_.handover;
    birth.lead = &prepared_.lead;
    // A service that speaks HTTP/2 only would refuse it.
    if (generation.config.http2 != Http2::kOnly) birth.probe = action.probe;
    birth.app = generation.app ? &*generation.app : nullptr;
    birth.access_log = generation.logs.access_for_good();
    birth.syslog = generation.logs.access_syslog();
    return generation.worker_main(std::move(birth));
  });
}

// It shares the error log with the workers, and nothing else: connections of the service are none of its business.
Result<pid_t> Service::fork_sidecar(const Spawn& action, std::size_t slot) {
  const Generation& generation = generations_.at(action.generation);
  const SidecarParts& sidecar = *std::ranges::find(parts_.sidecars, action.role, &SidecarParts::role);
  os::ChildBirth child;
  child.close = foreign_descriptors(generation, action.role);
  for (const auto& listener : generation.listeners) child.close.push_back(listener->fd.get());
  for (const int fd : {prepared_.handover.give.get(), prepared_.handover.take.get(), prepared_.lead.fd()})
    child.close.push_back(fd);
  if (const int access = generation.logs.access(); access > STDERR_FILENO) child.close.push_back(access);
  const ListenerSet& set = prepared_.sidecars.at(action.role).set;
  os::Channel channel;
  if (action.role == os::Role::kAdmin) {
    auto made = os::make_channel();
    if (!made) return fail(made);
    channel = std::move(*made);
    orders_.connect(std::move(channel.ours));
    child.close.push_back(orders_.fd());
  }
  child.title = process_title(sidecar.config, set, os::word_of(action.role));
  return fork_process(action, slot, std::move(child), [&](os::WorkerBirth birth) -> int {
    const auto nobody = os::HandoverPair::open();
    if (!nobody) return base::log_critical("{}", nobody.error().message), os::kExitWorkerBoot;
    birth.config = &sidecar.config;
    for (const auto& listener : set) birth.listeners.push_back(listener.get());
    birth.handover = &*nobody;
    birth.orders = std::move(channel.theirs);
    return sidecar.main(std::move(birth));
  });
}

Result<pid_t> Service::fork_process(const Spawn& action, std::size_t slot, os::ChildBirth child,
                                    const std::function<int(os::WorkerBirth)>& live) {
  auto pipe = os::make_pipe();
  if (!pipe) return fail(pipe);
  const Generation& generation = generations_.at(action.generation);
  child.close.push_back(pipe->read.get());
  child.take_logs = [&generation] { generation.logs.use_for_good(); };
  child.identity = generation.identity;
  child.complain = [](const std::string& why) { base::log_critical("{}", why); };
  const pid_t master = ::getpid();
  const auto main = [&]() noexcept {
    os::WorkerBirth birth;
    birth.slot = &prepared_.scoreboard.slot(slot);
    birth.board = &prepared_.scoreboard;
    birth.slot->pid.store(::getpid(), std::memory_order_relaxed);
    birth.slot->generation.store(action.generation, std::memory_order_relaxed);
    birth.slot->number.store(action.number, std::memory_order_relaxed);
    birth.slot->born_ns.store(base::monotonic_now().time_since_epoch().count(), std::memory_order_relaxed);
    base::set_log_writer(os::word_of(action.role), action.role == os::Role::kWorker ? action.number : 0);
    birth.number = action.number;
    birth.generation = action.generation;
    birth.master = std::move(pipe->write);
    birth.master_pid = master;
    // Here and not in the master, where a reload that fails would leave it behind; that it is well formed was checked.
    os::restore_environment(os::save_invocation().environment, own_variables());
    (void)os::set_environment(generation.config.raw_env);
    return live(std::move(birth));
  };
  auto pid = os::fork_child(child, main);
  if (pid) {
    Process& process = processes_[*pid];
    process.number = action.number;
    process.generation = action.generation;
    process.role = action.role;
    process.slot = slot;
    process.pipe = std::move(pipe->read);
    process.born = base::monotonic_now();
  }
  return pid;
}

// The pid file first: while any process holds it no new master may start. A listener of another generation
// would keep its port open after the master closed it, a log its file after that was rotated and removed.
std::vector<int> Service::foreign_descriptors(const Generation& generation, os::Role role) const {
  std::vector<int> foreign;
  const auto add = [&foreign](int fd) {
    if (fd >= 0) foreign.push_back(fd);
  };
  if (prepared_.pidfile) add(prepared_.pidfile->fd());
  add(prepared_.signals.fd());
  add(prepared_.notify.fd());
  add(prepared_.daemon.fd());
  add(successor_.fd());
  add(prepared_.predecessor.fd());
  if (prepared_.changes) add(prepared_.changes->fd());
  if (prepared_.certificates) add(prepared_.certificates->fd());
  if (const os::Ledger* const ledger = prepared_.scoreboard.ledger()) add(ledger->fd());
  if (role != os::Role::kAdmin) add(orders_.fd());
  for (const auto& [pid, process] : processes_) add(process.pipe.get());
  for (const auto& [number, other] : generations_) {
    if (&other != &generation) std::ranges::for_each(other.logs.descriptors(), add);
    if (other.app && (&other != &generation || role != os::Role::kWorker)) add(other.app->fd());
  }
  for (const auto& [other, sockets] : prepared_.sidecars) {
    if (other != role) std::ranges::for_each(sockets.listeners.descriptors(), add);
  }
  for (const int fd : prepared_.listeners.descriptors()) {
    const bool own = std::any_of(generation.listeners.begin(), generation.listeners.end(),
                                 [fd](const auto& listener) { return listener->fd.get() == fd; });
    if (!own) add(fd);
  }
  return foreign;
}

}  // namespace orrery::master
