#include "ctl/frame.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/core.h>
#include <functional>
#include <limits>
#include <utility>

#include "ctl/phrases.hpp"

namespace orrery::ctl {

namespace {

/// What happened to one worker between two looks, a second.
struct Rates {
  std::optional<double> requests, errors;
  std::optional<double> cpu;  ///< share of one processor
};

double seconds_between(const Sample& before, const Sample& now) {
  return std::chrono::duration<double>(now.at - before.at).count();
}

Rates rates_of(const Worker& worker, const Sample& before, const Sample& now) {
  const double span = seconds_between(before, now);
  const auto old = std::ranges::find(before.workers, worker.pid, &Worker::pid);
  if (span <= 0 || old == before.workers.end()) return {};
  Rates rates;
  rates.requests = static_cast<double>(worker.requests - old->requests) / span;
  rates.errors = static_cast<double>(worker.errors - old->errors) / span;
  if (worker.cpu && old->cpu) rates.cpu = (*worker.cpu - *old->cpu) / span;
  return rates;
}

std::string rate_text(std::optional<double> rate) { return rate ? short_count(*rate) : std::string{"-"}; }

/// How much a counter grew a second; nothing when it is not known.
std::optional<double> growth(const Sample& before, const Sample& now, std::string_view name,
                             std::string_view label = {}, std::string_view value = {}) {
  const double span = seconds_between(before, now);
  const auto of = [&](const Sample& sample) {
    return label.empty() ? sample.metrics.sum(name) : sample.metrics.sum(name, label, value);
  };
  const auto old = of(before), fresh = of(now);
  if (!old || !fresh || span <= 0) return std::nullopt;
  return std::max(0.0, (*fresh - *old) / span);
}

/// What happened by one route between two looks, a second.
struct RouteRow {
  std::string route;
  std::optional<double> requests, errors;
  std::optional<double> median, p99;  ///< seconds that so many took at most
};

double count_of(const Exposition& metrics, bool errors) {
  constexpr std::string_view kFamily = "orrery_route_requests_total";
  if (!errors) return metrics.sum(kFamily).value_or(0);
  double all = 0;
  for (const auto& [status, part] : metrics.split("status"))
    if (status.starts_with('5')) all += part.sum(kFamily).value_or(0);
  return all;
}

std::vector<RouteRow> route_rows(const Sample& before, const Sample& now) {
  constexpr std::string_view kDurations = "orrery_route_request_duration_seconds";
  const double span = seconds_between(before, now);
  const auto old = before.metrics.split("route");
  std::vector<RouteRow> rows;
  for (const auto& [route, metrics] : now.metrics.split("route")) {
    const auto found = old.find(route);
    const Exposition& was = found == old.end() ? Exposition{} : found->second;
    RouteRow row{route, {}, {}, {}, {}};
    if (span > 0) {
      row.requests = std::max(0.0, count_of(metrics, false) - count_of(was, false)) / span;
      row.errors = std::max(0.0, count_of(metrics, true) - count_of(was, true)) / span;
    }
    row.median = quantile_between(was.buckets(kDurations), metrics.buckets(kDurations), 0.5);
    row.p99 = quantile_between(was.buckets(kDurations), metrics.buckets(kDurations), 0.99);
    rows.push_back(std::move(row));
  }
  return rows;
}

class Painter {
 public:
  Painter(const Sample& before, const Sample& now, const Controls& controls, Size size)
      : before_(before), now_(now), controls_(controls), size_(size) {}

  std::vector<Line> paint() {
    add_head();
    add_rates();
    add_latency();
    add_traffic();
    add_workers();
    if (controls_.stack) {
      add_stack();
    } else if (controls_.routes) {
      add_routes();
    } else {
      add_requests();
    }
    // The last row is for the keys, or for what is asked.
    lines_.resize(size_.rows > 0 ? size_.rows - 1 : 0);
    if (size_.rows > 0) add_foot();
    return std::move(lines_);
  }

