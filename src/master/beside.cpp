// The children that live beside the workers, and when they are wanted. Part of class Supervisor.
#include <algorithm>
#include <type_traits>
#include <variant>

#include "master/supervisor.hpp"

namespace orrery::master {

Sidecar* Supervisor::sidecar_with(pid_t pid) {
  const auto found = std::ranges::find_if(sidecars_, [pid](const Sidecar& sidecar) { return sidecar.is(pid); });
  return found == sidecars_.end() ? nullptr : &*found;
}

bool Supervisor::tell_sidecar(const Event& event) {
  if (const auto* forked = std::get_if<Forked>(&event); forked && forked->role != os::Role::kWorker) {
    for (Sidecar& sidecar : sidecars_)
      if (sidecar.role() == forked->role) sidecar.on(*forked, plan_, now_, actions_);
    return true;
  }
  if (const auto* failed = std::get_if<ForkFailed>(&event); failed && failed->role != os::Role::kWorker) {
    for (Sidecar& sidecar : sidecars_)
      if (sidecar.role() == failed->role) sidecar.on(*failed, now_, actions_);
    return true;
  }
  if (const auto* ready = std::get_if<WorkerReady>(&event)) {
    Sidecar* sidecar = sidecar_with(ready->pid);
    if (sidecar) sidecar->on(*ready, now_);
    return sidecar;
  }
  if (const auto* asked = std::get_if<WorkerAskedRecycle>(&event)) {
    Sidecar* sidecar = sidecar_with(asked->pid);
    // A service manager that stops the service may send TERM to each of its processes.
    if (sidecar && course_.stage() == Stage::kServing) sidecar->on(*asked, now_, actions_);
    return sidecar;
  }
  if (const auto* exhausted = std::get_if<WorkerExhausted>(&event)) return sidecar_with(exhausted->pid);
  if (const auto* exited = std::get_if<ChildExited>(&event)) {
    Sidecar* sidecar = sidecar_with(exited->pid);
    if (sidecar) sidecar->on(*exited, now_, actions_);
    return sidecar;
  }
  return false;
}

void Supervisor::keep_sidecars() {
  const Sidecar::Wish wish = sidecar_wish();
  for (Sidecar& sidecar : sidecars_) sidecar.keep(wish, generation_, now_, actions_);
}

// They tell of the service for as long as there is anything to tell, and of one master only.
Sidecar::Wish Supervisor::sidecar_wish() const {
  if (heir_ || upgrade_.state() == Upgrade::State::kCommitted) return Sidecar::Wish::kGone;
  if (serving()) return Sidecar::Wish::kThere;
  if (children_.empty()) return Sidecar::Wish::kGone;
  return course_.stage() == Stage::kStopping ? Sidecar::Wish::kThere : Sidecar::Wish::kAsItIs;
}

}  // namespace orrery::master
