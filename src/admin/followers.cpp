#include "admin/followers.hpp"

#include <chrono>
#include <fmt/core.h>
#include <utility>

#include "admin/lists.hpp"

namespace orrery::admin {

namespace {

constexpr std::chrono::milliseconds kPeriod{200};
constexpr std::uint64_t kLooksInSilence = kLongestSilence / kPeriod;

}  // namespace

std::string server_sent(const os::LifeEvent& event) {
  return fmt::format("id: {}\ndata: {}\n\n", event.sequence, event_json(event));
}

void Followers::begin(Worker& worker) {
  worker.every(kPeriod, [this] { look(); });
}

void Followers::join(Stream stream, std::uint64_t sequence) {
  const auto follower = std::make_shared<Follower>(Follower{{std::move(stream)}, sequence});
  Followed::notice_end(follower);
  streams_.push_back(follower);
  follower->gone = !follower->stream.write(": the journal of the service\n\n");
  tell(*follower);
}

void Followers::look() {
  const bool breaks_silence = ++looks_ % kLooksInSilence == 0;
  for (const auto& follower : streams_) {
    tell(*follower);
    if (breaks_silence) follower->break_silence();
  }
  std::erase_if(streams_, [](const auto& follower) { return follower->over(); });
}

void Followers::tell(Follower& follower) {
  if (ring_.newest() == follower.sequence) return;
  for (const os::LifeEvent& event : ring_.after(follower.sequence)) {
    if (follower.gone || follower.stream.behind() || !follower.stream.write(server_sent(event))) return;
    follower.sequence = event.sequence;
  }
}

}  // namespace orrery::admin
