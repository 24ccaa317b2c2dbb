#include "admin/carrying.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include "base/duration_bounds.hpp"
#include "base/reject.hpp"
#include "base/whole_number.hpp"

namespace orrery::admin {

namespace {

constexpr char kBetween = '\x1f';  // of the parts of a name
constexpr std::string_view kRequests = "orrery_route_requests_total\x1f";
constexpr std::string_view kDurations = "orrery_route_request_duration_nanoseconds_bucket\x1f";
constexpr std::string_view kDurationSums = "orrery_route_request_duration_nanoseconds\x1f";

template <class... Parts>
std::string name_of(std::string_view beginning, const Parts&... parts) {
  std::string name{beginning};
  bool between = !beginning.ends_with(kBetween);
  const auto add = [&](const auto& part) {
    if (std::exchange(between, true)) name += kBetween;
    fmt::format_to(std::back_inserter(name), "{}", part);
  };
  (add(parts), ...);
  return name;
}

void carry(os::Totals& totals, os::Ledger& ledger) {
  const auto carry_one = [&ledger](std::string_view name, std::uint64_t& number) {
    number = ledger.enter(name, number);
  };
  carry_one("orrery_connections_accepted_total", totals.connections);
  carry_one("orrery_worker_wakeups_in_vain_total", totals.lost_races);
  carry_one("orrery_requests_total", totals.requests);
  carry_one("orrery_request_duration_nanoseconds", totals.duration_ns);
  carry_one("orrery_handler_errors_total", totals.handler_errors);
  carry_one("orrery_late_answers_total", totals.late_answers);
  carry_one("orrery_access_log_lines_dropped_total", totals.access_lines_dropped);
  carry_one("orrery_request_bodies_spooled_total", totals.bodies_spooled);
  carry_one("orrery_received_bytes_total", totals.bytes_in);
  carry_one("orrery_sent_bytes_total", totals.bytes_out);
  carry_one("orrery_request_queue_nanoseconds", totals.queue_ns);
  carry_one("orrery_connections_taken_over_total", totals.taken_over);
  for (std::size_t i = 0; i < totals.closed.size(); ++i)
    carry_one(name_of("orrery_connections_closed_total", os::kClosings[i]), totals.closed[i]);
  for (std::size_t i = 0; i < totals.responses.size(); ++i)
    carry_one(name_of("orrery_responses_total", i), totals.responses[i]);
  for (std::size_t i = 0; i < base::kRejects.size(); ++i)
    carry_one(name_of("orrery_refusals_total", base::kRejects[i].name), totals.rejects[i]);
  for (std::size_t i = 0; i < totals.handshakes.size(); ++i)
    carry_one(name_of("orrery_tls_handshakes_total", i), totals.handshakes[i]);
  // By the bit that is the highest of the duration in nanoseconds.
  for (std::size_t i = 0; i < totals.latency.size(); ++i)
    carry_one(name_of("orrery_request_duration_seconds_bucket", i), totals.latency[i]);
  for (std::size_t i = 0; i < totals.queue.size(); ++i)
    carry_one(name_of("orrery_request_queue_seconds_bucket", i), totals.queue[i]);
}

void carry(os::ServiceFacts& facts, os::Ledger& ledger) {
  const auto carry_one = [&ledger](std::string_view name, std::uint64_t& number) {
    number = ledger.enter(name, number);
  };
  carry_one(name_of("orrery_reloads_total", "done"), facts.reloads_done);
  carry_one(name_of("orrery_reloads_total", "refused"), facts.reloads_refused);
  carry_one(name_of("orrery_reloads_total", "given_up"), facts.reloads_given_up);
  carry_one(name_of("orrery_canaries_total", "promoted"), facts.canary.promoted);
  carry_one(name_of("orrery_canaries_total", "rolled_back"), facts.canary.rolled_back);
  carry_one("orrery_worker_starts_total", facts.forked);
  for (std::size_t i = 0; i < facts.ended.size(); ++i)
    carry_one(name_of("orrery_worker_ends_total", os::word_for(static_cast<os::Ending>(i))), facts.ended[i]);
}

/// Takes what stands before the next kBetween off the text; nothing when there is none.
std::string_view take_part(std::string_view& text) {
  const std::size_t end = std::min(text.find(kBetween), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

/// What a bucket is called in the ledger, for masters with other bounds: the bound in nanoseconds, 0 = it has none.
std::int64_t name_of_bucket(const base::DurationBounds& bounds, std::size_t bucket) {
  return bucket < bounds.count() ? bounds.bound(bucket).count() : 0;
}

/// The bucket of that name where these bounds have it; else the one that all of it is in, as far as they can tell.
std::size_t bucket_of(const base::DurationBounds& bounds, std::int64_t name) {
  return name > 0 ? bounds.bucket(base::Nanoseconds{name}) : bounds.count();
}

void enter(View& view, os::Ledger& ledger) {
  for (auto& [pattern, route] : view.routes) {
    for (auto& [kind, count] : route.answers)
      count = ledger.enter(name_of(kRequests, pattern, kind.first, kind.second), count);
    for (std::size_t i = 0; i < route.durations.size(); ++i)
      if (route.durations[i] > 0)
        route.durations[i] =
            ledger.enter(name_of(kDurations, pattern, name_of_bucket(view.duration_bounds, i)), route.durations[i]);
    route.duration_ns = ledger.enter(name_of(kDurationSums, pattern), route.duration_ns);
  }
}

/// The durations of other masters: in the buckets that this one has too, and then those of other bounds.
void add_durations_of_others(View& view, const os::Ledger& ledger) {
  const base::DurationBounds& bounds = view.duration_bounds;
  const auto each = [&](const auto& tell) {
    ledger.each(kDurations, [&](std::string_view rest, std::uint64_t all) {
      const std::string pattern{take_part(rest)};
      const auto name = base::whole_number<std::int64_t>(rest);
      if (!name || *name < 0 || all == 0) return;
      const std::size_t bucket = bucket_of(bounds, *name);
      tell(view.routes[pattern].durations[bucket], all, name_of_bucket(bounds, bucket) == *name);
    });
  };
  each([](std::uint64_t& number, std::uint64_t all, bool same) {
    if (same) number = std::max(number, all);
  });
  each([](std::uint64_t& number, std::uint64_t all, bool same) {
    if (!same) number += all;
  });
}

/// A route that this master has not answered by yet, or does not have, goes on in the counts.
void add_routes_of_others(View& view, const os::Ledger& ledger) {
  const auto raise = [](std::uint64_t& number, std::uint64_t all) { number = std::max(number, all); };
  ledger.each(kRequests, [&](std::string_view rest, std::uint64_t all) {
    const std::string pattern{take_part(rest)};
    const std::string method{take_part(rest)};
    const auto status = base::whole_number<int>(rest);
    if (status && all > 0) raise(view.routes[pattern].answers[{method, *status}], all);
  });
  add_durations_of_others(view, ledger);
  ledger.each(kDurationSums, [&](std::string_view rest, std::uint64_t all) {
    if (all > 0) raise(view.routes[std::string{rest}].duration_ns, all);
  });
}

}  // namespace

void carry(View& view, os::Ledger& ledger) {
  carry(view.totals, ledger);
  carry(view.facts, ledger);
  enter(view, ledger);
  add_routes_of_others(view, ledger);
}

}  // namespace orrery::admin
