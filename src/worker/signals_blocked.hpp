// SignalsBlocked: while it lives, threads that are made take no signal: those are for the loop thread.
//
// A thread inherits the mask of the one that makes it. Loop thread of a worker. It must not live longer than the making
// takes.
#pragma once

#include <signal.h>

namespace orrery::worker {

class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace orrery::worker