 private:
  /// Cuts at the edge of the terminal.
  void add(Line line) {
    std::size_t left = size_.columns;
    for (Span& span : line) {
      span.text = cut(printable(span.text), left);
      left -= columns_of(span.text);
    }
    lines_.push_back(std::move(line));
  }
  void add(std::string text, Paint paint = Paint::kPlain) { add({{std::move(text), paint}}); }
  [[nodiscard]] std::size_t rows_left() const {
    const std::size_t used = lines_.size() + 1;
    return size_.rows > used ? size_.rows - used : 0;
  }

  void add_head() {
    if (!now_.trouble.empty()) return add(now_.trouble, Paint::kBad);
    const Status& status = now_.status;
    std::string state = status.state;
    std::ranges::replace(state, '_', ' ');
    Line line{{status.program + "  ", Paint::kBold},
              {state, status.ready ? Paint::kGood : Paint::kBad},
              {status.ready ? ", ready" : ", not ready: " + status.reason}};
    if (status.crash_loop) line.push_back({", crash loop", Paint::kBad});
    std::string rest =
        fmt::format("  workers {}/{}  generation {}", status.ready_workers, status.wanted, status.generation);
    if (status.started) rest += "  up " + duration(now_.unix_time - *status.started);
    line.push_back({rest});
    add(std::move(line));
  }

  void add_rates() {
    std::string text = fmt::format("requests  {}/s", rate_text(growth(before_, now_, "orrery_requests_total")));
    for (const char* kind : {"2xx", "3xx", "4xx", "5xx", "none"}) {
      const auto rate = growth(before_, now_, "orrery_responses_total", "class", kind);
      if (rate && *rate > 0) text += fmt::format("  {} {}/s", kind, short_count(*rate));
    }
    if (const auto busy = now_.metrics.sum("orrery_requests_in_flight"))
      text += fmt::format("  in flight {:.0f}", *busy);
    Line line{{text}};
    const auto failed = growth(before_, now_, "orrery_handler_errors_total");
    if (failed && *failed > 0)
      line.push_back({fmt::format("  handlers failed {}/s", short_count(*failed)), Paint::kBad});
    const auto refused = growth(before_, now_, "orrery_refusals_total");
    if (refused && *refused > 0) line.push_back({fmt::format("  refused {}/s", short_count(*refused))});
    add(std::move(line));
  }

  void add_latency() {
    constexpr std::string_view kFamily = "orrery_request_duration_seconds";
    const auto old = before_.metrics.buckets(kFamily), fresh = now_.metrics.buckets(kFamily);
    std::string text = "latency ";
    for (const auto& [word, share] : {std::pair{"p50", 0.5}, std::pair{"p90", 0.9}, std::pair{"p99", 0.99}}) {
      const auto bound = quantile_between(old, fresh, share);
      text += fmt::format("  {} {}", word, bound ? latency_text(*bound) : std::string{"-"});
    }
    if (const auto queue = now_.metrics.sum("orrery_listen_queue")) text += fmt::format("  queue {:.0f}", *queue);
    add(std::move(text));
  }

  static std::string latency_text(double bound) {
    if (bound == std::numeric_limits<double>::infinity()) return "> 60 s";
    return bound < 1 ? fmt::format("<= {:.3g} ms", bound * 1000) : fmt::format("<= {:.3g} s", bound);
  }

  void add_traffic() {
    const auto bytes = [&](std::string_view name) {
      const auto rate = growth(before_, now_, name);
      return rate ? size(static_cast<std::int64_t>(*rate)) : std::string{"-"};
    };
    std::string text = "traffic   ";
    if (const auto open = now_.metrics.sum("orrery_connections_open")) text += fmt::format("{:.0f} open  ", *open);
    text += fmt::format("{} connections/s  in {}/s  out {}/s",
                        rate_text(growth(before_, now_, "orrery_connections_accepted_total")),
                        bytes("orrery_received_bytes_total"), bytes("orrery_sent_bytes_total"));
    add(std::move(text));
  }

