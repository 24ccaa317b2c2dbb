#include "admin/metrics.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "orrery/metrics.hpp"

namespace orrery::admin {

namespace {

View example() {
  View view;
  view.facts.state = os::ServiceFacts::State::kServing;
  view.facts.program = os::CutText<120>{"orrery 0.1.0"};
  view.facts.build_id = os::CutText<64>{"a\"b\\c"};
  view.facts.started_ns = 1'700'000'000'500'000'000;
  view.facts.target = 2;
  view.facts.ready = 2;
  view.facts.generation = 3;
  view.facts.forked = 5;
  view.facts.ended[static_cast<std::size_t>(os::Ending::kCrashed)] = 2;
  view.facts.reloads_done = 2;
  view.facts.canary = {5, 2, 3, 4};
  view.totals.requests = 10;
  view.totals.responses[2] = 9;
  view.totals.duration_ns = 2'500'000'000;
  view.totals.latency[3] = 4;   // far below the first bound
  view.totals.latency[20] = 5;  // about a millisecond
  view.totals.latency[39] = 1;  // far above the last
  view.totals.queue[20] = 3;
  view.totals.queue_ns = 4'500'000;
  view.totals.closed[static_cast<std::size_t>(os::Closing::kTimedOut)] = 6;
  view.totals.taken_over = 2;
  view.pools = {{"(handlers)", 8, 7, 5}, {"disk \"one\"", 2, 0, 0}};
  view.totals.rejects[0] = 7;
  view.workers = {{101, os::WorkerState::kReady, 3, 4, 1, 6, {}}, {102, os::WorkerState::kDraining, 2, 1, 0, 4, {}}};
  view.workers[0].number = 1;
  view.workers[0].idle = 2;
  view.workers[0].lingering = 1;
  view.workers[0].lag = std::chrono::milliseconds{250};
  view.workers[0].secured = 3;
  view.workers[0].http2 = 2;
  view.workers[0].websockets = 1;
  view.workers[1].number = 2;
  view.workers[1].websockets = 4;
  return view;
}

struct Scrape {
  std::map<std::string, std::string> types;
  std::map<std::string, std::string> samples;  ///< by name with labels, as written
  std::string fault;
};

/// Reads the text as strictly as Prometheus' own linter would.
Scrape read(const std::string& text) {
  static const std::regex kHelp("# HELP ([a-z_][a-z0-9_]*) ([A-Z].*[.])"),
      kType("# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram)"),
      kSample(R"re(([a-z_][a-z0-9_]*)(\{([a-z_]+="([^"\\\n]|\\[\\n"])*",?)*\})? ([0-9.e+-]+))re");
  Scrape scrape;
  std::set<std::string> helped;
  std::string family;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::smatch match;
    if (std::regex_match(line, match, kHelp)) {
      if (!helped.insert(match[1]).second) scrape.fault = "twice: " + line;
    } else if (std::regex_match(line, match, kType)) {
      family = match[1];
      if (!helped.contains(family)) scrape.fault = "type without help: " + line;
      const bool total = family.ends_with("_total");
      if (total != (match[2] == "counter")) scrape.fault = "_total is for counters: " + line;
      scrape.types[family] = match[2];
    } else if (std::regex_match(line, match, kSample)) {
      std::string name = match[1];
      if (scrape.types[family] == "histogram") name = std::regex_replace(name, std::regex("_(bucket|sum|count)$"), "");
      if (name != family) scrape.fault = "sample of another family: " + line;
      if (!scrape.samples.emplace(std::string(match[1]) + std::string(match[2]), match[5]).second)
        scrape.fault = "the same sample twice: " + line;
    } else {
      scrape.fault = "not understood: " + line;
    }
  }
  return scrape;
}

}  // namespace

