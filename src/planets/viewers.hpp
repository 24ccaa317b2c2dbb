// Viewers: everybody who watches /planets/stream through this worker: server-sent events, the whole sky of each
// viewer's place every so many seconds.
//
// One periodic task drives them all by a timing wheel; newcomers are spread over their interval, so that a thousand who
// reconnect at once do not come due at once. A viewer is its stream and some 100 bytes. Who is behind is skipped, since
// only the latest sky is worth sending; who is gone is forgotten at once; when the worker drains, all are told to come
// back at once. Class `async`, loop thread only; made in the master, used after the fork.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/app.hpp"

#include "planets/earth_rotation.hpp"
#include "planets/query.hpp"

namespace orrery::planets {

class Viewers {
 public:
  explicit Viewers(std::shared_ptr<const EarthRotation> rotation);
  ~Viewers();
  Viewers(const Viewers&) = delete;
  Viewers& operator=(const Viewers&) = delete;

  /// In the start hook.
  void begin(Worker& worker);

  /// Sends the sky of now, and takes the stream in.
  void join(const StreamQuery& query, Stream stream);

  [[nodiscard]] std::size_t count() const { return count_; }

 private:
  struct Viewer;
  /// A tick's viewers; a viewer knows its place.
  using Slot = std::vector<std::unique_ptr<Viewer>>;

  void tick();
  void visit(std::unique_ptr<Viewer> viewer);
  void send_sky(Viewer& viewer);
  void send(Viewer& viewer, std::string_view event);
  void wait(std::unique_ptr<Viewer> viewer);
  std::unique_ptr<Viewer> take(Viewer& viewer);
  void forget(Viewer& viewer);
  void say_goodbye(Viewer& viewer);

  std::shared_ptr<const EarthRotation> rotation_;
  std::array<Slot, 64> wheel_;  ///< more ticks than the longest wait
  Slot due_;
  std::string event_;  ///< kept for its memory
  std::uint64_t now_ = 0;
  std::uint64_t joined_ = 0;
  std::uint64_t told_ = 0;  ///< that the worker leaves
  std::size_t count_ = 0;
};

}  // namespace orrery::planets