  struct Column {
    const char* title;
    std::size_t width;
    int rank;  ///< the highest is left out first
    std::string (*text)(const Worker& worker, const Rates& rates);
  };
  static const std::vector<Column>& columns() {
    static const std::vector<Column> table{
        {"WORKER", 6, 0, [](const Worker& w, const Rates&) { return fmt::format("{}", w.number); }},
        {"PID", 8, 4, [](const Worker& w, const Rates&) { return fmt::format("{}", w.pid); }},
        {"STATE", 9, 0, [](const Worker& w, const Rates&) { return w.state; }},
        {"GEN", 4, 8, [](const Worker& w, const Rates&) { return fmt::format("{}", w.generation); }},
        {"REQ/S", 7, 1, [](const Worker&, const Rates& r) { return rate_text(r.requests); }},
        {"ERR/S", 6, 3, [](const Worker&, const Rates& r) { return rate_text(r.errors); }},
        {"BUSY", 5, 2, [](const Worker& w, const Rates&) { return fmt::format("{}", w.in_flight); }},
        {"CONNS", 6, 5, [](const Worker& w, const Rates&) { return fmt::format("{}", w.connections); }},
        {"CPU", 5, 2,
         [](const Worker&, const Rates& r) { return r.cpu ? fmt::format("{:.0f}%", *r.cpu * 100) : std::string{"-"}; }},
        {"PRIVATE", 10, 4, [](const Worker& w, const Rates&) { return size(w.private_bytes); }},
        {"SILENT", 7, 6, [](const Worker& w, const Rates&) { return duration(w.silence); }},
        {"AGE", 11, 7, [](const Worker& w, const Rates&) { return duration(w.age); }},
    };
    return table;
  }

  /// Those that the terminal has room for.
  [[nodiscard]] std::vector<const Column*> shown_columns() const {
    for (int most = 9; most >= 0; --most) {
      std::vector<const Column*> shown;
      std::size_t width = 0;
      for (const Column& column : columns()) {
        if (column.rank > most) continue;
        shown.push_back(&column);
        width += column.width + 1;
      }
      if (width <= size_.columns + 1 || most == 0) return shown;
    }
    return {};
  }

  void add_workers() {
    const auto shown = shown_columns();
    std::string titles;
    for (const Column* column : shown)
      titles += fmt::format("{}{:>{}}", titles.empty() ? "" : " ", column->title, column->width);
    add({{titles, Paint::kBold, true}});
    const auto workers = sorted_workers(before_, now_, controls_.sort);
    // A third of the terminal at least is left for what is below.
    const std::size_t room = std::max<std::size_t>(rows_left() * 2 / 3, 1);
    std::int64_t selected = controls_.selected;
    if (std::ranges::find(workers, selected, &Worker::number) == workers.end())
      selected = workers.empty() ? 0 : workers.front().number;
    const auto chosen = std::ranges::find(workers, selected, &Worker::number) - workers.begin();
    const std::size_t first = static_cast<std::size_t>(chosen) < room ? 0 : static_cast<std::size_t>(chosen) + 1 - room;
    for (std::size_t i = first; i < workers.size() && i < first + room; ++i) {
      const Worker& worker = workers[i];
      const Rates rates = rates_of(worker, before_, now_);
      std::string row;
      for (const Column* column : shown)
        row += fmt::format("{}{:>{}}", row.empty() ? "" : " ", column->text(worker, rates), column->width);
      const bool fine = worker.state == "ready";
      add({{row, fine ? Paint::kPlain : Paint::kBad, worker.number == selected}});
    }
    if (workers.size() > room) add(fmt::format("… {} workers in all", workers.size()), Paint::kDim);
  }

  void add_requests() {
    if (rows_left() < 2) return;
    std::vector<LiveRequest> requests = now_.requests.requests;
    std::ranges::stable_sort(
        requests, [](const LiveRequest& a, const LiveRequest& b) { return a.age.value_or(0) > b.age.value_or(0); });
    add({{fmt::format("{:>9} {:>6} {:<8} {:<15} {}", "AGE", "WORKER", "PHASE", "CLIENT", "REQUEST"), Paint::kBold,
          true}});
    for (const LiveRequest& request : requests) {
      if (rows_left() == 0) return;
      add(fmt::format("{:>9} {:>6} {:<8} {:<15} {} {}", duration(request.age), request.worker, request.phase,
                      request.client, request.method, request.target));
    }
    if (requests.empty() && rows_left() > 0) add("no request is handled now", Paint::kDim);
  }

