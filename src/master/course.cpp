#include "master/course.hpp"

namespace orrery::master {

Course::Stage Course::told_to_stop(bool graceful, bool lingers) const {
  switch (stage_) {
    case Stage::kServing:
      if (graceful && lingers) return Stage::kLingering;
      return graceful ? Stage::kStopping : Stage::kQuitting;
    case Stage::kLingering: return graceful ? Stage::kStopping : Stage::kQuitting;
    case Stage::kStopping: return graceful ? stage_ : Stage::kQuitting;
    case Stage::kQuitting: return graceful ? stage_ : Stage::kKilling;
    case Stage::kIdle:
    case Stage::kKilling:
    case Stage::kEnded: break;
  }
  return stage_;
}

void Course::enter(Stage stage, base::Monotonic until) {
  stage_ = stage;
  deadline_ = until;
}

}  // namespace orrery::master
