// Recorder: writes down what the connections decide: counters, the last requests, the access log, the error log.
//
// One per worker; loop thread only. Everything but the log files lies in the worker's slot of the scoreboard.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "base/duration_bounds.hpp"
#include "http/context.hpp"
#include "os/scoreboard.hpp"
#include "worker/access_log.hpp"

namespace orrery::worker {

class Recorder final : public http::Observer {
 public:
  /// `slot`: of `board`. `rows`: of each route there, in their order.
  Recorder(const os::Scoreboard& board, os::Slot& slot, std::vector<std::uint16_t> rows,
           const std::vector<Route>& routes, std::optional<AccessLog> access_log)
      : slot_(slot),
        counts_(board.routes_of(slot)),
        duration_bounds_(board.duration_bounds()),
        rows_(std::move(rows)),
        routes_(routes),
        access_log_(std::move(access_log)) {}

  [[gnu::cold]] void on_rejected(base::Reject reason, const base::Address& peer, const http::Message* message) override;
  void on_answered(const http::Message& message, const http::Answer& answer) override;
  [[nodiscard]] bool logs_fields() const override { return access_log_ && access_log_->has_response_fields(); }
  [[gnu::cold]] void on_unsendable(const http::Message& message) override;
  [[gnu::cold]] void on_bad_status(const http::Message& message, int status) override;
  [[gnu::cold]] void on_layer_failed(const http::Message& message, std::string_view layer,
                                     std::string_view why) override;

  void count_late_answer() { os::bump(slot_.counters.late_answers); }
  [[gnu::cold]] void handler_failed(const http::Message& message, std::string_view why);

  /// Called for each answered request from the `count`th on.
  void on_request_count(std::uint64_t count, std::function<void()> callback) {
    call_from_ = count;
    count_callback_ = std::move(callback);
  }
  /// Called when a handler has passed its deadline.
  void on_deadline_passed(std::function<void()> callback) { deadline_callback_ = std::move(callback); }

  /// Call each second: writes out the access log, and what was withheld from the error log.
  void flush();
  void reopen();

 private:
  /// Where a request counts that is answered.
  [[nodiscard]] std::size_t row_of(const http::Message& message) const;
  void write_access_line(const http::Message& message, const http::Answer& answer, base::Monotonic now);
  [[gnu::cold]] void tell_withheld();

  os::Slot& slot_;
  os::RouteCounts& counts_;
  const base::DurationBounds duration_bounds_;
  std::vector<std::uint16_t> rows_;
  const std::vector<Route>& routes_;
  std::optional<AccessLog> access_log_;
  std::uint32_t rejects_logged_ = 0;  ///< lines about refused peers in this second
  std::int64_t rejects_second_ = 0;
  std::array<std::uint32_t, base::kRejects.size()> withheld_{};  ///< refusals without a line, by reason
  std::uint32_t all_withheld_ = 0;
  std::uint64_t call_from_ = std::numeric_limits<std::uint64_t>::max();
  std::function<void()> count_callback_;
  std::function<void()> deadline_callback_;
};

}  // namespace orrery::worker
