// Datagram: a socket that sends to one address and never waits: what nobody takes is lost, as UDP is.
//
// Opened in the process that sends, or inherited by it. Opening looks a name up, and blocks as long as the C library
// does: do it where nobody waits for it. Any thread may send; nothing is received.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "orrery/result.hpp"

#include "base/datagram_target.hpp"
#include "base/unique_fd.hpp"

namespace orrery::os {

class Datagram {
 public:
  /// To a unix socket, which must be there, or by UDP to the first address of a host that a socket can be had for. The
  /// error is the reason alone.
  static Result<Datagram> open(const base::DatagramTarget& target);
  /// The same, where a unix socket may come later.
  static Result<Datagram> open_for_later(const base::DatagramTarget& target);

  /// False when it was not taken: nobody listens, or the buffer is full. A unix socket that was made anew is found.
  bool send(std::string_view bytes) const;
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  Datagram(base::UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  base::UniqueFd fd_;
  std::string path_;  ///< empty = UDP
};

}  // namespace orrery::os
