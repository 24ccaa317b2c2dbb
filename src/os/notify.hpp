// Notify: tells the service manager (systemd's sd_notify protocol, without its library) how the service is.
//
// Master only. Datagrams to the socket named in NOTIFY_SOCKET, never blocking; without that variable every
// call does nothing. A message that cannot be delivered is dropped: the service is more important than its
// report.
#pragma once

#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/clock.hpp"
#include "base/unique_fd.hpp"

namespace orrery::os {

class Notify {
 public:
  /// Says nothing.
  Notify() = default;
  /// Speaks to the socket named in NOTIFY_SOCKET, if it is set.
  static Notify from_environment();

  void ready(std::string_view status);
  /// `now` lets systemd 253 tell this reload from an earlier one.
  void reloading(base::Monotonic now);
  void stopping(std::string_view status);
  void status(std::string_view text);
  /// After daemonize the main process is another than systemd started.
  void main_pid(pid_t pid);

  /// Gives a copy of `fd` to the manager's store of descriptors, or takes the one of this name out of it. Nothing
  /// happens where FDSTORE does not say that there is a store.
  void store(int fd, std::string_view name) const;
  void forget(std::string_view name) const;

  /// All is well. To be told each watchdog_interval() at least.
  void watchdog() { send("WATCHDOG=1"); }
  /// Half of what WATCHDOG_USEC allows; 0 = nobody waits for it.
  [[nodiscard]] base::Nanoseconds watchdog_interval() const { return watchdog_interval_; }

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  void send(const std::string& message, int fd = -1) const;

  base::UniqueFd fd_;
  base::Nanoseconds watchdog_interval_{0};
  bool stores_ = false;
  std::string address_;  ///< path, or '@' and an abstract name
};

}  // namespace orrery::os
