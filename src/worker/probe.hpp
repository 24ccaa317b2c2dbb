// Probe: the one request that a canary answers before any client's connection.
//
// The worker asks itself, over a connection inside this process that goes the way of every other one: parser, router,
// layers, handler, log and counters. Only the status is read of the answer. One for a worker's life; loop thread only.
// No time limit of its own: it is over with the master's boot_timeout.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/callbacks.hpp"
#include "orrery/result.hpp"

#include "base/unique_fd.hpp"
#include "worker/callbacks.hpp"
#include "worker/connections.hpp"

namespace orrery::worker {

class Probe {
 public:
  /// `failure` is empty when the status is below 500. The callback may destroy the probe.
  using Told = std::function<void(const std::string& failure)>;

  Probe(Callbacks& callbacks, Connections& connections, Told told)
      : callbacks_(callbacks), connections_(connections), told_(std::move(told)) {}

  /// Sends GET `path`; `told` is called on the loop. Fails when there is no descriptor left for it.
  Result<void> ask(const std::string& path);

 private:
  void hear();
  void end(const std::string& failure);

  Callbacks& callbacks_;
  Connections& connections_;
  Told told_;
  std::string path_;
  std::string begun_;  ///< as much of the answer as has come
  base::UniqueFd ours_;
  Watch watch_;
};

/// What is wrong with an answer that begins so, as the end of a sentence, and "" when nothing is; nothing while too
/// little has come. `ended`: nothing more comes. Pure.
std::optional<std::string> fault_of_answer(std::string_view begun, bool ended);

}  // namespace orrery::worker
