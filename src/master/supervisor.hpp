// Supervisor: decides everything about the workers' lives; does nothing itself.
//
// Pure: on(event, now) -> actions. Master process only. Never forks, signals, reads a clock, logs or opens
// anything; the master does what the actions say. on() is total: an event that cannot be in the present state
// is said at debug level and ignored. After each event the same rules are applied to the whole picture
// (reconcile), so there is no sequence of steps to be interrupted: a reload, a rollback, a resize and a
// replacement are one mechanism.
//
//  State      Meaning                                        Left by
//  ---------  ---------------------------------------------  ------------------------------------------------
//  idle       nothing yet                                    Started -> starting
//  starting   no worker was ever ready; a worker's exit 3    first WorkerReady -> serving; exit 3 or 4,
//             or 4 ends the service                          boot_timeout or kStartTries deaths -> quitting
//  serving    every place is filled, or is being filled      ConfigReady -> rolling
//             again
//  rolling    a new generation takes place after place       all places ready -> serving; one of its workers
//                                                            fails to become ready -> serving the old
//                                                            generation; ConfigReady -> rolling to a newer one
//  lingering  TERM came and drain_delay runs: serving goes   time, TERM -> stopping; INT, QUIT -> quitting
//             on, but no more orders are taken
//  stopping   TERM sent to all; graceful_timeout runs        no children -> ended; INT, QUIT -> quitting;
//                                                            time -> killing
//  quitting   QUIT sent to all; kQuickLimit runs             no children -> ended; INT, QUIT, time -> killing
//  killing    KILL sent to all                               no children -> ended
//  ended      Exit was given                                 never
//
//  A reload with a canary (CanaryReload) goes to rolling as well, but nothing of the service changes at first: one
//  worker of the new generation serves beside all places, and is compared with those that fill them. It is promoted (it
//  takes a place, and the reload goes on as any other) or told to leave.
//
//  Children of other roles (Sidecar) live beside the workers: they come after the first workers were asked for, take no
//  part in any rule about workers, and leave when no worker is left.
//
//  Orders of the admin process (steering.cpp) act like the signals of the same meaning, and are answered by
//  PendingOrders: when the picture shows that what was ordered is there, or that it will not come.
//
//  TERM, INT and QUIT leave starting, serving and rolling for lingering, stopping or quitting. HUP, TTIN, TTOU and
//  WINCH act in these three and are refused with a sentence later; USR1 acts until ended.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "master/backoff.hpp"
#include "master/breaker.hpp"
#include "master/canary_reload.hpp"
#include "master/children.hpp"
#include "master/course.hpp"
#include "master/event.hpp"
#include "master/pending_orders.hpp"
#include "master/sidecar.hpp"
#include "master/upgrade.hpp"
#include "os/scoreboard.hpp"
#include "os/service_facts.hpp"

namespace orrery::master {

/// Time between ABRT and KILL.
inline constexpr base::Nanoseconds kAbortLimit = std::chrono::seconds{1};
/// Time workers have after QUIT.
inline constexpr base::Nanoseconds kQuickLimit = std::chrono::seconds{2};
/// Deaths (other than exit 3 or 4) before any worker was ready that end the service.
inline constexpr unsigned kStartTries = 3;

/// Workers that a service of this plan begins with.
unsigned places_of(const Plan& plan);

class Supervisor {
 public:
  enum class State : std::uint8_t {
    kIdle,
    kStarting,
    kServing,
    kRolling,
    kLingering,
    kStopping,
    kQuitting,
    kKilling,
    kEnded
  };

  /// `seed` makes the jitter of the back-off repeatable.
  explicit Supervisor(std::uint64_t seed) : jitter_(seed), seed_(seed) {}

  /// What happened, and when; returns what to do, in this order.
  Actions on(const Event& event, base::Monotonic now);

  /// When on(DeadlineReached) is due; nothing when only the world can move on.
  [[nodiscard]] std::optional<base::Monotonic> next_deadline() const;

