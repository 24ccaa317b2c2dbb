// Daemon: goes to the background, and keeps the foreground waiting until the outcome is known.
//
// daemonize() returns only in the daemon (a grandchild in its own session). The foreground process stays
// until the daemon calls ready() or failed(), or dies; then it prints the message, if any, and exits with the
// code. Called once, before any thread or worker exists.
#pragma once

#include <string_view>
#include <utility>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"

namespace orrery::os {

class Daemon {
 public:
  /// Not a daemon: ready() and failed() do nothing.
  Daemon() = default;
  static Result<Daemon> daemonize();

  /// Lets the foreground process exit 0. Later calls do nothing.
  void ready();
  /// Lets it print `message` and exit with `code` (1..255), unless it is gone already.
  void failed(int code, std::string_view message);
  /// The pipe to the foreground process, -1 when there is none: children must close it.
  [[nodiscard]] int fd() const { return foreground_.get(); }

 private:
  explicit Daemon(base::UniqueFd foreground) : foreground_(std::move(foreground)) {}
  base::UniqueFd foreground_;
};

}  // namespace orrery::os
