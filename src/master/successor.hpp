// Successor: the new master that an upgrade started, as the old one sees it.
//
// Owned by the old master. It is a child process, but not tied to this one's life: when this master dies the channel ends,
// and the successor decides by itself (see Predecessor). No worker may inherit this end of the channel.
#pragma once

#include <optional>
#include <vector>

#include "orrery/result.hpp"

#include "base/unique_fd.hpp"
#include "master/event.hpp"
#include "master/inheritance.hpp"
#include "os/program.hpp"

namespace orrery::master {

class Successor {
 public:
  /// None.
  Successor() = default;
  static Result<Successor> start(const os::Program& program, std::vector<Inheritance::Passed> listeners);

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int fd() const { return channel_.get(); }
  void signal(int signo) const;
  void commit();
  /// What it said since.
  std::vector<SuccessorSpoke> listen();

 private:
  pid_t pid_ = 0;
  base::UniqueFd channel_;
};

}  // namespace orrery::master