TEST_CASE("metrics: the text is well formed and keeps Prometheus' conventions") {
  const std::string text = metrics_text(example());
  const Scrape scrape = read(text);
  CHECK(scrape.fault.empty());
  CHECK(text.ends_with('\n'));
  CHECK(scrape.samples.size() > 60);
  for (const auto& [name, type] : scrape.types) {
    INFO(name);
    CHECK(name.starts_with("orrery_"));
  }
}

TEST_CASE("metrics: values stand where they belong") {
  const Scrape scrape = read(metrics_text(example()));
  const auto value = [&](const std::string& sample) {
    INFO(sample);
    const auto found = scrape.samples.find(sample);
    REQUIRE(found != scrape.samples.end());
    return found->second;
  };
  CHECK(value(R"(orrery_build_info{program="orrery 0.1.0",build_id="a\"b\\c"})") == "1");
  CHECK(value("orrery_start_time_seconds") == "1700000000.5");
  CHECK(value("orrery_ready") == "1");
  CHECK(value("orrery_generation") == "3");
  CHECK(value("orrery_workers_wanted") == "2");
  CHECK(value(R"(orrery_workers{state="ready"})") == "1");
  CHECK(value(R"(orrery_workers{state="booting"})") == "0");
  CHECK(value("orrery_worker_starts_total") == "5");
  CHECK(value(R"(orrery_worker_ends_total{cause="crashed"})") == "2");
  CHECK(value(R"(orrery_reloads_total{outcome="done"})") == "2");
  CHECK(value(R"(orrery_canaries_total{outcome="promoted"})") == "3");
  CHECK(value(R"(orrery_canaries_total{outcome="rolled_back"})") == "4");
  CHECK(value("orrery_canary_on_trial") == "1");
  CHECK(value("orrery_config_last_reload_successful") == "1");
  CHECK(value("orrery_requests_total") == "10");
  CHECK(value(R"(orrery_responses_total{class="2xx"})") == "9");
  CHECK(value("orrery_requests_in_flight") == "1");
  CHECK(value("orrery_connections_open") == "5");
  CHECK(value(R"(orrery_refusals_total{reason="bad_request_line"})") == "7");
  CHECK(value("orrery_request_queue_seconds_count") == "3");
  CHECK(value("orrery_request_queue_seconds_sum") == "0.0045");
  CHECK(value(R"(orrery_connections{state="idle"})") == "2");
  CHECK(value(R"(orrery_connections{state="lingering"})") == "1");
  CHECK(value(R"(orrery_connections{state="busy"})") == "2");
  CHECK(value("orrery_tls_connections_open") == "3");
  CHECK(value("orrery_http2_connections_open") == "2");
  CHECK(value("orrery_websockets_open") == "5");
  CHECK(value(R"(orrery_connections_closed_total{reason="timed_out"})") == "6");
  CHECK(value(R"(orrery_connections_closed_total{reason="client"})") == "0");
  CHECK(value("orrery_connections_taken_over_total") == "2");
  CHECK(value(R"(orrery_worker_loop_lag_seconds{worker="1"})") == "0.25");
  CHECK(value("orrery_pool_threads{pool=\"(handlers)\"}") == "8");
  CHECK(value("orrery_pool_threads_busy{pool=\"(handlers)\"}") == "7");
  CHECK(value("orrery_pool_queue{pool=\"(handlers)\"}") == "5");
  CHECK(value(R"(orrery_pool_threads{pool="disk \"one\""})") == "2");
}

