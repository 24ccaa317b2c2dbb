#include "admin/status.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fmt/core.h>
#include <iterator>
#include <string_view>

#include "admin/lists.hpp"
#include "base/clock.hpp"
#include "base/json_text.hpp"
#include "base/log.hpp"
#include "base/reject.hpp"

namespace orrery::admin {

namespace {

using base::json_text;

std::string_view word_for(os::ServiceFacts::Outcome outcome) {
  using Outcome = os::ServiceFacts::Outcome;
  switch (outcome) {
    case Outcome::kNone: return "none";
    case Outcome::kPending: return "pending";
    case Outcome::kDone: return "done";
    case Outcome::kRefused: return "refused";
    case Outcome::kGivenUp: return "given_up";
  }
  return "none";
}

std::string list_of_workers(const View& view) {
  std::string out;
  for (const WorkerView& worker : view.workers) {
    fmt::format_to(std::back_inserter(out),
                   R"({}{{"worker":{},"pid":{},"state":"{}","generation":{},"connections":{},)"
                   R"("requests_in_flight":{},"requests":{},"heartbeat_age":{:.3f}}})",
                   out.empty() ? "" : ",", worker.number, worker.pid, admin::word_for(worker.state), worker.generation,
                   worker.connections, worker.in_flight, worker.requests, base::seconds(worker.silence));
  }
  return out;
}

std::string list_of_listeners(const os::ServiceFacts& facts) {
  std::string out;
  const std::size_t shown = std::min<std::size_t>(facts.listener_count, facts.listeners.size());
  for (std::size_t i = 0; i < shown; ++i) out += (i > 0 ? "," : "") + json_text(facts.listeners[i].view());
  return out;
}

std::string ends_by_cause(const os::ServiceFacts& facts) {
  std::string out;
  for (std::size_t i = 0; i < facts.ended.size(); ++i) {
    fmt::format_to(std::back_inserter(out), "{}\"{}\":{}", i > 0 ? "," : "", os::word_for(static_cast<os::Ending>(i)),
                   facts.ended[i]);
  }
  return out;
}

/// Only those that there were.
std::string refusals(const os::Totals& totals) {
  std::string out;
  for (std::size_t i = 0; i < base::kRejects.size(); ++i) {
    if (totals.rejects[i] == 0) continue;
    fmt::format_to(std::back_inserter(out), "{}\"{}\":{}", out.empty() ? "" : ",", base::kRejects[i].name,
                   totals.rejects[i]);
  }
  return out;
}

std::string number_or_null(unsigned number) { return number == 0 ? "null" : fmt::format("{}", number); }

}  // namespace

std::string_view word_for(os::ServiceFacts::State state) {
  using State = os::ServiceFacts::State;
  switch (state) {
    case State::kStarting: return "starting";
    case State::kServing: return "serving";
    case State::kReloading: return "reloading";
    case State::kPaused: return "paused";
    case State::kDrainDelay: return "drain_delay";
    case State::kStopping: return "stopping";
    case State::kHandedOver: return "handed_over";
  }
  return "stopping";
}

std::string status_json(const View& view) {
  const os::ServiceFacts& facts = view.facts;
  const os::Totals& totals = view.totals;
  const std::string reason = os::why_not_ready(facts);
  return fmt::format(
      R"({{"program":{},"build_id":{},"master":{},"started":{},"state":"{}","ready":{},"reason":{},)"
      R"("master_heartbeat_age":{:.3f},"crash_loop":{},"drained":{},"upgrading":{},"log_level":"{}","generation":{},)"
      R"("listeners":[{}],)"
      R"("workers":{{"wanted":{},"ready":{},"min_ready":{},"started":{},"ended":{{{}}},"list":[{}]}},)"
      R"("reload":{{"outcome":"{}","generation":{},"at":{},"why":{},"last_good":{},"done":{},"refused":{},)"
      R"("given_up":{}}},"canary":{{"worker":{},"generation":{},"promoted":{},"rolled_back":{}}},)"
      R"("requests":{},"connections_accepted":{},"handler_errors":{},"late_answers":{},"access_lines_dropped":{},)"
      R"("refusals":{{{}}}}})"
      "\n",
      json_text(facts.program.view()), facts.build_id.view().empty() ? "null" : json_text(facts.build_id.view()),
      facts.master, moment(facts.started_ns), word_for(facts.state), reason.empty(),
      reason.empty() ? "null" : json_text(reason), base::seconds(view.master_silence), facts.crash_loop, facts.drained,
      facts.upgrading, base::word_for(facts.log_level), facts.generation, list_of_listeners(facts), facts.target,
      facts.ready, facts.least_ready, facts.forked, ends_by_cause(facts), list_of_workers(view),
      word_for(facts.reload.outcome), facts.reload.generation, moment(facts.reload.at_ns),
      facts.reload.why.view().empty() ? "null" : json_text(facts.reload.why.view()), moment(facts.last_good_reload_ns),
      facts.reloads_done, facts.reloads_refused, facts.reloads_given_up, number_or_null(facts.canary.number),
      number_or_null(facts.canary.generation), facts.canary.promoted, facts.canary.rolled_back, totals.requests,
      totals.connections, totals.handler_errors, totals.late_answers, totals.access_lines_dropped, refusals(totals));
}

}  // namespace orrery::admin
