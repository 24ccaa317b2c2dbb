// FdStore: which listening sockets the service manager keeps for us (systemd's file descriptor store).
//
// The manager holds copies, so that the sockets outlive a master that crashed: clients wait in their queues until the
// next master serves them, and none is refused. A service that stops takes its sockets out of the store, because then
// clients are to be refused. Sockets that the manager opened itself are not in it. Master only; decides nothing about
// the sockets, and does nothing where the manager has no store.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "master/inheritance.hpp"
#include "os/notify.hpp"

namespace orrery::master {

/// What the store calls the socket of a `bind` setting; empty: it cannot have a name there.
std::string stored_name(std::string_view bind);
/// The `bind` setting again; empty: the name is not of ours.
std::string bind_of_stored(std::string_view name);

class FdStore {
 public:
  FdStore() = default;
  /// What the manager has already: it gave it to this process, or to the master before.
  explicit FdStore(const std::vector<Inheritance::Passed>& held);

  /// Makes the manager keep these, and no others.
  void hold(const std::vector<Inheritance::Passed>& listeners, const os::Notify& manager);

 private:
  std::map<std::string, int> held_;  ///< name to descriptor
};

}  // namespace orrery::master