TEST_CASE("metrics: requests and durations by route, with whatever a pattern has in it") {
  View view = example();
  RouteView& planets = view.routes["/planets/{name}"];
  planets.answers = {{{"GET", 200}, 7}, {{"GET", 0}, 1}, {{"", 400}, 2}};
  planets.durations[0] = 4;
  planets.durations[3] = 5;
  planets.durations[view.duration_bounds.count()] = 1;
  planets.duration_ns = 2'500'000'000;
  view.routes["/a\"b"].answers = {{{"POST", 201}, 3}};
  const Scrape scrape = read(metrics_text(view));
  CHECK(scrape.fault.empty());
  const auto value = [&](const std::string& sample) {
    const auto found = scrape.samples.find(sample);
    return found == scrape.samples.end() ? "none" : found->second;
  };
  CHECK(value(R"(orrery_route_requests_total{route="/planets/{name}",method="GET",status="200"})") == "7");
  CHECK(value(R"(orrery_route_requests_total{route="/planets/{name}",method="GET",status="none"})") == "1");
  CHECK(value(R"(orrery_route_requests_total{route="/planets/{name}",method="",status="400"})") == "2");
  CHECK(value(R"(orrery_route_requests_total{route="/a\"b",method="POST",status="201"})") == "3");
  const std::string family = "orrery_route_request_duration_seconds", label = R"(route="/planets/{name}")";
  CHECK(value(family + "_bucket{" + label + R"(,le="0.000131072"})") == "4");
  CHECK(value(family + "_bucket{" + label + R"(,le="0.001048576"})") == "9");
  CHECK(value(family + "_bucket{" + label + R"(,le="+Inf"})") == "10");
  CHECK(value(family + "_count{" + label + "}") == "10");
  CHECK(value(family + "_sum{" + label + "}") == "2.5");
}

TEST_CASE("metrics: durations of routes by the bounds that the service counts by") {
  View view = example();
  view.duration_bounds = *base::DurationBounds::read({"900us", "0.25"});
  view.routes["/count"].durations = {1, 2, 4};
  const Scrape scrape = read(metrics_text(view));
  CHECK(scrape.fault.empty());
  const std::string bucket = R"(orrery_route_request_duration_seconds_bucket{route="/count",le=")";
  CHECK(scrape.samples.at(bucket + R"(0.0009"})") == "1");
  CHECK(scrape.samples.at(bucket + R"(0.25"})") == "3");
  CHECK(scrape.samples.at(bucket + R"(+Inf"})") == "7");
  CHECK(scrape.samples.count(bucket + R"(0.001048576"})") == 0);
}

TEST_CASE("metrics: what the kernel tells of each worker, and nothing where it does not") {
  View view = example();
  view.workers[0].number = 4;
  view.workers[0].cost = {std::chrono::milliseconds{1500}, 4096, 17};
  view.open_files_limit = 1024;
  const Scrape scrape = read(metrics_text(view));
  CHECK(scrape.fault.empty());
  CHECK(scrape.samples.at(R"(orrery_worker_cpu_seconds{worker="4"})") == "1.5");
  CHECK(scrape.samples.at(R"(orrery_worker_private_memory_bytes{worker="4"})") == "4096");
  CHECK(scrape.samples.at(R"(orrery_worker_open_files{worker="4"})") == "17");
  CHECK(scrape.samples.at("orrery_worker_open_files_limit") == "1024");
  CHECK(scrape.samples.count(R"(orrery_worker_open_files{worker="0"})") == 0);
}

