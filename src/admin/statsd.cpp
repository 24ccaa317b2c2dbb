#include "admin/statsd.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/core.h>
#include <map>
#include <utility>

#include "base/clock.hpp"
#include "base/joined.hpp"
#include "base/reject.hpp"
#include "os/route_counts.hpp"

namespace orrery::admin {

namespace {

/// gunicorn's: one dot behind it, whether it was written or not.
std::string with_dot(std::string prefix) {
  while (prefix.ends_with('.')) prefix.pop_back();
  return prefix.empty() ? prefix : prefix + ".";
}

/// How much a counter grew; never less than nothing.
std::uint64_t grown(std::uint64_t before, std::uint64_t now) { return now > before ? now - before : 0; }

class Lines {
 public:
  explicit Lines(const StatsdTarget& target)
      : prefix_(with_dot(target.prefix)), tags_(target.tags.empty() ? "" : "|#" + base::joined(target.tags, ",")) {}

  void count(std::string_view name, std::uint64_t by) {
    if (by > 0) add(fmt::format("{}{}:{}|c", prefix_, name, by));
  }
  void gauge(std::string_view name, std::int64_t value) { add(fmt::format("{}{}:{}|g", prefix_, name, value)); }
  /// So many times.
  void time(std::string_view name, double milliseconds, std::uint64_t times) {
    if (times == 0) return;
    const std::string rate = times == 1 ? "" : fmt::format("|@{:.9f}", 1 / static_cast<double>(times));
    add(fmt::format("{}{}:{:.6g}|ms{}", prefix_, name, milliseconds, rate));
  }
  [[nodiscard]] std::vector<std::string> take() { return std::move(lines_); }

 private:
  void add(std::string line) { lines_.push_back(std::move(line) + tags_); }

  std::string prefix_, tags_;
  std::vector<std::string> lines_;
};

/// By exact status, of all routes together.
std::map<int, std::uint64_t> statuses(const RouteViews& routes) {
  std::map<int, std::uint64_t> counts;
  for (const auto& [pattern, route] : routes)
    for (const auto& [kind, count] : route.answers) counts[kind.second] += count;
  return counts;
}

/// In the middle of the bucket's two bounds.
double typical_milliseconds(std::size_t bucket) { return 1.5 * static_cast<double>(std::uint64_t{1} << bucket) / 1e6; }

void put_requests(const View& before, const View& now, Lines& lines) {
  lines.count("gunicorn.requests", grown(before.totals.requests, now.totals.requests));
  const auto old = statuses(before.routes);
  for (const auto& [status, count] : statuses(now.routes)) {
    const auto found = old.find(status);
    if (status != 0)
      lines.count(fmt::format("gunicorn.request.status.{}", status),
                  grown(found == old.end() ? 0 : found->second, count));
  }
  for (std::size_t i = 0; i < now.totals.latency.size(); ++i)
    lines.time("gunicorn.request.duration", typical_milliseconds(i),
               grown(before.totals.latency[i], now.totals.latency[i]));
  lines.count("gunicorn.log.exception", grown(before.totals.handler_errors, now.totals.handler_errors));
}

void put_own(const View& before, const View& now, Lines& lines) {
  std::int64_t open = 0, in_flight = 0;
  for (const WorkerView& worker : now.workers) {
    open += worker.connections;
    in_flight += worker.in_flight;
  }
  lines.gauge("orrery.connections", open);
  lines.gauge("orrery.requests_in_flight", in_flight);
  lines.count("orrery.connections_accepted", grown(before.totals.connections, now.totals.connections));
  lines.count("orrery.late_answers", grown(before.totals.late_answers, now.totals.late_answers));
  lines.count("orrery.worker_starts", grown(before.facts.forked, now.facts.forked));
  for (std::size_t i = 0; i < base::kRejects.size(); ++i)
    lines.count(fmt::format("orrery.refusals.{}", base::kRejects[i].name),
                grown(before.totals.rejects[i], now.totals.rejects[i]));
}

}  // namespace

std::vector<std::string> statsd_lines(const View& before, const View& now, const StatsdTarget& target) {
  Lines lines{target};
  lines.gauge("gunicorn.workers", static_cast<std::int64_t>(now.workers.size()));
  put_requests(before, now, lines);
  put_own(before, now, lines);
  return lines.take();
}

std::vector<std::string> statsd_datagrams(const std::vector<std::string>& lines, std::size_t most) {
  std::vector<std::string> datagrams;
  for (const std::string& line : lines) {
    if (!datagrams.empty() && datagrams.back().size() + 1 + line.size() <= most)
      datagrams.back().append("\n").append(line);
    else
      datagrams.push_back(line);
  }
  return datagrams;
}

}  // namespace orrery::admin
