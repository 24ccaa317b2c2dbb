#include "planets/viewers.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>
#include <utility>

#include "planets/answer.hpp"

namespace orrery::planets {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kTick{250};
constexpr std::uint64_t kTicksPerSecond = std::chrono::seconds{1} / kTick;
/// Proxies take a connection on which nothing comes for dead.
constexpr std::uint64_t kLongestSilence = 15 * kTicksPerSecond;

/// How long a client waits before it connects again: to a server that broke off, and for one whose worker leaves, where
/// a sibling is there already. These many milliseconds are only to spread those who are told at once.
constexpr std::string_view kRetry = "retry: 2000\n\n";
constexpr std::uint64_t kLongestRetryOfLeaving = 250;

}  // namespace

struct Viewers::Viewer {
  Stream stream;
  Query query;
  std::uint64_t interval;  ///< ticks
  std::uint64_t sky_at;    ///< tick of the next sky
  std::size_t slot = 0;    ///< of the wheel: the next visit, for a sky or to break the silence
  std::size_t place = 0;   ///< in the slot
  bool waiting = false;    ///< in a slot; else being visited
  bool gone = false;
};

Viewers::Viewers(std::shared_ptr<const EarthRotation> rotation) : rotation_(std::move(rotation)) {}

Viewers::~Viewers() = default;

void Viewers::begin(Worker& worker) {
  worker.every(kTick, [this] { tick(); });
}

void Viewers::join(const StreamQuery& query, Stream stream) {
  const std::uint64_t interval = static_cast<std::uint64_t>(query.interval.count()) * kTicksPerSecond;
  // The first gap is shorter, which spreads those who came together.
  const std::uint64_t first = now_ + 1 + joined_++ % interval;
  auto viewer = std::make_unique<Viewer>(Viewer{std::move(stream), query.query, interval, first});
  Viewer& self = *viewer;
  ++count_;
  self.stream.on_closed([this, &self] { forget(self); });
  self.stream.on_draining([this, &self] { say_goodbye(self); });
  if (self.stream.write(kRetry)) send_sky(self);
  wait(std::move(viewer));
}

void Viewers::tick() {
  due_.swap(wheel_[++now_ % wheel_.size()]);
  for (const auto& viewer : due_) viewer->waiting = false;
  for (auto& viewer : due_) visit(std::move(viewer));
  due_.clear();
}

void Viewers::visit(std::unique_ptr<Viewer> viewer) {
  const bool sky_is_due = now_ == viewer->sky_at;
  if (sky_is_due) viewer->sky_at += viewer->interval;
  if (!viewer->gone && !viewer->stream.behind()) {
    if (sky_is_due)
      send_sky(*viewer);
    else
      send(*viewer, ":\n\n");
  }
  wait(std::move(viewer));
}

void Viewers::send_sky(Viewer& viewer) {
  const auto time = std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  viewer.query.instant = Instant::from_unix(time);
  // Of a clock that is that wrong there is nothing to say.
  if (!in_range(viewer.query.instant)) return;
  event_.assign("event: sky\nid: ").append(std::to_string(time.time_since_epoch().count())).append("\ndata: ");
  event_.append(sky_json(viewer.query, *rotation_)).append("\n\n");
  send(viewer, event_);
}

void Viewers::send(Viewer& viewer, std::string_view event) {
  // A refusal to one who is not gone means that they do not read: the server closes on them soon.
  if (!viewer.stream.write(event)) viewer.gone = !viewer.stream.open();
}

void Viewers::wait(std::unique_ptr<Viewer> viewer) {
  if (viewer->gone || !viewer->stream.open()) {
    --count_;
    return;
  }
  const std::uint64_t tick = std::min(viewer->sky_at, now_ + kLongestSilence);
  viewer->slot = tick % wheel_.size();
  viewer->place = wheel_[viewer->slot].size();
  viewer->waiting = true;
  wheel_[viewer->slot].push_back(std::move(viewer));
}

std::unique_ptr<Viewers::Viewer> Viewers::take(Viewer& viewer) {
  Slot& slot = wheel_[viewer.slot];
  const std::size_t place = viewer.place;
  std::swap(slot[place], slot.back());
  slot[place]->place = place;
  auto taken = std::move(slot.back());
  slot.pop_back();
  taken->waiting = false;
  return taken;
}

void Viewers::forget(Viewer& viewer) {
  viewer.gone = true;
  if (!viewer.waiting) return;
  take(viewer);
  --count_;
}

void Viewers::say_goodbye(Viewer& viewer) {
  viewer.gone = true;
  if (!viewer.waiting) return;
  // Out of the wheel first: a write may find out that the client has left, and forget it.
  const auto taken = take(viewer);
  --count_;
  const std::uint64_t retry = ++told_ * 53 % kLongestRetryOfLeaving;
  event_.assign("retry: ").append(std::to_string(retry)).append("\nevent: draining\ndata: {}\n\n");
  send(*taken, event_);
  taken->stream.end();
}

}  // namespace orrery::planets
