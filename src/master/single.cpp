#include "master/single.hpp"

#include <atomic>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/duration_bounds.hpp"
#include "base/log.hpp"
#include "master/process_title.hpp"
#include "master/service.hpp"
#include "os/inherited_binds.hpp"
#include "os/signals.hpp"
#include "os/socket.hpp"
#include "os/stream_pair.hpp"
#include "os/title.hpp"

namespace orrery::master {

namespace {

/// What a worker is born with: made and held here, since there is no master that does.
struct Cradle {
  Generation generation;
  os::Scoreboard board;
  os::HandoverPair handover;
  os::LeadLock lead;
  base::UniqueFd nowhere;
};

Result<Cradle> make_cradle(const Config& config, std::vector<std::string>& notes) {
  os::InheritedBinds inherited = os::take_inherited_binds();
  if (!inherited.note.empty()) notes.push_back(std::move(inherited.note));
  Listeners listeners{std::move(inherited.binds)};
  if (const auto entered = enter_place(config); !entered) return fail(entered);
  auto generation = make_generation(config, listeners, nullptr, notes);
  if (!generation) return fail(generation);
  const auto duration_bounds = base::DurationBounds::read(config.duration_buckets);
  if (!duration_bounds) return fail(duration_bounds);
  auto board = os::Scoreboard::create(*duration_bounds);
  if (!board) return fail(board);
  auto handover = os::HandoverPair::open();
  if (!handover) return fail(handover);
  auto lead = os::LeadLock::make();
  if (!lead) return fail(lead);
  auto nowhere = os::open_nowhere();
  if (!nowhere) return fail(nowhere);
  return Cradle{std::move(*generation), std::move(*board), std::move(*handover), std::move(*lead), std::move(*nowhere)};
}

os::WorkerBirth birth_in(Cradle& cradle) {
  os::WorkerBirth birth;
  birth.config = &cradle.generation.config;
  for (const auto& listener : cradle.generation.listeners) birth.listeners.push_back(listener.get());
  birth.slot = &cradle.board.slot(cradle.board.claim().value());
  birth.slot->pid.store(::getpid(), std::memory_order_relaxed);
  birth.slot->generation.store(1, std::memory_order_relaxed);
  birth.board = &cradle.board;
  birth.tls = cradle.generation.tls.get();
  birth.handover = &cradle.handover;
  birth.lead = &cradle.lead;
  birth.app = cradle.generation.app ? &*cradle.generation.app : nullptr;
  birth.number = birth.generation = 1;
  birth.access_log = cradle.generation.logs.access_for_good();
  birth.syslog = cradle.generation.logs.access_syslog();
  birth.master = std::move(cradle.nowhere);
  birth.master_pid = ::getpid();
  return birth;
}

int give_up(const std::string& why) {
  base::log_critical("{}", why);
  return os::kExitFailure;
}

}  // namespace

int run_single(MasterParts parts) {
  os::ignore_write_signals();
  os::ensure_standard_descriptors();
  os::save_invocation();
  os::raise_descriptor_limit();
  std::vector<std::string> notes = std::move(parts.notes);
  auto cradle = make_cradle(parts.config, notes);
  if (!cradle) return give_up(cradle.error().message);
  const Generation& generation = cradle->generation;
  generation.logs.use_for_good();
  if (generation.identity) {
    if (const auto become = os::become(*generation.identity); !become) return give_up(become.error().message);
  }
  os::set_title(process_title(parts.config, generation.listeners, "single"));
  base::log_info("Starting {} in one process", parts.service);
  for (const std::string& note : notes) base::log_warning("{}", note);
  for (const auto& listener : generation.listeners)
    base::log_info("Listening at: {} ({})", listener->url(), ::getpid());
  // The worker is never destroyed, and what it was born with stays.
  static auto* const kept = new Cradle{std::move(*cradle)};
  const int code = parts.worker_main(birth_in(*kept));
  for (const auto& listener : kept->generation.listeners) os::unlink_path(*listener);
  base::log_info("Stopped");
  return code;
}

}  // namespace orrery::master
