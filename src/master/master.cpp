#include "master/master.hpp"

#include <algorithm>
#include <fmt/core.h>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "master/descriptors.hpp"
#include "master/fd_store.hpp"
#include "master/hooks.hpp"
#include "master/process_title.hpp"
#include "master/service.hpp"
#include "master/sidecar.hpp"
#include "os/build_id.hpp"
#include "os/inherited_binds.hpp"
#include "os/ledger.hpp"
#include "os/passed_bytes.hpp"
#include "os/signals.hpp"
#include "os/systemd_journal.hpp"
#include "os/title.hpp"

namespace orrery::master {

namespace {

// The sockets that are there already, and which of them the service manager keeps.
struct Found {
  Listeners listeners;
  FdStore store;
  std::map<os::Role, Listeners> beside;  ///< of children that are no workers
};

// What is set up before the daemon parts from the terminal, so that its failures are seen there.
struct Foreground {
  std::optional<os::Pidfile> pidfile;
  Found found;
  Generation first;
  std::vector<std::string> notes;
  std::map<os::Role, SidecarSockets> sidecars;
  std::optional<ReloadWatch> changes;
  std::optional<CertificateWatch> certificates;
};

Found find_passed(const Inheritance& inheritance) {
  const auto passed = inheritance.of(os::Role::kWorker);
  Found found{Listeners{passed}, FdStore{passed}, {}};
  for (const os::Role role : {os::Role::kAdmin, os::Role::kMonitor})
    found.beside.emplace(role, Listeners{inheritance.of(role)});
  return found;
}

Found find_listeners(const std::optional<Inheritance>& inheritance, std::vector<std::string>& notes) {
  if (inheritance) return find_passed(*inheritance);
  os::InheritedBinds inherited =
      os::take_inherited_binds([](std::string_view name) { return !bind_of_stored(name).empty(); });
  if (!inherited.note.empty()) notes.push_back(std::move(inherited.note));
  std::vector<Inheritance::Passed> stored;
  for (const auto& one : inherited.stored) stored.push_back({.fd = one.fd, .bind = bind_of_stored(one.name)});
  Found found{Listeners{std::move(inherited.binds), stored}, FdStore{stored}, {}};
  for (auto& [role, binds] : inherited.beside) found.beside.emplace(role, Listeners{std::move(binds)});
  return found;
}

/// A socket of the service manager may be at an address that the settings would have refused.
void drop_reachable(ListenerSet& set, os::Role role, std::vector<std::string>& notes) {
  std::erase_if(set, [&](const std::shared_ptr<os::Listener>& listener) {
    const base::Address& address = listener->address;
    if (address.family == base::Address::Family::kUnix || address.is_loopback()) return false;
    notes.push_back(
        fmt::format("Other machines reach {}, and there is no `admin_token`: the {} process does not listen there",
                    listener->url(), os::word_of(role)));
    return true;
  });
}

// What tells of the service is no reason for the service not to start.
std::map<os::Role, SidecarSockets> open_sidecars(const MasterParts& parts, const std::optional<os::Identity>& owner,
                                                 std::map<os::Role, Listeners> found, std::vector<std::string>& notes) {
  std::map<os::Role, SidecarSockets> opened;
  for (const SidecarParts& sidecar : parts.sidecars) {
    SidecarSockets& sockets = opened[sidecar.role];
    if (auto there = found.extract(sidecar.role)) sockets.listeners = std::move(there.mapped());
    const mode_t before = ::umask(0177);
    if (!sidecar.private_sockets) ::umask(before);
    sockets.set = sockets.listeners.open_what_can_be(sidecar.config, owner, notes);
    ::umask(before);
    sockets.listeners.drop_passed();
    if (sidecar.local_only) drop_reachable(sockets.set, sidecar.role, notes);
  }
  for (const auto& [role, unwanted] : found)
    if (unwanted.any_inherited())
      notes.push_back(
          fmt::format("The service manager has passed a socket named `{0}`, and the setting `{0}` is off: "
                      "nobody answers there",
                      os::word_of(role)));
  return opened;
}

/// The keys of the master before this one: its clients resume their sessions here.
std::shared_ptr<tls::TicketKeys> find_tickets(const Config& config, const std::optional<Inheritance>& inheritance) {
  if (!inheritance || inheritance->tickets < 0) return nullptr;
  auto bytes = os::take_bytes(base::UniqueFd{inheritance->tickets});
  return bytes && tls::is_wanted(config) ? tls::adopt_ticket_keys(*std::move(bytes)) : nullptr;
}

Result<Foreground> prepare_foreground(const MasterParts& parts, const os::DescriptorLimit& limit,
                                      const std::optional<Inheritance>& inheritance) {
  const Config& config = parts.config;
  if (const std::string why = too_few_descriptors(config, worker_count(parts, config), limit.now); !why.empty())
    return fail(why);
  std::vector<std::string> notes;
  Foreground prepared{{}, find_listeners(inheritance, notes), {}, std::move(notes), {}, {}, {}};
  if (const auto entered = enter_place(config); !entered) return fail(entered);
  if (!config.pidfile.empty()) {
    auto pidfile = os::Pidfile::lock(config.pidfile + (inheritance ? kPidfileSuffix : ""));
    if (!pidfile) return fail(pidfile);
    prepared.pidfile = std::move(*pidfile);
  }
  // Before the application is copied: what changes from then on is another one.
  prepared.changes =
      watch_changes(watched_files(config, parts.settings_file, os::save_invocation().binary), config, prepared.notes);
  prepared.certificates = watch_certificates(config, prepared.notes);
  auto generation =
      make_generation(config, prepared.found.listeners, find_tickets(config, inheritance), prepared.notes);
  if (!generation) return fail(generation);
  prepared.first = std::move(*generation);
  prepared.found.listeners.drop_passed();
  prepared.sidecars = open_sidecars(parts, prepared.first.identity, std::move(prepared.found.beside), prepared.notes);
  return prepared;
}

Result<os::HandoverPair> make_handover(const std::optional<Inheritance>& inheritance, Predecessor& predecessor) {
  if (inheritance) {
    if (auto pair = predecessor.take_handover(*inheritance)) return std::move(*pair);
  }
  return os::HandoverPair::open();
}

/// The counters of the masters before, or an empty file of them. Without one the service counts all the same.
std::optional<os::Ledger> find_ledger(const std::optional<Inheritance>& inheritance) {
  if (inheritance && inheritance->ledger >= 0) {
    auto adopted = os::Ledger::adopt(base::UniqueFd{inheritance->ledger});
    if (adopted) return std::move(*adopted);
    base::log_warning("{}; counters begin at 0", adopted.error().message);
  }
  auto made = os::Ledger::create();
  if (made) return std::move(*made);
  base::log_warning("{}; after an upgrade counters will begin at 0", made.error().message);
  return std::nullopt;
}

/// Read also where the pair cannot be shared: there is one lead at most, over all upgrades.
Result<os::LeadLock> make_lead(const std::optional<Inheritance>& inheritance) {
  if (inheritance && inheritance->lead >= 0) {
    if (auto lock = os::LeadLock::adopt(base::UniqueFd{inheritance->lead})) return std::move(*lock);
  }
  return os::LeadLock::make();
}

Result<Prepared> prepare_background(const Config& config, Foreground foreground, os::Daemon& daemon,
                                    const std::optional<Inheritance>& inheritance, Predecessor& predecessor) {
  foreground.first.logs.use();
  if (foreground.pidfile) {
    if (const auto written = foreground.pidfile->write(); !written) return fail(written);
  }
  const auto duration_bounds = base::DurationBounds::read(config.duration_buckets);
  if (!duration_bounds) return fail(duration_bounds);
  auto scoreboard = os::Scoreboard::create(*duration_bounds);
  if (!scoreboard) return fail(scoreboard);
  if (auto ledger = find_ledger(inheritance)) scoreboard->keep(std::move(*ledger));
  auto signals = os::SignalFd::open();
  if (!signals) return fail(signals);
  auto handover = make_handover(inheritance, predecessor);
  if (!handover) return fail(handover);
  auto lead = make_lead(inheritance);
  if (!lead) return fail(lead);
  const char* const role = predecessor.there() ? "master (new)" : "master";
  os::set_title(process_title(config, foreground.first.listeners, role));
  return Prepared{{},
                  std::move(foreground.pidfile),
                  std::move(foreground.found.listeners),
                  std::move(foreground.found.store),
                  std::move(foreground.first),
                  std::move(daemon),
                  os::Notify::from_environment(),
                  std::move(*scoreboard),
                  std::move(*signals),
                  std::move(*handover),
                  std::move(*lead),
                  std::move(foreground.sidecars),
                  std::move(foreground.changes),
                  std::move(foreground.certificates)};
}

void say_start(const MasterParts& parts, const os::DescriptorLimit& limit, const ListenerSet& listeners,
               const std::vector<std::string>& notes) {
  base::log_info("Starting {}", parts.service);
  if (limit.now != limit.before) base::log_info("Limit of open files raised from {} to {}", limit.before, limit.now);
  for (const std::string& note : parts.notes) base::log_warning("{}", note);
  for (const std::string& note : notes) base::log_warning("{}", note);
  for (const auto& listener : listeners) {
    const std::string url = listener->url(os::reception_at(*listener, parts.config).tls);
    base::log_info("Listening at: {} ({})", url, ::getpid());
  }
}

void say_sidecars(const std::map<os::Role, SidecarSockets>& sidecars) {
  for (const auto& [role, sockets] : sidecars) {
    for (const auto& listener : sockets.set) base::log_info("{} listens at: {}", name_of(role), listener->url());
  }
}

int give_up(const std::string& why) {
  base::log_critical("{}", why);
  return os::kExitFailure;
}

int live(MasterParts parts, Prepared prepared) {
  const os::Program program{os::save_invocation()};
  bool starts_anew = false;
  int code = 0;
  {
    Service service{std::move(parts), std::move(prepared)};
    code = service.run();
    starts_anew = service.starts_anew();
  }
  if (!starts_anew) return code;
  return give_up(program.replace(own_variables()).message);
}

}  // namespace

Result<void> enter_place(const Config& config) {
  if (config.umask) ::umask(*config.umask);
  if (!config.chdir.empty()) {
    if (auto changed = os::change_directory(config.chdir); !changed) return changed;
  }
  return os::set_environment(config.raw_env);
}

unsigned worker_count(const MasterParts& parts, const Config& config) {
  return parts.worker_count ? parts.worker_count(config) : static_cast<unsigned>(std::max(config.workers, 1));
}

void tell_predecessor(const std::string& why) {
  if (const auto inheritance = take_inheritance()) Predecessor{*inheritance}.failed(why);
}

int run_master(MasterParts parts) {
  os::ignore_write_signals();
  os::ensure_standard_descriptors();
  os::save_invocation();
  // Never destroyed: threads and exit handlers may log until the very end.
  base::set_journal(os::SystemdJournal::of_standard_error().release());
  const auto inheritance = take_inheritance();
  Predecessor predecessor = inheritance ? Predecessor{*inheritance} : Predecessor{};
  const os::DescriptorLimit limit = os::raise_descriptor_limit();
  auto foreground = prepare_foreground(parts, limit, inheritance);
  if (!foreground) {
    predecessor.failed(foreground.error().message);
    return give_up(foreground.error().message);
  }
  os::Daemon daemon;
  // A new master is in the background already. One that is told to stop need not go there: the signal would stay.
  const bool detaches = parts.config.daemon && !inheritance && !os::stop_is_waiting();
  if (detaches) {
    auto detached = os::Daemon::daemonize();
    if (!detached) return give_up(detached.error().message);
    daemon = std::move(*detached);
  }
  const std::vector<std::string> notes = foreground->notes;
  auto prepared = prepare_background(parts.config, std::move(*foreground), daemon, inheritance, predecessor);
  if (!prepared) {
    daemon.failed(os::kExitFailure, prepared.error().message);
    predecessor.failed(prepared.error().message);
    return give_up(prepared.error().message);
  }
  if (predecessor.tries()) predecessor.begin_canary(canary_terms(parts.config));
  if (predecessor.there())
    predecessor.introduce(parts.service + ", " + os::spoken_build_id(os::build_id("/proc/self/exe")));
  prepared->predecessor = std::move(predecessor);
  say_start(parts, limit, prepared->first.listeners, notes);
  say_sidecars(prepared->sidecars);
  if (detaches) prepared->notify.main_pid(::getpid());
  if (const auto begun = run_hook_and_wait(parts.config, {"on_starting", 1}); !begun && !os::stop_is_waiting()) {
    if (prepared->pidfile) prepared->pidfile->remove();
    prepared->daemon.failed(os::kExitFailure, begun.error().message);
    prepared->predecessor.failed(begun.error().message);
    return give_up(begun.error().message);
  }
  return live(std::move(parts), std::move(*prepared));
}

}  // namespace orrery::master
