// Predecessor: the old master, as the new one that it started on USR2 sees it.
//
// Owned by the new master. Tells over the channel (one packet a message: "hello 1", "ready TEXT", "failed TEXT") how the
// start goes and hears "commit"; the channel's end means that the old master is gone. In a master that was started by
// hand every call does nothing.
#pragma once

#include <optional>
#include <string_view>

#include "base/unique_fd.hpp"
#include "master/event.hpp"
#include "master/inheritance.hpp"

namespace orrery::master {

class Predecessor {
 public:
  /// None.
  Predecessor() = default;
  explicit Predecessor(const Inheritance& inheritance);

  /// It still has the service.
  [[nodiscard]] bool there() const { return static_cast<bool>(channel_); }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int fd() const { return channel_.get(); }

  void ready(std::string_view status) { tell("ready ", status); }
  void failed(std::string_view why) { tell("failed ", why); }
  /// What it said since, if anything.
  std::optional<PredecessorLeft> listen();
  void forget() { channel_.reset(); }

 private:
  void tell(std::string_view word, std::string_view text);

  pid_t pid_ = 0;
  base::UniqueFd channel_;
};

}  // namespace orrery::master
