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

  /// All is well. To be told each watchdog_interval() at least.
  void watchdog() { send("WATCHDOG=1"); }
  /// Half of what WATCHDOG_USEC allows; 0 = nobody waits for it.
  [[nodiscard]] base::Nanoseconds watchdog_interval() const { return watchdog_interval_; }

  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  void send(const std::string& message) const;

  base::UniqueFd fd_;
  base::Nanoseconds watchdog_interval_{0};
  std::string address_;  ///< path, or '@' and an abstract name
};

}  // namespace orrery::os
