// UniqueFd: sole owner of one file descriptor; closes it when it goes.
//
// Any process, any thread. Never hands out ownership by copy: pass `fd.get()` to borrow, move to give.
#pragma once

#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace orrery::base {

class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(other.release()) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    reset(other.release());
    return *this;
  }
  ~UniqueFd() { reset(); }

  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

  /// Gives the descriptor up without closing it.
  [[nodiscard]] int release() { return std::exchange(fd_, -1); }

  void reset(int fd = -1) {
    const int old = std::exchange(fd_, fd);
    if (old >= 0) ::close(old);
  }

 private:
  int fd_ = -1;
};

/// Another descriptor of the same open file, close-on-exec and none of the standard ones; empty when there is none
/// free.
inline UniqueFd duplicated(int fd) { return UniqueFd{::fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)}; }

/// No program that this process becomes, or starts, has it.
inline void close_on_exec(int fd) { ::fcntl(fd, F_SETFD, FD_CLOEXEC); }

}  // namespace orrery::base
