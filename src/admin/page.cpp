#include "admin/page.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/core.h>
#include <iterator>

#include "admin/status.hpp"
#include "base/clock.hpp"
#include "base/counted.hpp"
#include "base/html_text.hpp"

namespace orrery::admin {

namespace {

constexpr std::size_t kRows = 20;

constexpr std::string_view kStyle =
    R"(:root { color-scheme: light dark; --ink: #1b1f24; --faint: #5b6470; --line: #d5dae0;
  --paper: #fbfbfa; --good: #1a6b3a; --bad: #a8261b; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --faint: #9aa3ae; --line: #343a42; --paper: #14171a;
  --good: #6fcf97; --bad: #ff8a7a; } }
body { margin: 0 auto; padding: 1.5rem; max-width: 70rem; font: 1rem/1.45 system-ui, sans-serif;
  color: var(--ink); background: var(--paper); }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.05rem; margin: 2rem 0 .4rem; }
.good { color: var(--good); } .bad { color: var(--bad); } .faint, th { color: var(--faint); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: normal; } td.number, th.number { text-align: right; } td.text { overflow-wrap: anywhere; }
)";

std::string clock_of(std::int64_t unix_ns) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}Z", fmt::gmtime(static_cast<std::time_t>(unix_ns / 1'000'000'000)));
}

void write_head(const View& view, std::string& out) {
  const os::ServiceFacts& facts = view.facts;
  const std::string reason = os::why_not_ready(facts);
  const std::string program = base::html_text(facts.program.view());
  fmt::format_to(std::back_inserter(out),
                 "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" "
                 "content=\"5\"><meta name=\"viewport\" content=\"width=device-width\"><title>{} {}</title><link "
                 "rel=\"stylesheet\" href=\"/page.css\"></head><body><h1>{} <span class=\"{}\">{}</span></h1>\n",
                 reason.empty() ? "ready:" : "not ready:", program, program, reason.empty() ? "good" : "bad",
                 reason.empty() ? "ready" : "not ready");
  fmt::format_to(std::back_inserter(out), "<p>{}{}. {} of {} ready, generation {}{}. Master {} since {}.</p>\n",
                 word_for(facts.state), reason.empty() ? "" : ": " + base::html_text(reason), facts.ready,
                 base::counted(facts.target, "worker"), facts.generation,
                 facts.crash_loop ? ", <span class=\"bad\">crash loop</span>" : "", facts.master,
                 clock_of(facts.started_ns));
  if (!facts.reload.why.view().empty())
    out += "<p class=\"bad\">Last reload: " + base::html_text(facts.reload.why.view()) + "</p>\n";
  fmt::format_to(std::back_inserter(out),
                 "<p class=\"faint\">{} requests, {} connections, {} errors of handlers.</p>\n", view.totals.requests,
                 view.totals.connections, view.totals.handler_errors);
}

void write_workers(const View& view, std::string& out) {
  out +=
      "<h2>Workers</h2><div class=\"wide\"><table><tr><th>worker<th>pid<th>state<th class=\"number\">generation"
      "<th class=\"number\">connections<th class=\"number\">in flight<th class=\"number\">requests"
      "<th class=\"number\">errors<th class=\"number\">silent, s<th class=\"number\">age, s</tr>\n";
  for (const WorkerView& worker : view.workers) {
    fmt::format_to(std::back_inserter(out),
                   "<tr><td>{}<td>{}<td>{}<td class=\"number\">{}<td class=\"number\">{}<td class=\"number\">{}<td "
                   "class=\"number\">{}<td class=\"number\">{}<td class=\"number\">{:.1f}<td class=\"number\">{:.0f}"
                   "</tr>\n",
                   worker.number, worker.pid, word_for(worker.state), worker.generation, worker.connections,
                   worker.in_flight, worker.requests, worker.errors, base::seconds(worker.silence),
                   base::seconds(worker.age));
  }
  out += "</table></div>\n";
}

void write_requests(const PageParts& parts, base::Monotonic now, std::string& out) {
  out += "<h2>Requests now</h2>";
  if (parts.requests.empty()) return void(out += "<p class=\"faint\">None has a handler.</p>\n");
  out += "<div class=\"wide\"><table><tr><th class=\"number\">age, s<th>method<th>target<th>client<th>id</tr>\n";
  for (std::size_t i = 0; i < std::min(parts.requests.size(), kRows); ++i) {
    const os::RequestRecord& record = parts.requests[i];
    fmt::format_to(std::back_inserter(out),
                   "<tr><td class=\"number\">{:.2f}<td>{}<td class=\"text\">{}<td>{}<td class=\"text\">{}</tr>\n",
                   base::seconds(now.time_since_epoch() - base::Nanoseconds{record.started_ns}),
                   base::html_text(record.method_view()), base::html_text(record.target_view()),
                   base::html_text(record.peer.to_string()), base::html_text(record.id_view()));
  }
  out += "</table></div>\n";
}

void write_deaths(const std::vector<os::DeathNote>& deaths, std::string& out) {
  out += "<h2>Last deaths of workers</h2>";
  if (deaths.empty()) return void(out += "<p class=\"faint\">None that nobody asked for.</p>\n");
  out += "<div class=\"wide\"><table><tr><th>time<th>worker<th>cause<th>report</tr>\n";
  for (std::size_t i = 0; i < std::min(deaths.size(), kRows); ++i) {
    const os::DeathNote& death = deaths[deaths.size() - 1 - i];
    fmt::format_to(std::back_inserter(out), "<tr><td>{}<td>{}<td>{}<td class=\"text\">{}</tr>\n",
                   clock_of(death.time_ns), death.number, base::html_text(death.cause.view()),
                   base::html_text(death.text.view()));
  }
  out += "</table></div>\n";
}

void write_events(const std::vector<os::LifeEvent>& events, std::string& out) {
  out += "<h2>Last events</h2><div class=\"wide\"><table><tr><th>time<th>kind<th>what<th>sender</tr>\n";
  for (std::size_t i = 0; i < std::min(events.size(), kRows); ++i) {
    const os::LifeEvent& event = events[events.size() - 1 - i];
    fmt::format_to(std::back_inserter(out), "<tr><td>{}<td>{}<td class=\"text\">{}<td>{}</tr>\n",
                   clock_of(event.time_ns), os::word_for(event.kind), base::html_text(event.text.view()),
                   base::html_text(event.sender.view()));
  }
  out += "</table></div>\n";
}

}  // namespace

std::string_view page_css() { return kStyle; }

std::string page_html(const PageParts& parts, base::Monotonic now) {
  std::string out;
  write_head(parts.view, out);
  write_workers(parts.view, out);
  write_requests(parts, now, out);
  write_deaths(parts.deaths, out);
  write_events(parts.events, out);
  return out + "</body></html>\n";
}

}  // namespace orrery::admin
