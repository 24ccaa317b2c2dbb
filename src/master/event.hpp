// Events and actions: the whole language between the supervisor and the world.
//
// Plain values, made and read in the master only. Events say in the past tense what happened; actions say in
// the imperative what shall be done. The master performs the actions in their order; it answers each Spawn
// with one Forked or ForkFailed, and each LoadConfig with one ConfigReady or ConfigFailed. Nothing here may
// hold a descriptor or a pointer.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <variant>
#include <vector>

#include "orrery/config.hpp"

#include "base/clock.hpp"
#include "master/canary.hpp"
#include "os/canary_terms.hpp"
#include "os/journal.hpp"
#include "os/order.hpp"
#include "os/role.hpp"
#include "os/service_facts.hpp"

namespace orrery::master {

/// What the supervisor must know of a Config.
struct Plan {
  unsigned workers = 1;
  unsigned workers_min = 1, workers_max = 1;  ///< between which `autoscale` may order
  Autoscale autoscale = Autoscale::kOff;
  base::Nanoseconds timeout{0};  ///< 0 = heartbeats are not watched
  base::Nanoseconds graceful_timeout{0};
  base::Nanoseconds boot_timeout{0};
  base::Nanoseconds drain_delay{0};
  base::Nanoseconds max_lifetime{0};  ///< 0 = workers do not grow too old
  std::uint64_t max_memory = 0;       ///< private bytes above which a worker is replaced; 0 = any
  std::uint64_t max_memory_hard = 0;  ///< the same, without waiting for the replacement
  unsigned min_ready = 1;             ///< workers that must be ready for balancers to send anything
  UpgradeMode upgrade = UpgradeMode::kTransactional;
  ReloadStrategy strategy = ReloadStrategy::kRolling;
  unsigned max_surge = 1;        ///< workers above `workers` during a replacement; those that drain are not counted
  unsigned max_unavailable = 0;  ///< workers that may be missing while others are being replaced
  os::CanaryTerms canary{};      ///< of a trial whose order says no others
};

// --- events ---
struct Started {
  Plan plan;
  bool terminal = false;             ///< a terminal can send WINCH
  bool heir = false;                 ///< the master whose USR2 started this one still has the service
  bool container = false;            ///< it is PID 1: with it the container would end
  std::vector<os::Role> sidecars{};  ///< roles of the children that shall live beside the workers
  bool tried = false;                ///< that master tries one worker first: no other may come before it says so
};
struct SignalArrived {
  int signo = 0;
  pid_t sender = 0;
};
struct Forked {
  unsigned number = 0;
  pid_t pid = 0;
  os::Role role = os::Role::kWorker;
};
struct ForkFailed {
  unsigned number = 0;
  std::string why;
  os::Role role = os::Role::kWorker;
};
struct WorkerReady {
  pid_t pid = 0;
};
struct WorkerAskedRecycle {
  pid_t pid = 0;
  std::string why = "reached max_requests";
};
struct WorkerExhausted {
  pid_t pid = 0;
};
struct ChildExited {
  pid_t pid = 0;
  int status = 0;
};
/// Why workers died is known and is kept from happening again.
struct CauseHeld {};
struct ConfigReady {
  unsigned generation = 0;
  Plan plan;
};
struct ConfigFailed {
  unsigned generation = 0;
  std::string why;
};
/// What the scoreboard shows of one worker.
struct Pulse {
  pid_t pid = 0;
  base::Monotonic beat;        ///< last beat; the epoch = none yet
  bool past_deadline = false;  ///< it blocks in a request past its deadline
};
struct HeartbeatsRead {
  std::vector<Pulse> pulses;
};
/// What a worker keeps in memory for itself alone.
struct MemoryUse {
  pid_t pid = 0;
  std::uint64_t bytes = 0;
  std::uint64_t requests = 0;  ///< answered by it until now
};
/// What the canary and its siblings have answered since it was ready.
struct CanaryRead {
  pid_t pid = 0;  ///< the canary's; where it is of a new master, that master's
  Tally canary;
  Tally siblings;
};
struct MemoryRead {
  std::vector<MemoryUse> uses;
  std::optional<std::uint64_t> left{};  ///< bytes that the cgroup may still take; nothing = it has no limit
};
/// The answers to StartSuccessor.
struct SuccessorStarted {
  pid_t pid = 0;
};
struct SuccessorNotStarted {
  std::string why;
};
/// The new master said which binary it is, before it starts a worker.
struct SuccessorIntroduced {
  std::optional<os::CanaryTerms> canary{};  ///< of its settings, when it begins with a canary
};
/// The first worker of the new master is ready, and no other comes until it is promoted.
struct SuccessorTried {};
/// The new master said that it is ready, or why it will not be.
struct SuccessorSpoke {
  bool ready = false;
  std::string text;
};
struct SuccessorExited {
  std::string how;
};
/// To the new master: the old one has left the service to it, or is gone.
struct PredecessorLeft {
  bool committed = false;
};
/// To the new master: its first worker is as good as those of the old one; the others shall come.
struct PromotionArrived {};
/// The admin process asks for something; answered with AnswerOrder, one or two for each.
struct OrderArrived {
  std::uint64_t ticket = 0;
  os::OrderKind kind = os::OrderKind::kReload;
  int argument = 0;
  os::CanaryTerms canary{};
};
/// next_deadline() has come; harmless at any other time.
struct DeadlineReached {};

using Event = std::variant<Started, SignalArrived, Forked, ForkFailed, WorkerReady, WorkerAskedRecycle, WorkerExhausted,
                           ChildExited, CauseHeld, ConfigReady, ConfigFailed, HeartbeatsRead, CanaryRead, MemoryRead,
                           SuccessorStarted, SuccessorNotStarted, SuccessorIntroduced, SuccessorTried, SuccessorSpoke,
                           SuccessorExited, PredecessorLeft, PromotionArrived, OrderArrived, DeadlineReached>;

using os::Ending;

// --- actions ---
/// Fork a child. `number` is its age among those of its role in this master, never reused.
struct Spawn {
  unsigned number = 0;
  unsigned generation = 0;
  os::Role role = os::Role::kWorker;
  std::string probe{};  ///< path that it is asked for before it is ready; empty: none
};
struct SendSignal {
  pid_t pid = 0;
  int signo = 0;
};
/// Read the configuration; when it is good bind what is new and keep all of it as `generation`.
struct LoadConfig {
  unsigned generation = 0;
};
/// The service has moved to what this generation names: let no new connection in elsewhere, before the workers that
/// listen there are told to leave, so that they can take out what is in the queue.
struct LeaveOtherAddresses {
  unsigned generation = 0;
};
/// No child of this generation is left and none will come: close what only it used.
struct DropGeneration {
  unsigned generation = 0;
};
/// Close the master's copies; workers empty the queues through theirs. Let no new connection in, unless another master
/// goes on.
struct CloseListeners {
  bool shared = false;
};
/// Run the binary on disk as the new master; answered with SuccessorStarted or SuccessorNotStarted.
struct StartSuccessor {
  std::optional<os::CanaryTerms> canary{};  ///< it shall begin with one
};
/// The new master shall start all its workers.
struct PromoteSuccessor {};
struct SignalSuccessor {
  int signo = 0;
};
/// The service is the new master's: tell it, and the service manager.
struct CommitUpgrade {};
/// The service is ours now: be known as the master.
struct TakeOver {};
/// Tell the old master why this one will not be ready.
struct TellFailure {
  std::string why;
};
struct ReopenLogs {};
/// A child was reaped: tell its story, take over what it left, free its slot.
struct ReportDeath {
  pid_t pid = 0;
  int status = 0;
  Ending ending = Ending::kCrashed;
};
enum class Phase : std::uint8_t { kReloading, kReady, kStopping };
/// Tell the service manager. `generation` serves.
struct Announce {
  Phase phase = Phase::kReady;
  unsigned generation = 0;
  std::string status;
};
struct Say {
  LogLevel level = LogLevel::kInfo;
  std::string text;
  os::EventKind kind = os::EventKind::kNote;  ///< in the journal
};
/// Tell the admin process what became of its order.
struct AnswerOrder {
  std::uint64_t ticket = 0;
  os::OrderOutcome outcome = os::OrderOutcome::kDone;
  std::string text;
};
/// Leave the loop; no child is left.
struct Exit {
  int code = 0;
};

using Action = std::variant<Spawn, SendSignal, LoadConfig, LeaveOtherAddresses, DropGeneration, CloseListeners,
                            StartSuccessor, PromoteSuccessor, SignalSuccessor, CommitUpgrade, TakeOver, TellFailure,
                            ReopenLogs, ReportDeath, Announce, Say, AnswerOrder, Exit>;
using Actions = std::vector<Action>;

}  // namespace orrery::master
