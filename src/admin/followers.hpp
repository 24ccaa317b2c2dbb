// Followers: everybody who follows /events: server-sent events, one for each entry of the journal.
//
// Admin process, class `async`, loop thread only; begin() comes after the fork. Looks for new entries a few times a
// second, since the journal wakes nobody. One that reads too slowly misses entries, whose numbers tell so; the server
// closes on one that does not read at all. There is room for a bounded number.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "orrery/app.hpp"

#include "admin/followed.hpp"
#include "os/journal.hpp"

namespace orrery::admin {

class Followers {
 public:
  explicit Followers(const os::EventRing& ring) : ring_(ring) {}

  /// In the start hook.
  void begin(Worker& worker);
  [[nodiscard]] bool has_room() const { return streams_.size() < 64; }
  /// Sends what is after `sequence`, and from then on what happens.
  void join(Stream stream, std::uint64_t sequence);

 private:
  struct Follower : Followed {
    std::uint64_t sequence;
  };
  void look();
  void tell(Follower& follower);

  const os::EventRing& ring_;
  std::vector<std::shared_ptr<Follower>> streams_;  ///< callbacks of a stream may outlive its entry
  std::uint64_t looks_ = 0;
};

/// "id: 7\ndata: {...}\n\n"
std::string server_sent(const os::LifeEvent& event);

}  // namespace orrery::admin
