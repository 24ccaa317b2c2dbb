#include "os/journal.hpp"

namespace orrery::os {

std::string_view word_for(EventKind kind) {
  switch (kind) {
    case EventKind::kNote: return "note";
    case EventKind::kStarted: return "started";
    case EventKind::kServing: return "serving";
    case EventKind::kSignal: return "signal";
    case EventKind::kOrder: return "order";
    case EventKind::kReloadBegun: return "reload_begun";
    case EventKind::kReloadFinished: return "reload_finished";
    case EventKind::kReloadRefused: return "reload_refused";
    case EventKind::kReloadGivenUp: return "reload_given_up";
    case EventKind::kCanary: return "canary";
    case EventKind::kWorkerReady: return "worker_ready";
    case EventKind::kWorkerEnded: return "worker_ended";
    case EventKind::kWorkerDied: return "worker_died";
    case EventKind::kCrashLoop: return "crash_loop";
    case EventKind::kScaled: return "scaled";
    case EventKind::kPaused: return "paused";
    case EventKind::kDrained: return "drained";
    case EventKind::kUndrained: return "undrained";
    case EventKind::kUpgrade: return "upgrade";
    case EventKind::kLogLevel: return "log_level";
    case EventKind::kStopping: return "stopping";
  }
  return "note";
}

}  // namespace orrery::os
