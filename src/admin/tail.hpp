// Tail: everybody who follows the answered requests of the service, /tail: server-sent events, one for each request.
//
// Admin process, class `async`, loop thread only; begin() comes after the fork. Reads the rings of finished requests in
// the scoreboard, which workers fill whether there is an access log or not: no worker is asked or does anything more.
// It looks 50 times a second while somebody follows; where a worker answers more than its ring holds in between, the
// follower is told how many it did not see. There is room for a bounded number of followers.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/app.hpp"
#include "orrery/result.hpp"

#include "admin/followed.hpp"
#include "admin/lists.hpp"
#include "base/clock.hpp"
#include "os/scoreboard.hpp"

namespace orrery::admin {

/// Which requests a follower wants.
struct TailFilter {
  int least_status = 0, most_status = 999;  ///< 0 = the client got no response
  std::string route;                        ///< its pattern; empty = any
  base::Nanoseconds slower{0};              ///< those that took at least so long

  /// From the values of `status` ("5xx", "404", "none"), `route` and `slower` (seconds) in the query; fails with a
  /// sentence that names the parameter.
  static Result<TailFilter> read(const Request& request);
  [[nodiscard]] bool wants(const os::RequestRecord& record, std::string_view pattern) const;
};

/// What a follower has read of the rings.
class TailReader {
 public:
  explicit TailReader(const os::Scoreboard& board);

  struct Line {
    std::uint32_t worker = 0;
    os::RequestRecord record;
  };
  struct News {
    std::vector<Line> lines;   ///< in the order in which they were answered
    std::uint64_t missed = 0;  ///< that were overwritten before this look
  };
  /// Since the last call, or the construction.
  News read();

 private:
  struct Place {
    std::uint32_t worker = 0;  ///< whose slot it was
    std::uint32_t next = 0;
  };
  void read_slot(const os::Slot& slot, Place& place, News& news) const;

  const os::Scoreboard& board_;
  std::array<Place, os::kMaxWorkers> places_{};
};

class Tail {
 public:
  Tail(const os::Scoreboard& board, RouteOf route) : board_(board), route_(std::move(route)) {}

  /// In the start hook.
  void begin(Worker& worker) { worker_ = &worker; }
  [[nodiscard]] bool has_room() const { return streams_.size() < 16; }
  /// Sends what is answered from now on.
  void join(Stream stream, TailFilter filter);

 private:
  struct Follower : Followed {
    TailFilter filter;
    TailReader reader;
    std::uint64_t missed = 0;  ///< that it was not told of yet
  };
  void look();
  void tell(Follower& follower);

  const os::Scoreboard& board_;
  RouteOf route_;
  Worker* worker_ = nullptr;
  bool looks_on_ = false;
  std::vector<std::shared_ptr<Follower>> streams_;  ///< callbacks of a stream may outlive its entry
  std::uint64_t looks_ = 0;
};

/// One object: when it was answered (Unix seconds), by whom, and what. `now` on both clocks.
std::string tail_json(const TailReader::Line& line, std::string_view route, base::Monotonic now, base::WallTime utc);

}  // namespace orrery::admin