  /// Those that are asked for most first; of a second without requests, in the order of their names.
  void add_routes() {
    if (rows_left() < 2) return;
    add({{fmt::format("{:>7} {:>6} {:>12} {:>12} {}", "REQ/S", "ERR/S", "P50", "P99", "ROUTE"), Paint::kBold, true}});
    std::vector<RouteRow> rows = route_rows(before_, now_);
    std::ranges::stable_sort(rows, std::greater{}, [](const RouteRow& row) { return row.requests.value_or(0); });
    for (const RouteRow& row : rows) {
      if (rows_left() == 0) return;
      const auto latency = [](std::optional<double> bound) { return bound ? latency_text(*bound) : std::string{"-"}; };
      add({{fmt::format("{:>7} {:>6} {:>12} {:>12} {}", rate_text(row.requests), rate_text(row.errors),
                        latency(row.median), latency(row.p99), row.route),
            row.errors.value_or(0) > 0 ? Paint::kBad : Paint::kPlain}});
    }
    if (rows.empty() && rows_left() > 0) add("no route was asked for yet", Paint::kDim);
  }

  void add_stack() {
    add({{fmt::format("stack of worker {} (pid {}); any key goes back", controls_.stack->worker, controls_.stack->pid),
          Paint::kBold, true}});
    for (const ThreadStack& thread : controls_.stack->threads) {
      if (rows_left() == 0) return;
      add(fmt::format("thread {}", thread.thread), Paint::kBold);
      for (const std::string& frame : thread.frames)
        if (rows_left() > 0) add("  " + frame);
    }
  }

  void add_foot() {
    if (controls_.restarting != 0)
      return add(fmt::format("restart worker {}? y restarts it, any other key does not", controls_.restarting),
                 Paint::kBad);
    if (!controls_.notice.empty()) return add(controls_.notice, Paint::kBold);
    add(fmt::format("q quit  s sort: {}  up/down choose  t stack  r restart  o {}", word_for(controls_.sort),
                    controls_.routes ? "requests" : "routes"),
        Paint::kDim);
  }

  const Sample& before_;
  const Sample& now_;
  const Controls& controls_;
  Size size_;
  std::vector<Line> lines_;
};

}  // namespace

std::string_view word_for(SortBy sort) {
  switch (sort) {
    case SortBy::kWorker: return "worker";
    case SortBy::kRate: return "requests";
    case SortBy::kConnections: return "connections";
    case SortBy::kErrors: return "errors";
    case SortBy::kCpu: return "cpu";
    case SortBy::kMemory: return "memory";
  }
  return "worker";
}

std::vector<Worker> sorted_workers(const Sample& before, const Sample& now, SortBy sort) {
  std::vector<Worker> workers = now.workers;
  std::ranges::stable_sort(workers, {}, &Worker::number);
  const auto key = [&](const Worker& worker) -> double {
    switch (sort) {
      case SortBy::kWorker: return 0;
      case SortBy::kRate: return rates_of(worker, before, now).requests.value_or(0);
      case SortBy::kConnections: return static_cast<double>(worker.connections);
      case SortBy::kErrors: return rates_of(worker, before, now).errors.value_or(0);
      case SortBy::kCpu: return rates_of(worker, before, now).cpu.value_or(0);
      case SortBy::kMemory: return static_cast<double>(worker.private_bytes.value_or(0));
    }
    return 0;
  };
  std::ranges::stable_sort(workers, [&](const Worker& a, const Worker& b) { return key(a) > key(b); });
  return workers;
}

std::vector<Line> make_frame(const Sample& before, const Sample& now, const Controls& controls, Size size) {
  return Painter{before, now, controls, size}.paint();
}

}  // namespace orrery::ctl
