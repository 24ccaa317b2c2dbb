// Listeners: the sockets of each generation, shared where two generations name the same address.
//
// Owned by the master. A reload opens what is new before anything old is closed, all or nothing; the same
// `bind` text keeps its socket (and with `:0` its port). A socket is closed, and its unix path unlinked, when
// the last generation that names it is dropped. Workers inherit the descriptors; they never run code of this
// class.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "master/inheritance.hpp"
#include "os/contract.hpp"
#include "os/privileges.hpp"

namespace orrery::master {

using ListenerSet = std::vector<std::shared_ptr<os::Listener>>;

class Listeners {
 public:
  /// `inherited`: bind settings from the service manager; when there are any they stand for Config::bind.
  explicit Listeners(std::vector<std::string> inherited) : inherited_(std::move(inherited)) {}
  /// What the master before this one passed on.
  explicit Listeners(const std::vector<Inheritance::Passed>& passed);

  /// The sockets `config` names; opens those that no set given out before holds. Warnings are added to
  /// `notes`.
  Result<ListenerSet> open(const Config& config, const std::optional<os::Identity>& owner,
                           std::vector<std::string>& notes);

  /// Closes what was passed on and no setting names any more.
  void drop_passed() { passed_.clear(); }
  /// Everything open, for the master after this one.
  [[nodiscard]] std::vector<Inheritance::Passed> to_pass() const;
  /// The unix paths are ours to unlink at the end, or another master's.
  void own_paths(bool own);
  /// Closes the master's copies and turns nobody away: another master accepts from the same sockets.
  void close_copies();

  /// Every descriptor that is open now, whichever generation it belongs to.
  [[nodiscard]] std::vector<int> descriptors() const;

  /// The service stops, or has moved: lets nobody new into the queues of all but `kept` and closes the master's
  /// copies, so that the port is free when the last worker has emptied its queue and closed its own.
  void close_all_but(const ListenerSet& kept);

 private:
  Result<std::shared_ptr<os::Listener>> open_one(const std::string& bind, const Config& config,
                                                 const std::optional<os::Identity>& owner,
                                                 std::vector<std::string>& notes);
  [[nodiscard]] std::shared_ptr<os::Listener> find(const std::string& bind) const;

  struct Passed {
    std::string bind;
    base::UniqueFd fd;
  };

  std::vector<std::string> inherited_;
  std::vector<Passed> passed_;
  std::vector<std::weak_ptr<os::Listener>> known_;
};

}  // namespace orrery::master