  [[nodiscard]] State state() const;
  [[nodiscard]] const Children& children() const { return children_; }
  [[nodiscard]] unsigned target() const { return target_; }
  [[nodiscard]] unsigned generation() const { return generation_; }
  /// Whether a watchdog may be told that all is well.
  [[nodiscard]] bool healthy() const;
  /// Workers are kept serving: no stop has begun.
  [[nodiscard]] bool serving() const { return course_.serving(); }
  /// "3 of 4 workers ready, generation 2; crash loop: one replacement at a time is tried".
  [[nodiscard]] std::string status() const;
  /// Clients are to come back on other connections.
  [[nodiscard]] bool closing() const { return drained_ || course_.stage() == Stage::kLingering; }
  /// Writes what it knows into `facts`, but for what only a clock or a descriptor can tell.
  void describe(os::ServiceFacts& facts) const;
  /// Another master accepts from the same sockets.
  [[nodiscard]] bool shares() const { return heir_ || upgrade_.shares(); }
  /// The worker that is on trial, when it is ready, or the new master whose first worker is; 0 = none.
  [[nodiscard]] pid_t canary() const;
  /// The worker that the old master has on trial, when it is ready; 0 = none.
  [[nodiscard]] pid_t tried() const;
  [[nodiscard]] const Upgrade& upgrade() const { return upgrade_; }
  [[nodiscard]] const Breaker& breaker() const { return breaker_; }
  /// Children that are no workers, and their supervision.
  [[nodiscard]] const std::vector<Sidecar>& sidecars() const { return sidecars_; }

 private:
  using Stage = Course::Stage;

  // Events.
  void handle(const Started& event);
  void handle(const SignalArrived& event);
  void handle(const Forked& event);
  void handle(const ForkFailed& event);
  void handle(const WorkerReady& event);
  void handle(const WorkerAskedRecycle& event);
  void handle(const WorkerExhausted& event);
  void handle(const ChildExited& event);
  void handle(const CauseHeld& event);
  void handle(const ConfigReady& event);
  void handle(const ConfigFailed& event);
  void handle(const HeartbeatsRead& event);
  void handle(const CanaryRead& event);
  void handle(const MemoryRead& event);
  void handle(const SuccessorStarted& event) { upgrade_.on(event, actions_); }
  void handle(const SuccessorNotStarted& event) { upgrade_.on(event, actions_); }
  void handle(const SuccessorIntroduced& event) { upgrade_.on(event, now_, actions_); }
  void handle(const SuccessorTried& event) { upgrade_.on(event, now_, actions_); }
  void handle(const SuccessorSpoke& event) { upgrade_.on(event, now_, actions_); }
  void handle(const SuccessorExited& event) { upgrade_.on(event, actions_); }
  void handle(const PredecessorLeft& event);
  void handle(const PromotionArrived& event);
  void handle(const OrderArrived& order);
  /// What happened to a child that is no worker is its sidecar's affair; true when it was that.
  bool tell_sidecar(const Event& event);
  void handle(const DeadlineReached& event);

  // Orders.
  bool obeys(std::string_view order);
  void reload(const std::optional<os::CanaryTerms>& canary = std::nullopt);
  void add_worker();
  void remove_worker();
  void retire_everybody();
  void begin_upgrade();
  void leave_to_successor();
  void reopen_logs();
  void stop(int signo);
  void go_on_to(Stage stage);
  void linger();
  void begin_stop(Stage stage, int code);
  void lower_target();

  // Orders of the admin process.
  void obey_reload(std::uint64_t ticket, const std::optional<os::CanaryTerms>& canary);
  void obey_upgrade(std::uint64_t ticket, const std::optional<os::CanaryTerms>& canary);
  void obey_scale(std::uint64_t ticket, int workers);
  void obey_autoscale(std::uint64_t ticket, int workers);
  bool change_target(std::uint64_t ticket, unsigned wanted, std::string_view by);
  [[nodiscard]] std::string autoscale_obstacle() const;
  void obey_restart(std::uint64_t ticket, int number);
  void obey_drain(std::uint64_t ticket, bool drained);
  void obey_stop(std::uint64_t ticket);
  void refuse(std::uint64_t ticket, std::string why);
  void pend(PendingOrders::Order order, std::string text);
  void settle_orders();
  [[nodiscard]] std::string upgrade_obstacle() const;
  void kill_all();

  // What follows from a reload with a canary (trying.cpp).
  [[nodiscard]] std::string trial_obstacle() const;
  void begin_trial(unsigned generation, const Plan& plan, const os::CanaryTerms& terms);
  void follow(const CanaryFinding& finding);
  void promote_canary(const std::string& why);
  void roll_back_canary(const std::string& why);
  void dismiss_canary();
  void watch_canary();
  [[nodiscard]] CanaryChances canary_chances() const;

  // A new master whose first worker is on trial by the old one (trying.cpp).
  void give_up_upgrade(const std::string& why, int code);
  void fill_all_places();

