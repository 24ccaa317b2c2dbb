#include "os/service_facts.hpp"

#include <algorithm>
#include <fmt/core.h>

#include "base/counted.hpp"

namespace orrery::os {

std::string_view word_for(Ending ending) {
  switch (ending) {
    case Ending::kAsked: return "asked";
    case Ending::kRestarted: return "restarted";
    case Ending::kBootFailed: return "boot_failed";
    case Ending::kBootTimeout: return "boot_timeout";
    case Ending::kTimeout: return "timeout";
    case Ending::kDeadline: return "request_deadline";
    case Ending::kGraceOver: return "graceful_timeout";
    case Ending::kQuickStop: return "quick_stop";
    case Ending::kCrashed: return "crashed";
  }
  return "crashed";
}

std::string why_not_ready(const ServiceFacts& facts) {
  switch (facts.state) {
    case ServiceFacts::State::kStarting: return "the service is starting: no worker has been ready yet";
    case ServiceFacts::State::kPaused: return "all workers were told to leave (WINCH); HUP brings them back";
    case ServiceFacts::State::kDrainDelay: return "the service is about to stop (drain_delay runs)";
    case ServiceFacts::State::kStopping: return "the service is stopping";
    case ServiceFacts::State::kHandedOver: return "";
    case ServiceFacts::State::kServing:
    case ServiceFacts::State::kReloading: break;
  }
  if (facts.drained) return "the service is drained by an order; `undrain` takes it back";
  const unsigned least = std::max(std::min(facts.least_ready, facts.target), 1U);
  if (facts.ready >= least) return "";
  return fmt::format("{} of {} ready, and at least {} must be{}", facts.ready, base::counted(facts.target, "worker"),
                     least, facts.crash_loop ? "; workers die as soon as they are replaced (crash loop)" : "");
}

}  // namespace orrery::os
