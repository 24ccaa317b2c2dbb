// Successor: the new master that an upgrade started, as the old one sees it.
//
// Owned by the old master. It is a child process, but not tied to this one's life: when this master dies the channel
// ends, and the successor decides by itself (see Predecessor). No worker may inherit this end of the channel.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"
#include "master/canary.hpp"
#include "master/event.hpp"
#include "master/inheritance.hpp"
#include "os/program.hpp"

namespace orrery::master {

/// What a successor puts behind the name of the pid file until the name is its own, as gunicorn does.
inline constexpr const char* kPidfileSuffix = ".2";

class Successor {
 public:
  /// None.
  Successor() = default;
  /// `passed` is completed by what is made here: this master's pid, the channel, and `tickets`, the keys of TLS tickets
  /// as bytes; empty = there are none.
  static Result<Successor> start(const os::Program& program, Inheritance passed, const std::string& tickets);

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int fd() const { return channel_.get(); }
  void signal(int signo) const;
  void commit() { tell("commit"); }
  /// Its canary is good: all its workers shall come.
  void promote() { tell("promote"); }
  /// The old master's workers serve no more: connections given back would find none.
  void tell_stopping() { tell("stopping"); }
  /// What it said since.
  std::vector<Event> listen();
  /// What its canary has answered since its birth, as it said last.
  [[nodiscard]] const std::optional<Tally>& tally() const { return tally_; }
  /// What it says it is, once: "orrery 0.2.0, build 1a2b"; empty = it has not said so since.
  [[nodiscard]] std::string introduction() { return std::exchange(program_, {}); }
  /// Its workers take the connections that this master's hand over.
  [[nodiscard]] bool adopts() const { return adopts_; }

 private:
  void tell(std::string_view word);
  void hear(std::string_view word, const std::string& text, std::vector<Event>& heard);

  pid_t pid_ = 0;
  base::UniqueFd channel_;
  std::string program_;
  bool adopts_ = false;
  std::optional<os::CanaryTerms> canary_;  ///< as it said, before it said what it is
  std::optional<Tally> tally_;
};

}  // namespace orrery::master
