#include "ctl/views.hpp"

#include <algorithm>
#include <cstdint>
#include <fmt/core.h>
#include <utility>

#include "base/counted.hpp"
#include "config/spelling.hpp"
#include "ctl/grid.hpp"
#include "ctl/phrases.hpp"

namespace orrery::ctl {

namespace {

constexpr auto kRight = Grid::Side::kRight;
constexpr auto kLeft = Grid::Side::kLeft;

Cell number_cell(std::int64_t number) { return {fmt::format("{}", number)}; }

Cell state_cell(const std::string& state) {
  if (state == "ready") return {state, Paint::kGood};
  return {state, state == "draining" || state == "booting" ? Paint::kDim : Paint::kBad};
}

/// "request_deadline 3, out_of_memory 1".
std::string counts_text(const std::vector<std::pair<std::string, std::int64_t>>& counts) {
  std::string out;
  for (const auto& [name, count] : counts) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", name, count);
  return out;
}

std::string state_text(const Status& status, const Style& style) {
  std::string state = status.state;
  std::ranges::replace(state, '_', ' ');
  std::string text = painted(printable(state), status.ready ? Paint::kGood : Paint::kBad, style);
  text += status.ready ? ", ready" : fmt::format(", not ready: {}", printable(status.reason));
  if (status.crash_loop) text += painted("; crash loop", Paint::kBad, style);
  if (status.upgrading) text += "; an upgrade is under way";
  return text;
}

std::string reload_text(const Status& status, double now) {
  if (status.reload_outcome.empty() || status.reload_outcome == "none") return "none since the start";
  std::string outcome = status.reload_outcome;
  std::ranges::replace(outcome, '_', ' ');
  std::string text = outcome;
  if (status.reload_at) text += fmt::format(" {} ago", duration(now - *status.reload_at));
  if (!status.reload_why.empty()) text += ": " + status.reload_why;
  return text;
}

std::string listeners_text(const Status& status) {
  std::string out;
  for (const std::string& each : status.listeners) out += (out.empty() ? "" : ", ") + each;
  return out;
}

}  // namespace

std::string status_text(const Status& status, double now, const Style& style) {
  std::string out;
  const auto line = [&](std::string_view name, const std::string& text) {
    if (!text.empty()) out += fmt::format("{:<12} {}\n", name, text);
  };
  const std::string build = status.build_id.empty() ? "" : fmt::format(", build {}", status.build_id.substr(0, 12));
  line("program", printable(status.program + build));
  line("state", state_text(status, style));
  std::string master = fmt::format("pid {}", status.master);
  if (status.started) master += fmt::format(", up {}", duration(now - *status.started));
  if (status.master_silence) master += fmt::format(", went round {} ago", duration(status.master_silence));
  line("master", master);
  line("listens at", printable(listeners_text(status)));
  line("workers", fmt::format("{} of {} ready, at least {} must be; {} started", status.ready_workers,
                              base::counted(static_cast<std::uint64_t>(status.wanted), "worker"), status.least_ready,
                              status.started_workers));
  line("ended", printable(counts_text(status.ended)));
  line("generation", fmt::format("{}", status.generation));
  line("last reload", printable(reload_text(status, now)));
  const auto counted = [](std::int64_t number, std::string_view noun) {
    return base::counted(static_cast<std::uint64_t>(number), noun);
  };
  line("requests", fmt::format("{} over {}, {}", status.requests, counted(status.connections, "connection"),
                               counted(status.handler_errors, "handler error")));
  line("refusals", printable(counts_text(status.refusals)));
  return out;
}

std::string workers_text(const std::vector<Worker>& workers, const Style& style) {
  if (workers.empty()) return "There are no workers.\n";
  Grid grid({{"WORKER", kRight},
             {"PID", kRight},
             {"STATE", kLeft},
             {"GEN", kRight},
             {"AGE", kRight},
             {"CONNS", kRight},
             {"BUSY", kRight},
             {"REQUESTS", kRight},
             {"ERRORS", kRight},
             {"SILENT", kRight},
             {"CPU", kRight},
             {"PRIVATE", kRight}});
  for (const Worker& worker : workers) {
    grid.add({number_cell(worker.number),
              number_cell(worker.pid),
              state_cell(worker.state),
              number_cell(worker.generation),
              {duration(worker.age)},
              number_cell(worker.connections),
              number_cell(worker.in_flight),
              number_cell(worker.requests),
              {fmt::format("{}", worker.errors), worker.errors > 0 ? Paint::kBad : Paint::kPlain},
              {duration(worker.silence)},
              {duration(worker.cpu)},
              {size(worker.private_bytes)}});
  }
  return grid.print(style);
}

std::string requests_text(LiveRequests requests, const Style& style) {
  if (requests.requests.empty()) return "No request is handled now.\n";
  std::ranges::stable_sort(requests.requests, [](const LiveRequest& a, const LiveRequest& b) {
    return a.age.value_or(0) > b.age.value_or(0);
  });
  Grid grid({{"AGE", kRight},
             {"WORKER", kRight},
             {"PHASE", kLeft},
             {"CLIENT", kLeft},
             {"ID", kLeft},
             {"METHOD", kLeft},
             {"ROUTE", kLeft},
             {"TARGET", kLeft}});
  for (const LiveRequest& request : requests.requests) {
    grid.add({{duration(request.age)},
              number_cell(request.worker),
              {request.phase},
              {request.client},
              {request.id},
              {request.method},
              {request.route},
              {request.target}});
  }
  std::string out = grid.print(style);
  if (requests.left_out > 0)
    out += fmt::format("{} {} not shown.\n", base::counted(static_cast<std::uint64_t>(requests.left_out), "request"),
                       requests.left_out == 1 ? "is" : "are");
  return out;
}

std::string deaths_text(const std::vector<Death>& deaths, const Style& style) {
  if (deaths.empty()) return "No worker has died.\n";
  std::string out;
  for (const Death& death : deaths) {
    const std::string head = fmt::format("{}  worker {} (pid {}, generation {}): {}", moment(death.time), death.worker,
                                         death.pid, death.generation, death.cause);
    out += painted(printable(head), Paint::kBold, style) + '\n';
    // A report has several lines; each stands under its head.
    for (std::size_t at = 0; at < death.text.size();) {
      const std::size_t end = std::min(death.text.find('\n', at), death.text.size());
      out += "  " + printable(std::string_view{death.text}.substr(at, end - at)) + '\n';
      at = end + 1;
    }
  }
  return out;
}

std::string event_line(const Event& event, const Style& style) {
  std::string out = painted(moment(event.time), Paint::kDim, style);
  out += fmt::format("  {}  {}", printable(event.kind), printable(event.text));
  if (!event.sender.empty()) out += fmt::format(" [{}]", printable(event.sender));
  return out + '\n';
}

std::string answered_line(const AnsweredRequest& answered, const Style& style) {
  if (answered.missed > 0)
    return painted(fmt::format("… {} more were not seen: they came faster than they can be read\n", answered.missed),
                   Paint::kDim, style);
  const std::string status = answered.status == 0 ? "none" : fmt::format("{}", answered.status);
  const bool bad = answered.status == 0 || answered.status >= 500;
  const std::string took =
      answered.duration < 1 ? fmt::format("{:.3g} ms", answered.duration * 1000) : duration(answered.duration);
  return fmt::format("{}  {}  {:>9}  {}  {} {}\n", painted(moment(answered.time), Paint::kDim, style),
                     painted(fmt::format("{:>4}", status), bad ? Paint::kBad : Paint::kPlain, style), took,
                     printable(answered.client), printable(answered.method), printable(answered.target));
}

std::string configuration_text(const Configuration& configuration, const Style& style) {
  const std::string file = configuration.file.empty() ? "no file" : configuration.file;
  std::string out = fmt::format("generation {}, {}\n", configuration.generation, printable(file));
  Grid grid({{"SETTING", kLeft}, {"VALUE", kLeft}, {"FROM", kLeft}});
  for (const SettingValue& setting : configuration.settings) {
    const Paint paint = setting.source == "default" ? Paint::kDim : Paint::kPlain;
    grid.add({{setting.name, paint}, {setting.value, paint}, {setting.source, paint}});
  }
  return out + grid.print(style);
}

Result<std::string> explained(const Configuration& configuration, std::string_view name) {
  const auto found = std::ranges::find(configuration.settings, name, &SettingValue::name);
  if (found == configuration.settings.end()) {
    std::vector<std::string_view> names;
    for (const SettingValue& setting : configuration.settings) names.push_back(setting.name);
    const auto guess = config::nearest(name, names);
    return fail(fmt::format("there is no setting `{}`{}", printable(name),
                            guess.empty() ? std::string{} : fmt::format("; did you mean `{}`?", guess)));
  }
  const auto from = [](const std::string& value, const std::string& source) {
    const std::string shown = value.empty() ? "nothing" : value;
    return source == "default" ? fmt::format("{}, the default", shown) : fmt::format("{} from {}", shown, source);
  };
  std::string out = fmt::format("{}: {}\n", found->name, from(found->value, found->source));
  for (const HiddenValue& hidden : found->hidden)
    out += fmt::format("  {}, hidden by {}\n", from(hidden.value, hidden.source), found->source);
  std::string clean;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t end = out.find('\n', at);
    clean += printable(std::string_view{out}.substr(at, end - at)) + '\n';
    at = end + 1;
  }
  return clean;
}

std::string stacks_text(const Stacks& stacks, const Style& style) {
  std::string out = fmt::format("worker {} (pid {})\n", stacks.worker, stacks.pid);
  for (const ThreadStack& stack : stacks.threads) {
    out += painted(fmt::format("thread {}", stack.thread), Paint::kBold, style) + '\n';
    for (std::size_t i = 0; i < stack.frames.size(); ++i)
      out += fmt::format("  #{:<3} {}\n", i, printable(stack.frames[i]));
  }
  return out;
}

}  // namespace orrery::ctl
