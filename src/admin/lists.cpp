#include "admin/lists.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fmt/core.h>
#include <iterator>

#include "base/clock.hpp"
#include "base/json_text.hpp"

namespace orrery::admin {

namespace {

using base::json_text;

std::string or_null(std::string_view text) { return text.empty() ? "null" : json_text(text); }

struct LiveRequest {
  std::uint32_t worker = 0;
  pid_t pid = 0;
  bool late = false;
  os::RequestRecord record;
};

/// Of one worker; returns how many more it has than its cells hold.
std::int64_t collect(const os::Slot& slot, std::vector<LiveRequest>& requests) {
  std::int64_t shown = 0;
  for (const os::RequestCell& cell : slot.flights) {
    const auto record = cell.read();
    if (!record || record->started_ns == 0 || record->finished_ns != 0) continue;
    ++shown;
    requests.push_back({slot.number.load(std::memory_order_relaxed), slot.pid.load(std::memory_order_relaxed),
                        slot.is_accounted(record->flight), *record});
  }
  return std::max<std::int64_t>(slot.requests_in_flight() - shown, 0);
}

std::string request_json(const LiveRequest& request, const RouteOf& route, base::Monotonic now) {
  const os::RequestRecord& record = request.record;
  const base::Nanoseconds age = now.time_since_epoch() - base::Nanoseconds{record.started_ns};
  return fmt::format(
      R"({{"worker":{},"pid":{},"thread":{},"id":{},"method":{},"route":{},"target":{},"client":{},"phase":"{}",)"
      R"("age_seconds":{:.3f}}})",
      request.worker, request.pid, record.thread == 0 ? "null" : std::to_string(record.thread),
      json_text(record.id_view()), json_text(record.method_view()),
      or_null(route ? route(record.method_view(), record.target_view()) : std::string{}),
      json_text(record.target_view()), json_text(record.peer.to_string()), request.late ? "late" : "handler",
      std::max(base::seconds(age), 0.0));
}

}  // namespace

std::string moment(std::int64_t unix_ns) {
  return unix_ns == 0 ? "null" : fmt::format("{:.3f}", static_cast<double>(unix_ns) / 1e9);
}

std::string_view word_for(os::WorkerState state) {
  switch (state) {
    case os::WorkerState::kFree: return "free";
    case os::WorkerState::kBooting: return "booting";
    case os::WorkerState::kReady: return "ready";
    case os::WorkerState::kDraining: return "draining";
  }
  return "free";
}

std::string workers_json(const View& view, const CostOf& cost) {
  std::string list;
  for (const WorkerView& worker : view.workers) {
    const Cost used = cost(worker.pid);
    fmt::format_to(std::back_inserter(list),
                   R"({}{{"worker":{},"pid":{},"state":"{}","generation":{},"connections":{},"in_flight":{},)"
                   R"("requests":{},"errors":{},"silence_seconds":{:.3f},"age_seconds":{:.3f},"cpu_seconds":{},)"
                   R"("private_bytes":{},"open_files":{}}})",
                   list.empty() ? "" : ",", worker.number, worker.pid, word_for(worker.state), worker.generation,
                   worker.connections, worker.in_flight, worker.requests, worker.errors, base::seconds(worker.silence),
                   base::seconds(worker.age), used.cpu ? fmt::format("{:.2f}", base::seconds(*used.cpu)) : "null",
                   used.private_bytes ? std::to_string(*used.private_bytes) : "null",
                   used.open_files ? std::to_string(*used.open_files) : "null");
  }
  return fmt::format("{{\"workers\":[{}]}}\n", list);
}

std::string requests_json(const os::Scoreboard& board, const RouteOf& route, base::Monotonic now) {
  std::vector<LiveRequest> requests;
  std::int64_t left_out = 0;
  for (const os::Slot& slot : board.workers()) {
    if (slot.state.load(std::memory_order_acquire) != os::WorkerState::kFree) left_out += collect(slot, requests);
  }
  std::ranges::sort(requests, {}, [](const LiveRequest& request) { return request.record.started_ns; });
  std::string list;
  for (const LiveRequest& request : requests) list += (list.empty() ? "" : ",") + request_json(request, route, now);
  return fmt::format("{{\"requests\":[{}],\"left_out\":{}}}\n", list, left_out);
}

std::string deaths_json(const std::vector<os::DeathNote>& deaths) {
  std::string list;
  for (auto death = deaths.rbegin(); death != deaths.rend(); ++death) {
    fmt::format_to(std::back_inserter(list),
                   R"({}{{"time":{},"worker":{},"pid":{},"generation":{},"ending":"{}","cause":{},"text":{}}})",
                   list.empty() ? "" : ",", moment(death->time_ns), death->number, death->pid, death->generation,
                   os::word_for(death->ending), json_text(death->cause.view()), json_text(death->text.view()));
  }
  return fmt::format("{{\"deaths\":[{}]}}\n", list);
}

std::string event_json(const os::LifeEvent& event) {
  return fmt::format(R"({{"sequence":{},"time":{},"kind":"{}","text":{},"sender":{}}})", event.sequence,
                     moment(event.time_ns), os::word_for(event.kind), json_text(event.text.view()),
                     or_null(event.sender.view()));
}

std::string events_json(const std::vector<os::LifeEvent>& events) {
  std::string list;
  for (const os::LifeEvent& event : events) list += (list.empty() ? "" : ",") + event_json(event);
  return fmt::format("{{\"events\":[{}]}}\n", list);
}

}  // namespace orrery::admin
