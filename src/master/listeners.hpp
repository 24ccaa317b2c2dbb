// Listeners: the sockets of each generation, shared where two generations name the same address.
//
// Owned by the master. A reload opens what is new before anything old is closed, all or nothing; the same
// `bind` text keeps its socket (and with `:0` its port). Workers inherit the descriptors; they never run code of this
// class.
//
//  State    Meaning                                            Left by
//  -------  -------------------------------------------------  ---------------------------------------------------
//  named    a generation that serves, or may, names it         retire_all_but() -> retired
//  retired  it did, and another master accepts from it too     open() -> named; let_go() when it is ours alone -> deaf
//  deaf     nobody new gets in; workers that are leaving may   open() -> named, not for a unix path, which is gone;
//           hold copies, so its address cannot be bound anew   let_go() when no worker holds it, or its last
//                                                              generation is dropped -> closed
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "master/inheritance.hpp"
#include "os/contract.hpp"
#include "os/privileges.hpp"
#include "os/socket.hpp"

namespace orrery::master {

using ListenerSet = std::vector<std::shared_ptr<os::Listener>>;

class Listeners {
 public:
  /// `inherited`: bind settings from the service manager; when there are any they stand for Config::bind. `stored`:
  /// what it kept of a master that crashed.
  explicit Listeners(std::vector<std::string> inherited, const std::vector<Inheritance::Passed>& stored = {});
  /// What the master before this one passed on.
  explicit Listeners(const std::vector<Inheritance::Passed>& passed);

  /// The sockets `config` names; opens those that no set given out before holds. Warnings are added to
  /// `notes`.
  Result<ListenerSet> open(const Config& config, const std::optional<os::Identity>& owner,
                           std::vector<std::string>& notes);

  /// The same, where what cannot be opened is a note and not an error.
  ListenerSet open_what_can_be(const Config& config, const std::optional<os::Identity>& owner,
                               std::vector<std::string>& notes);

  /// Closes what was passed on and no setting names any more.
  void drop_passed() { passed_.clear(); }
  /// Everything named, for the master after this one.
  [[nodiscard]] std::vector<Inheritance::Passed> to_pass(os::Role role = os::Role::kWorker) const;
  /// The unix paths are ours to unlink at the end, or another master's.
  void own_paths(bool own);
  /// Closes the master's copies and turns nobody away: another master accepts from the same sockets.
  void close_copies();

  /// The service manager has passed sockets on.
  [[nodiscard]] bool any_inherited() const { return !inherited_.empty(); }

  /// Every descriptor that is open now, whichever generation it belongs to.
  [[nodiscard]] std::vector<int> descriptors() const;

  /// The service has moved to `kept`.
  void retire_all_but(const ListenerSet& kept);
  /// Turns everybody away from what is retired, unless it is `shared` with another master, and closes what is deaf and
  /// not `held` by any worker.
  void let_go(bool shared, const std::function<bool(const os::Listener&)>& held);
  /// The service stops: lets nobody new into any queue and closes the master's copies, so that the port is free when
  /// the last worker has emptied its queue and closed its own.
  void close_all();

 private:
  /// What the service manager has passed on, else what the settings say.
  [[nodiscard]] const std::vector<std::string>& wanted(const Config& config) const {
    return inherited_.empty() ? config.bind : inherited_;
  }
  Result<std::shared_ptr<os::Listener>> open_one(const std::string& bind, const Config& config,
                                                 const std::optional<os::Identity>& owner,
                                                 std::vector<std::string>& notes);
  Result<os::Bound> bind_one(const base::BindTarget& target, const std::string& bind, int backlog,
                             const std::optional<os::Identity>& owner);
  void give_up_lost_path(const std::string& bind, std::vector<std::string>& notes);
  std::shared_ptr<os::Listener> find(const std::string& bind);
  /// The `bind` of an open TCP listener of this service whose port `target` would need; empty when there is none.
  [[nodiscard]] std::string find_overlapping(const base::BindTarget& target) const;
  void forget_closed();

  struct Known {
    std::weak_ptr<os::Listener> listener;
    bool retired = false, deaf = false;
    bool lost = false;                     ///< a unix path that vanished: another socket is made in its place
    std::shared_ptr<os::Listener> kept{};  ///< while it is retired and shared: who else would unlink its path?
  };
  struct Passed {
    std::string bind;
    base::UniqueFd fd;
    bool stored = false;  ///< no other master has it
  };

  std::vector<std::string> inherited_;
  std::vector<Passed> passed_;
  std::vector<Known> known_;
};

}  // namespace orrery::master