TEST_CASE("metrics: the listen queues of the service's own addresses") {
  View view = example();
  const auto at = [](const char* ip, std::uint16_t port) {
    base::Address address = *base::parse_ip(ip);
    address.port = port;
    return address;
  };
  view.facts.listener_count = 3;
  view.facts.listeners[0] = os::ServiceFacts::Url{"http://127.0.0.1:8000"};
  view.facts.listeners[1] = os::ServiceFacts::Url{"https://[::1]:8443"};
  view.facts.listeners[2] = os::ServiceFacts::Url{"unix:/run/a.sock"};
  view.listen_queues = {{at("127.0.0.1", 8000), 3, 2048}, {at("::1", 8443), 0, 128}, {at("127.0.0.1", 22), 1, 5}};
  const Scrape scrape = read(metrics_text(view));
  CHECK(scrape.fault.empty());
  CHECK(scrape.samples.at(R"(orrery_listen_queue{listener="http://127.0.0.1:8000"})") == "3");
  CHECK(scrape.samples.at(R"(orrery_listen_queue_limit{listener="http://127.0.0.1:8000"})") == "2048");
  CHECK(scrape.samples.at(R"(orrery_listen_queue_limit{listener="https://[::1]:8443"})") == "128");
  CHECK(std::ranges::count_if(
            scrape.samples, [](const auto& sample) { return sample.first.starts_with("orrery_listen_queue{"); }) == 2);
}

TEST_CASE("metrics: OpenMetrics where it is asked for, Prometheus' own form elsewhere") {
  struct Row {
    const char* accept;
    Exposure form;
  };
  const Row rows[] = {
      {"", Exposure::kPrometheus},
      {"*/*", Exposure::kPrometheus},
      {"text/plain", Exposure::kPrometheus},
      {"application/openmetrics-text", Exposure::kOpenMetrics},
      {"application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
       "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
       Exposure::kOpenMetrics},
      {"Application/OpenMetrics-Text; version=1.0.0; charset=utf-8", Exposure::kOpenMetrics},
      {"application/openmetrics-text;version=0.0.1", Exposure::kPrometheus},
      {"application/openmetrics-text;q=0.1, text/plain;q=0.9", Exposure::kPrometheus},
      {"application/openmetrics-text;q=0", Exposure::kPrometheus},
      {",;,q=", Exposure::kPrometheus},
  };
  for (const Row& row : rows) {
    INFO(row.accept);
    CHECK(exposure_for(row.accept) == row.form);
  }
  const std::string text = metrics_text(example(), Exposure::kOpenMetrics);
  CHECK(text.ends_with("\n# EOF\n"));
  CHECK(text.find("# TYPE orrery_requests counter\norrery_requests_total 10\n") != std::string::npos);
  CHECK(text.find("# HELP orrery_requests ") != std::string::npos);
  CHECK(media_type_of(Exposure::kOpenMetrics) == "application/openmetrics-text; version=1.0.0; charset=utf-8");
}

TEST_CASE("metrics: promtool finds nothing to mend, where it is installed") {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) return;
  FILE* linter = ::popen("promtool check metrics", "w");
  REQUIRE(linter != nullptr);
  std::fputs(metrics_text(example()).c_str(), linter);
  CHECK(::pclose(linter) == 0);
}

TEST_CASE("metrics: the buckets of the durations add up") {
  const Scrape scrape = read(metrics_text(example()));
  const auto bucket = [&](const std::string& bound) {
    return scrape.samples.at("orrery_request_duration_seconds_bucket{le=\"" + bound + "\"}");
  };
  CHECK(bucket("0.000131072") == "4");
  CHECK(bucket("0.001048576") == "4");
  CHECK(bucket("0.002097152") == "9");
  CHECK(bucket("68.7194767") == "9");
  CHECK(bucket("+Inf") == "10");
  CHECK(scrape.samples.at("orrery_request_duration_seconds_count") == "10");
  CHECK(scrape.samples.at("orrery_request_duration_seconds_sum") == "2.5");
}

TEST_CASE("metrics: the application's own stand behind the service's") {
  App app;
  const Counter mails{app, "mails_sent_total", "Mails that were sent, by kind.", {"kind"}};
  mails.add(3, {"a\"b"});
  const Histogram sizes{app, "mail_size_bytes", "Size of a mail.", {10, 100}};
  sizes.observe(20);
  const Gauge open{app, "mails_open", "Mails that are being written."};
  const Scrape scrape = read(metrics_text(example(), Exposure::kPrometheus, app.metric_families()));
  CHECK(scrape.fault.empty());
  CHECK(scrape.samples.at("mails_sent_total{kind=\"a\\\"b\"}") == "3");
  CHECK(scrape.samples.at("mail_size_bytes_bucket{le=\"100\"}") == "1");
  CHECK(scrape.samples.at("mail_size_bytes_sum") == "20");
  CHECK(scrape.samples.at("mails_open") == "0");
}

}  // namespace orrery::admin