  // The rules.
  void reconcile();
  void settle_places();
  void watch_trial();
  bool close_breaker();
  void settle_place(unsigned place);
  void retire_spares(const Child& holder);
  void replace(unsigned place, Child& former);
  void judge_memory(Child& child, std::uint64_t bytes);
  void replace_before_memory_ends();
  void leave_first(Child& former);
  void retire_surplus();
  void prove_generation();
  void announce_ready();
  void drop_generations();
  void keep_sidecars();
  void end_when_empty();

  // Steps.
  void spawn(unsigned place);
  void retire(Child& child);
  void abort_stuck(Child& child, Ending ending, const std::string& why);
  void kill(Child& child, Ending ending);
  void send(const Child& child, int signo);
  void expire_workers();
  void mark_spent(pid_t pid, LogLevel level, std::string_view why);
  void worker_lost(const Child& lost, int code, const std::string& how);
  void count_death(const Child& lost, const std::string& how);
  void trust_all_places();
  void adopt(unsigned generation, const Plan& plan);
  void fail_generation(const std::string& why);
  void end_reload(os::ServiceFacts::Outcome outcome, std::string_view why = {});
  void say(LogLevel level, std::string text, os::EventKind kind = os::EventKind::kNote);
  void note_impossible(std::string_view what);

  // Questions.
  [[nodiscard]] bool rolling() const { return generation_ != settled_generation_; }
  [[nodiscard]] bool may_spawn(unsigned place) const;
  [[nodiscard]] bool due(unsigned place) const;
  [[nodiscard]] bool memory_for_one_more() const;
  [[nodiscard]] bool waits_for_memory(unsigned place) const;
  static std::string name_of(const Child& child);
  [[nodiscard]] bool waits_for_backoff(unsigned place) const;
  [[nodiscard]] bool generation_ready() const;
  [[nodiscard]] unsigned surge_limit() const;
  [[nodiscard]] unsigned unavailable_limit() const;
  [[nodiscard]] unsigned surging() const;
  [[nodiscard]] unsigned unavailable() const;
  [[nodiscard]] Ending judge(const Child& child, int status) const;
  [[nodiscard]] bool stuck(const Pulse& pulse) const;
  [[nodiscard]] Sidecar* sidecar_with(pid_t pid);
  [[nodiscard]] Sidecar::Wish sidecar_wish() const;

  Course course_;
  base::Monotonic now_{};
  Actions actions_;
  Children children_;
  std::array<Backoff, os::kMaxWorkers> backoffs_;  ///< by place
  Breaker breaker_;
  Jitter jitter_;
  std::uint64_t seed_;
  std::vector<Sidecar> sidecars_;

  Plan plan_, settled_plan_;
  bool terminal_ = false, container_ = false;
  bool heir_ = false;   ///< the master that started this one still has the service
  bool tried_ = false;  ///< and has this one's first worker on trial
  Upgrade upgrade_;
  unsigned target_ = 0, settled_target_ = 0;               ///< places to fill
  bool target_ordered_ = false, settled_ordered_ = false;  ///< by a person, since the last reload
  unsigned generation_ = 1, settled_generation_ = 1;       ///< the one wanted, and the last one that proved itself
  unsigned next_generation_ = 2;
  unsigned newest_generation_ = 1;  ///< whose configuration was good
  std::string refused_;             ///< what became of the last reload, until one is good: "reload refused: ..."
  unsigned loading_ = 0;            ///< generation whose configuration is being read; 0 = none
  std::optional<os::CanaryTerms> loads_canary_;  ///< it shall begin with a canary
  CanaryReload canary_;
  std::vector<unsigned> leaving_;  ///< generations to drop when their last child is gone

  // For readers.
  os::ServiceFacts::Reload reload_;
  std::uint64_t reloads_done_ = 0, reloads_refused_ = 0, reloads_given_up_ = 0, forked_ = 0;
  std::array<std::uint64_t, os::kEndings> ended_{};

  bool drained_ = false;  ///< ordered
  PendingOrders pending_;

  bool ever_ready_ = false;
  bool proven_ = false;     ///< kReady was announced at least once
  bool announced_ = false;  ///< kReady was announced since the start or the last HUP
  unsigned start_deaths_ = 0;
  std::optional<std::uint64_t> memory_left_;  ///< in the cgroup, when it was looked at last; nothing = no limit
  base::Monotonic heartbeats_read_at_{}, resumed_at_{};
};

}  // namespace orrery::master
