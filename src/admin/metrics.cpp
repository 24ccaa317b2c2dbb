#include "admin/metrics.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "admin/exposition.hpp"
#include "base/clock.hpp"
#include "base/lower_case.hpp"
#include "base/reject.hpp"
#include "base/whole_number.hpp"
#include "metrics/family.hpp"

namespace orrery::admin {

namespace {

double seconds_of(std::int64_t nanoseconds) { return base::seconds(base::Nanoseconds{nanoseconds}); }

void write_application(const Families& families, const View& view, os::Ledger* ledger, Exposition& out) {
  std::vector<pid_t> alive;
  for (const WorkerView& worker : view.workers) alive.push_back(worker.pid);
  for (const auto& family : families) {
    switch (family->kind()) {
      case metrics::Kind::kCounter: out.counter(family->name(), family->help()); break;
      case metrics::Kind::kGauge: out.gauge(family->name(), family->help()); break;
      case metrics::Kind::kHistogram: out.histogram(family->name(), family->help()); break;
    }
    for (const metrics::Sample& sample : family->samples(alive, ledger)) {
      std::string labels;
      for (const auto& [name, value] : sample.labels)
        labels += fmt::format("{}{}=\"{}\"", labels.empty() ? "" : ",", name, escaped_label(value));
      out.sample(sample.value, labels, sample.suffix);
    }
  }
}

void write_service(const os::ServiceFacts& facts, base::Nanoseconds master_silence, Exposition& out) {
  out.gauge("orrery_build_info", "What runs; always 1.");
  out.sample(1, fmt::format("program=\"{}\",build_id=\"{}\"", escaped_label(facts.program.view()),
                            escaped_label(facts.build_id.view())));
  out.gauge("orrery_start_time_seconds", "When this master started, in Unix time.");
  out.sample(seconds_of(facts.started_ns));
  out.gauge("orrery_ready", "Whether /readyz says that the service is ready.");
  out.sample(os::why_not_ready(facts).empty() ? 1 : 0);
  out.gauge("orrery_drained", "Whether an order drained the service.");
  out.sample(facts.drained ? 1 : 0);
  out.gauge("orrery_upgrading", "Whether another master is starting, or serves beside this one.");
  out.sample(facts.upgrading ? 1 : 0);
  out.gauge("orrery_listeners", "Addresses the service listens at.");
  out.sample(facts.listener_count);
  out.gauge("orrery_master_silence_seconds", "Time since the master went round last.");
  out.sample(base::seconds(master_silence));
  out.gauge("orrery_crash_loop", "Whether workers die as soon as they are replaced.");
  out.sample(facts.crash_loop ? 1 : 0);
  out.gauge("orrery_generation", "Number of the configuration that is wanted; 1 at start.");
  out.sample(facts.generation);
  out.counter("orrery_reloads_total", "Reloads by what became of them.");
  out.sample(facts.reloads_done, "outcome", "done", "");
  out.sample(facts.reloads_refused, "outcome", "refused", "");
  out.sample(facts.reloads_given_up, "outcome", "given_up", "");
  out.counter("orrery_canaries_total", "Canaries of reloads and upgrades by what became of them.");
  out.sample(facts.canary.promoted, "outcome", "promoted", "");
  out.sample(facts.canary.rolled_back, "outcome", "rolled_back", "");
  out.gauge("orrery_canary_on_trial", "Whether the first worker of a new generation or of a new master is on trial.");
  out.sample(facts.canary.number != 0 ? 1 : 0);
  if (facts.certificates_end != 0) {
    out.gauge("orrery_tls_certificate_end_timestamp_seconds",
              "When the first of the certificates that are shown to clients ends, in Unix time.");
    out.sample(facts.certificates_end);
  }
  using Outcome = os::ServiceFacts::Outcome;
  const bool failed = facts.reload.outcome == Outcome::kRefused || facts.reload.outcome == Outcome::kGivenUp;
  out.gauge("orrery_config_last_reload_successful", "Whether the last reload, if there was one, did not fail.");
  out.sample(failed ? 0 : 1);
  out.gauge("orrery_config_last_reload_success_timestamp_seconds",
            "When the configuration that runs was taken in, in Unix time.");
  out.sample(seconds_of(facts.last_good_reload_ns != 0 ? facts.last_good_reload_ns : facts.started_ns));
}

void write_workers(const View& view, Exposition& out) {
  out.gauge("orrery_workers_wanted", "Worker processes that shall run.");
  out.sample(view.facts.target);
  out.gauge("orrery_workers", "Worker processes by state.");
  struct Row {
    os::WorkerState state;
    const char* word;
  };
  for (const Row row : {Row{os::WorkerState::kBooting, "booting"}, Row{os::WorkerState::kReady, "ready"},
                        Row{os::WorkerState::kDraining, "draining"}}) {
    const auto count = std::ranges::count(view.workers, row.state, &WorkerView::state);
    out.sample(count, "state", row.word, "");
  }
  out.gauge("orrery_workers_min_ready", "Workers that must be ready for the service to be ready.");
  out.sample(view.facts.least_ready);
  out.gauge("orrery_worker_silence_max_seconds", "Longest time since a worker's loop beat last.");
  base::Nanoseconds silence{0}, age{0};
  for (const WorkerView& worker : view.workers) {
    silence = std::max(silence, worker.silence);
    age = std::max(age, worker.age);
  }
  out.sample(base::seconds(silence));
  out.gauge("orrery_worker_age_max_seconds", "Age of the eldest worker.");
  out.sample(base::seconds(age));
  out.counter("orrery_worker_starts_total", "Worker processes that were started.");
  out.sample(view.facts.forked);
  out.counter("orrery_worker_ends_total", "Worker processes that ended, by cause.");
  for (std::size_t i = 0; i < view.facts.ended.size(); ++i)
    out.sample(view.facts.ended[i], "cause", os::word_for(static_cast<os::Ending>(i)), "");
}

/// One series for each worker that lives, by its number; what the kernel did not tell is left out.
template <class ValueOf>
void write_costs(const View& view, ValueOf value_of, Exposition& out) {
  for (const WorkerView& worker : view.workers)
    if (const auto value = value_of(worker.cost)) out.sample(*value, "worker", std::to_string(worker.number), "");
}

/// Of "http://127.0.0.1:8000" what the kernel calls it; null for a unix socket.
const os::ListenQueue* queue_of(std::string_view url, const View& view) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return nullptr;
  url.remove_prefix(scheme + 3);
  const auto found = std::ranges::find_if(
      view.listen_queues, [url](const os::ListenQueue& queue) { return queue.address.to_string() == url; });
  return found == view.listen_queues.end() ? nullptr : &*found;
}

void write_listen_queues(const View& view, Exposition& out) {
  const auto write = [&](std::uint32_t os::ListenQueue::*number) {
    const std::size_t shown = std::min<std::size_t>(view.facts.listener_count, view.facts.listeners.size());
    for (std::size_t i = 0; i < shown; ++i) {
      const std::string_view url = view.facts.listeners[i].view();
      if (const auto* const queue = queue_of(url, view)) out.sample(queue->*number, "listener", url, "");
    }
  };
  out.gauge("orrery_listen_queue", "Connections that wait to be accepted, by TCP address.");
  write(&os::ListenQueue::waiting);
  out.gauge("orrery_listen_queue_limit", "Connections that may wait there; further ones are lost or sent away.");
  write(&os::ListenQueue::limit);
}

void write_costs(const View& view, Exposition& out) {
  out.gauge("orrery_worker_cpu_seconds", "Time of CPU that a worker has used.");
  write_costs(
      view,
      [](const Cost& cost) { return cost.cpu ? std::optional{base::seconds(*cost.cpu)} : std::optional<double>{}; },
      out);
  out.gauge("orrery_worker_private_memory_bytes", "Memory of a worker that it shares with no other process.");
  write_costs(
      view, [](const Cost& cost) { return cost.private_bytes; }, out);
  out.gauge("orrery_worker_open_files", "Descriptors that a worker has open.");
  write_costs(
      view, [](const Cost& cost) { return cost.open_files; }, out);
  out.gauge("orrery_worker_loop_lag_seconds", "By how much the last beat of a worker's loop was late.");
  for (const WorkerView& worker : view.workers)
    out.sample(base::seconds(worker.lag), "worker", std::to_string(worker.number), "");
  out.gauge("orrery_worker_open_files_limit", "Descriptors that a worker may have open.");
  if (view.open_files_limit) out.sample(*view.open_files_limit);
}

std::string bound_text(base::Nanoseconds bound) { return fmt::format("{:.9g}", base::seconds(bound)); }

using Buckets = std::array<std::uint64_t, os::kLatencyBuckets>;

/// Of the histogram begun last. Each bucket of the scoreboard is twice as long as the one before.
void write_buckets(const Buckets& buckets, std::uint64_t sum_ns, Exposition& out) {
  // 131 us to 69 s: what is shorter or longer is told together.
  constexpr std::size_t kFirst = 16, kLast = 35;
  std::uint64_t below = 0, all = 0;
  for (const std::uint64_t count : buckets) all += count;
  for (std::size_t i = 0; i <= kLast; ++i) {
    below += buckets[i];
    if (i < kFirst) continue;
    out.sample(below, "le", bound_text(base::Nanoseconds{std::int64_t{2} << i}), "_bucket");
  }
  out.sample(all, "le", "+Inf", "_bucket");
  out.sample(static_cast<double>(sum_ns) / 1e9, {}, "_sum");
  out.sample(all, {}, "_count");
}

void write_durations(const os::Totals& totals, Exposition& out) {
  out.histogram("orrery_request_duration_seconds", "Time from a request's first byte to the end of its response.");
  write_buckets(totals.latency, totals.duration_ns, out);
  out.histogram("orrery_request_queue_seconds",
                "Time from the moment in which a worker has a request whole to that in which its handler begins, with "
                "what its connection, when it is fresh, waited in the kernel.");
  write_buckets(totals.queue, totals.queue_ns, out);
}

void write_route_durations(const std::string& label, const RouteView& route, const base::DurationBounds& bounds,
                           Exposition& out) {
  std::uint64_t below = 0;
  for (std::size_t i = 0; i <= bounds.count(); ++i) {
    below += route.durations[i];
    const std::string bound = i < bounds.count() ? bound_text(bounds.bound(i)) : "+Inf";
    out.sample(below, fmt::format("{},le=\"{}\"", label, bound), "_bucket");
  }
  out.sample(static_cast<double>(route.duration_ns) / 1e9, label, "_sum");
  out.sample(below, label, "_count");
}

void write_routes(const View& view, Exposition& out) {
  const RouteViews& routes = view.routes;
  const auto label = [](std::string_view pattern) { return fmt::format("route=\"{}\"", escaped_label(pattern)); };
  out.counter("orrery_route_requests_total",
              "Requests by the pattern of their route, their method and the status of the response.");
  for (const auto& [pattern, route] : routes) {
    for (const auto& [kind, count] : route.answers) {
      const auto& [method, status] = kind;
      const std::string word = status == 0 ? "none" : fmt::format("{}", status);
      out.sample(count, fmt::format("{},method=\"{}\",status=\"{}\"", label(pattern), escaped_label(method), word));
    }
  }
  out.histogram("orrery_route_request_duration_seconds",
                "Time from a request's first byte to the end of its response, by the pattern of its route.");
  for (const auto& [pattern, route] : routes) write_route_durations(label(pattern), route, view.duration_bounds, out);
}

void write_requests(const View& view, Exposition& out) {
  const os::Totals& totals = view.totals;
  out.counter("orrery_requests_total", "Requests that were answered or given up.");
  out.sample(totals.requests);
  out.counter("orrery_responses_total", "Responses by class of their status; none: the client got no response.");
  constexpr std::array kClasses{"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
  for (std::size_t i = 0; i < kClasses.size(); ++i) out.sample(totals.responses[i], "class", kClasses[i], "");
  write_durations(totals, out);
  std::int64_t in_flight = 0;
  for (const WorkerView& worker : view.workers) in_flight += worker.in_flight;
  out.gauge("orrery_requests_in_flight", "Requests that have a handler.");
  out.sample(in_flight);
  out.gauge("orrery_request_age_max_seconds", "Age of the request that has had a handler for the longest time.");
  out.sample(base::seconds(view.eldest));
  out.counter("orrery_refusals_total", "Peers that were refused or cut off, by reason.");
  for (std::size_t i = 0; i < base::kRejects.size(); ++i)
    out.sample(totals.rejects[i], "reason", base::kRejects[i].name, "");
  out.counter("orrery_handler_errors_total", "Handlers that threw, or dropped their responder.");
  out.sample(totals.handler_errors);
  out.counter("orrery_late_answers_total", "Answers that came after request_deadline and were dropped.");
  out.sample(totals.late_answers);
  out.counter("orrery_access_log_lines_dropped_total", "Lines that the access log did not take.");
  out.sample(totals.access_lines_dropped);
  out.counter("orrery_request_bodies_spooled_total", "Request bodies that went into a file (client_body_buffer_size).");
  out.sample(totals.bodies_spooled);
}

/// The `q` of a media range; 1 when it has none that can be read.
double weight_of(std::string_view range) {
  const std::size_t at = range.find("q=");
  if (at == std::string_view::npos || at == 0 || (range[at - 1] != ';' && range[at - 1] != ' ')) return 1;
  const std::string_view number = range.substr(at + 2, range.find_first_of("; ", at + 2) - at - 2);
  return base::whole_number<double>(number).value_or(1);
}

bool speaks_version_one(std::string_view range) {
  const std::size_t at = range.find("version=");
  return at == std::string_view::npos || range.substr(at + 8).starts_with("1.0.");
}

void write_connection_states(const View& view, std::int64_t open, Exposition& out) {
  std::int64_t idle = 0, lingering = 0;
  for (const WorkerView& worker : view.workers) {
    idle += worker.idle;
    lingering += worker.lingering;
  }
  out.gauge("orrery_connections", "Connections by state, when each worker's loop beat last.");
  out.sample(std::max<std::int64_t>(open - idle - lingering, 0), "state", "busy", "");
  out.sample(idle, "state", "idle", "");
  out.sample(lingering, "state", "lingering", "");
}

void write_protocols(const View& view, Exposition& out) {
  std::int64_t secured = 0, http2 = 0, websockets = 0;
  for (const WorkerView& worker : view.workers) {
    secured += worker.secured;
    http2 += worker.http2;
    websockets += worker.websockets;
  }
  out.gauge("orrery_tls_connections_open", "Connections that are open and speak TLS.");
  out.sample(secured);
  out.gauge("orrery_http2_connections_open", "Connections that are open and speak HTTP/2.");
  out.sample(http2);
  out.gauge("orrery_websockets_open", "WebSockets that are open.");
  out.sample(websockets);
}

void write_pools(const View& view, Exposition& out) {
  const auto write = [&](std::uint64_t PoolView::*number) {
    for (const PoolView& pool : view.pools) out.sample(pool.*number, "pool", pool.name, "");
  };
  out.gauge("orrery_pool_threads", "Threads by pool; (handlers): those of worker class threads.");
  write(&PoolView::threads);
  out.gauge("orrery_pool_threads_busy", "Threads of a pool that run something.");
  write(&PoolView::busy);
  out.gauge("orrery_pool_queue", "What waits for a thread of a pool.");
  write(&PoolView::queued);
}

void write_connections(const View& view, Exposition& out) {
  std::int64_t open = 0;
  for (const WorkerView& worker : view.workers) open += worker.connections;
  out.counter("orrery_connections_accepted_total", "Connections that were accepted.");
  out.sample(view.totals.connections);
  out.counter("orrery_worker_wakeups_in_vain_total", "Wake-ups for a connection that a sibling had taken.");
  out.sample(view.totals.lost_races);
  out.gauge("orrery_connections_open", "Connections that are open.");
  out.sample(open);
  write_connection_states(view, open, out);
  write_protocols(view, out);
  out.counter("orrery_connections_closed_total", "Connections that ended in a worker, by reason.");
  for (std::size_t i = 0; i < os::kClosings.size(); ++i)
    out.sample(view.totals.closed[i], "reason", os::kClosings[i], "");
  out.counter("orrery_connections_taken_over_total", "Connections that came from another worker.");
  out.sample(view.totals.taken_over);
  out.counter("orrery_received_bytes_total", "Bytes that clients sent.");
  out.sample(view.totals.bytes_in);
  out.counter("orrery_sent_bytes_total", "Bytes that were sent to clients.");
  out.sample(view.totals.bytes_out);
  out.counter("orrery_tls_handshakes_total", "TLS handshakes that ended well; those that failed are refusals.");
  constexpr std::array kHandshakes{R"(version="1.2",resumed="no")", R"(version="1.2",resumed="yes")",
                                   R"(version="1.3",resumed="no")", R"(version="1.3",resumed="yes")"};
  for (std::size_t i = 0; i < kHandshakes.size(); ++i) out.sample(view.totals.handshakes[i], kHandshakes[i]);
}

}  // namespace

Exposure exposure_for(std::string_view accept) {
  double open = 0, plain = 0;
  while (!accept.empty()) {
    const std::size_t end = std::min(accept.find(','), accept.size());
    const std::string range = base::lower_case(accept.substr(0, end));
    accept.remove_prefix(std::min(end + 1, accept.size()));
    const double weight = weight_of(range);
    if (range.find("application/openmetrics-text") != std::string::npos && speaks_version_one(range))
      open = std::max(open, weight);
    if (range.find("text/plain") != std::string::npos) plain = std::max(plain, weight);
  }
  return open > 0 && open >= plain ? Exposure::kOpenMetrics : Exposure::kPrometheus;
}

std::string_view media_type_of(Exposure form) {
  return form == Exposure::kOpenMetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                        : "text/plain; version=0.0.4; charset=utf-8";
}

std::string metrics_text(const View& view, Exposure form, const Families& families, os::Ledger* ledger) {
  Exposition out{form};
  write_service(view.facts, view.master_silence, out);
  write_workers(view, out);
  write_costs(view, out);
  write_requests(view, out);
  write_routes(view, out);
  write_connections(view, out);
  write_pools(view, out);
  write_listen_queues(view, out);
  write_application(families, view, ledger, out);
  return out.take();
}

}  // namespace orrery::admin
