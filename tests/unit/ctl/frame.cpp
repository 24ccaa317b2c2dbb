#include "ctl/frame.hpp"

#include <catch2/catch.hpp>

#include "ctl/phrases.hpp"

namespace orrery::ctl {

namespace {

std::string metrics(int requests, int fast, int slow) {
  return "orrery_requests_total " + std::to_string(requests) + "\norrery_responses_total{class=\"2xx\"} " +
         std::to_string(requests) + "\norrery_requests_in_flight 3\norrery_connections_open 120\n" +
         "orrery_connections_accepted_total " + std::to_string(requests / 10) + "\norrery_received_bytes_total " +
         std::to_string(requests * 100) + "\norrery_sent_bytes_total " + std::to_string(requests * 1000) +
         "\norrery_request_duration_seconds_bucket{le=\"0.001\"} " + std::to_string(fast) +
         "\norrery_request_duration_seconds_bucket{le=\"2\"} " + std::to_string(fast + slow) +
         "\norrery_request_duration_seconds_bucket{le=\"+Inf\"} " + std::to_string(fast + slow) + "\n";
}

Sample sample(double at, int requests) {
  Sample look;
  look.at = base::Monotonic{std::chrono::milliseconds{static_cast<int>(at * 1000)}};
  look.unix_time = 5000 + at;
  look.status.program = "orrery 0.1.0";
  look.status.state = "serving";
  look.status.ready = true;
  look.status.wanted = look.status.ready_workers = 2;
  look.status.generation = 3;
  look.status.started = 1400;
  look.workers = {{1, 4243, "ready", 3, 100, 2, requests, 0, 0.01, 3600, 10 + at / 2, 12'900'000},
                  {2, 4244, "draining", 3, 20, 1, requests * 2, requests / 1000, 2.5, 60, {}, {}}};
  look.requests.requests = {{1, 4243, "a", "GET", "/", "/planets/mars", "192.0.2.1", "handler", 0.5},
                            {2, 4244, "b", "POST", "/", "/slow?\x1b[2J", "unix", "body", 31}};
  look.metrics = Exposition{metrics(requests, requests, requests / 50)};
  return look;
}

std::vector<std::string> text_of(const std::vector<Line>& lines) {
  std::vector<std::string> texts;
  for (const Line& line : lines) {
    std::string text;
    for (const Span& span : line) text += span.text;
    texts.push_back(text);
  }
  return texts;
}

std::string joined(const std::vector<Line>& lines) {
  std::string all;
  for (const std::string& line : text_of(lines)) all += line + '\n';
  return all;
}

}  // namespace

TEST_CASE("frame: 80 columns and 24 rows tell of the service, its workers and its slow requests") {
  CHECK(joined(make_frame(sample(0, 10000), sample(2, 14000), {}, {80, 14})) ==
        "orrery 0.1.0  serving, ready  workers 2/2  generation 3  up 1 h\n"
        "requests  2000/s  2xx 2000/s  in flight 3\n"
        "latency   p50 <= 1 ms  p90 <= 1 ms  p99 <= 2 s\n"
        "traffic   120 open  200 connections/s  in 195.3 KiB/s  out 1.9 MiB/s\n"
        "WORKER      PID     STATE   REQ/S  ERR/S  BUSY  CONNS   CPU    PRIVATE  SILENT\n"
        "     1     4243     ready    2000      0     2    100   50%   12.3 MiB  0.01 s\n"
        "     2     4244  draining    4000      2     1     20     -          -  2.50 s\n"
        "      AGE WORKER PHASE    CLIENT          REQUEST\n"
        "     31 s      2 body     unix            POST /slow??[2J\n"
        "   0.50 s      1 handler  192.0.2.1       GET /planets/mars\n"
        "\n\n\n"
        "q quit  s sort: worker  up/down choose  t stack  r restart  o routes\n");
}

TEST_CASE("frame: whatever the terminal, no line is wider and there are as many lines as rows") {
  Sample many = sample(2, 14000);
  for (std::int64_t i = 3; i < 100; ++i) many.workers.push_back({i, i, "ready", 1, 0, 0, 0, 0, {}, {}, {}, {}});
  Controls stack;
  stack.stack = Stacks{1, 4243, {{4243, std::vector<std::string>(50, "a_function_with_a_long_name(int, int, int)")}}};
  Controls asked;
  asked.restarting = 7;
  Controls last;
  last.selected = 99;
  Controls routes;
  routes.routes = true;
  for (const Controls& controls : {Controls{}, stack, asked, last, routes}) {
    for (const std::size_t columns : {1U, 20U, 39U, 40U, 80U, 200U}) {
      for (const std::size_t rows : {0U, 1U, 2U, 5U, 10U, 24U, 60U}) {
        INFO(columns << " by " << rows);
        const auto lines = text_of(make_frame(sample(0, 10000), many, controls, {columns, rows}));
        CHECK(lines.size() == rows);
        for (const std::string& line : lines) CHECK(columns_of(line) <= columns);
      }
    }
  }
}

TEST_CASE("frame: routes are shown instead of the requests, the most wanted first") {
  const auto routes = [](int planets, int failed) {
    return "orrery_route_requests_total{route=\"/planets/{name}\",method=\"GET\",status=\"200\"} " +
           std::to_string(planets) +
           "\norrery_route_requests_total{route=\"/planets/{name}\",method=\"GET\",status=\"500\"} " +
           std::to_string(failed) +
           "\norrery_route_requests_total{route=\"/a\\\"b\",method=\"POST\",status=\"200\"} 7\n" +
           "orrery_route_request_duration_seconds_bucket{route=\"/planets/{name}\",le=\"0.001\"} " +
           std::to_string(planets) +
           "\norrery_route_request_duration_seconds_bucket{route=\"/planets/{name}\",le=\"+Inf\"} " +
           std::to_string(planets + failed) + "\n";
  };
  Sample before = sample(0, 10000), now = sample(2, 14000);
  before.metrics = Exposition{routes(100, 0)};
  now.metrics = Exposition{routes(300, 20)};
  Controls controls;
  controls.routes = true;
  const auto lines = text_of(make_frame(before, now, controls, {80, 24}));
  CHECK(lines[7] == "  REQ/S  ERR/S          P50          P99 ROUTE");
  CHECK(lines[8] == "    110     10      <= 1 ms       > 60 s /planets/{name}");
  CHECK(lines[9] == "      0      0            -            - /a\\\"b");
  CHECK(lines[10].empty());
  CHECK_THAT(lines[23], Catch::Contains("o requests"));
  now.metrics = {};
  CHECK(text_of(make_frame(before, now, controls, {80, 24}))[8] == "no route was asked for yet");
}

TEST_CASE("frame: a narrow pane keeps what tells most") {
  const auto lines = text_of(make_frame(sample(0, 10000), sample(2, 14000), {}, {40, 10}));
  CHECK(lines[4] == "WORKER     STATE   REQ/S  BUSY   CPU");
  const auto narrowest = text_of(make_frame(sample(0, 10000), sample(2, 14000), {}, {20, 10}));
  CHECK(narrowest[5] == "     1     ready");
}

TEST_CASE("frame: the first look has no rates, a service that does not answer says why") {
  const Sample first = sample(0, 10000);
  const auto lines = text_of(make_frame(first, first, {}, {80, 24}));
  CHECK(lines[1] == "requests  -/s  in flight 3");
  CHECK(lines[2] == "latency   p50 -  p90 -  p99 -");
  CHECK_THAT(lines[5], Catch::Contains("     1     4243     ready       -      -"));
  Sample silent = sample(2, 14000);
  silent.trouble = "the admin process gave no answer within 1 s";
  const auto trouble = make_frame(first, silent, {}, {80, 24});
  CHECK(trouble[0][0].text == silent.trouble);
  CHECK(trouble[0][0].paint == Paint::kBad);
  Sample unready = sample(2, 14000);
  unready.status.ready = false;
  unready.status.reason = "the breaker is open";
  unready.status.crash_loop = true;
  CHECK_THAT(joined(make_frame(first, unready, {}, {120, 24})),
             Catch::Contains("not ready: the breaker is open, crash loop"));
}

TEST_CASE("frame: workers are sorted, one is selected, and what is asked stands in the last row") {
  const Sample before = sample(0, 10000), now = sample(2, 14000);
  Controls controls;
  controls.sort = SortBy::kRate;
  controls.selected = 1;
  const auto lines = make_frame(before, now, controls, {80, 24});
  CHECK_THAT(lines[5][0].text, Catch::StartsWith("     2"));
  CHECK_FALSE(lines[5][0].reversed);
  CHECK(lines[6][0].reversed);
  CHECK(sorted_workers(before, now, SortBy::kMemory).front().number == 1);
  CHECK(sorted_workers(before, now, SortBy::kErrors).front().number == 2);
  controls.restarting = 1;
  CHECK(make_frame(before, now, controls, {80, 24})[23][0].text ==
        "restart worker 1? y restarts it, any other key does not");
  controls.restarting = 0;
  controls.notice = "Worker 1 is replaced.";
  CHECK(make_frame(before, now, controls, {80, 24})[23][0].text == "Worker 1 is replaced.");
  controls.stack = Stacks{1, 4243, {{7, {"read"}}}};
  CHECK_THAT(joined(make_frame(before, now, controls, {80, 24})),
             Catch::Contains("stack of worker 1 (pid 4243); any key goes back\nthread 7\n  read\n"));
}

}  // namespace orrery::ctl
