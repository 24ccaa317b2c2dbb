#include "ctl/documents.hpp"

#include <fmt/core.h>
#include <nlohmann/json.hpp>

namespace orrery::ctl {

namespace {

using Json = nlohmann::json;

const Json& member(const Json& object, const char* name) {
  static const Json nothing;
  if (!object.is_object()) return nothing;
  const auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

std::string text(const Json& object, const char* name) {
  const Json& value = member(object, name);
  return value.is_string() ? value.get<std::string>() : std::string{};
}

std::optional<double> number(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if (!value.is_number()) return std::nullopt;
  return value.get<double>();
}

std::optional<std::int64_t> whole(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if (value.is_number_integer()) return value.get<std::int64_t>();
  return std::nullopt;
}

std::int64_t count(const Json& object, const char* name) { return whole(object, name).value_or(0); }

bool flag(const Json& object, const char* name) {
  const Json& value = member(object, name);
  return value.is_boolean() && value.get<bool>();
}

/// Of an object whose members are numbers, those that are not 0.
std::vector<std::pair<std::string, std::int64_t>> counts(const Json& object) {
  std::vector<std::pair<std::string, std::int64_t>> out;
  if (!object.is_object()) return out;
  for (const auto& [name, value] : object.items()) {
    if (value.is_number_integer() && value != 0) out.emplace_back(name, value.get<std::int64_t>());
  }
  return out;
}

/// The object that `json` is, when it has the member that makes it this document.
Result<Json> document(std::string_view json, const char* needed) {
  Json read = Json::parse(json, nullptr, false);
  if (!read.is_object() || !read.contains(needed))
    return fail(
        fmt::format("the answer of the admin process is not understood: it is no JSON object with `{}`", needed));
  return read;
}

template <class Item>
Result<std::vector<Item>> list(std::string_view json, const char* name, Item (*read)(const Json&)) {
  const auto found = document(json, name);
  if (!found) return fail(found);
  std::vector<Item> items;
  for (const Json& each : member(*found, name)) items.push_back(read(each));
  return items;
}

Worker worker_from(const Json& at) {
  Worker worker;
  worker.number = count(at, "worker");
  worker.pid = count(at, "pid");
  worker.state = text(at, "state");
  worker.generation = count(at, "generation");
  worker.connections = count(at, "connections");
  worker.in_flight = count(at, "in_flight");
  worker.requests = count(at, "requests");
  worker.errors = count(at, "errors");
  worker.silence = number(at, "silence_seconds");
  worker.age = number(at, "age_seconds");
  worker.cpu = number(at, "cpu_seconds");
  worker.private_bytes = whole(at, "private_bytes");
  return worker;
}

LiveRequest request_from(const Json& at) {
  LiveRequest request;
  request.worker = count(at, "worker");
  request.pid = count(at, "pid");
  request.id = text(at, "id");
  request.method = text(at, "method");
  request.route = text(at, "route");
  request.target = text(at, "target");
  request.client = text(at, "client");
  request.phase = text(at, "phase");
  request.age = number(at, "age_seconds");
  return request;
}

Death death_from(const Json& at) {
  return {number(at, "time").value_or(0), count(at, "worker"), count(at, "pid"),
          count(at, "generation"),        text(at, "cause"),   text(at, "text")};
}

Event event_from(const Json& at) {
  return {count(at, "sequence"), number(at, "time").value_or(0), text(at, "kind"), text(at, "text"),
          text(at, "sender")};
}

/// Values are texts; a list or a number of another version is shown as it is written.
std::string shown(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if (value.is_null()) return {};
  return value.is_string() ? value.get<std::string>() : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

SettingValue setting_from(const Json& at) {
  SettingValue setting{text(at, "name"), shown(at, "value"), text(at, "source"), {}};
  for (const Json& each : member(at, "hidden")) setting.hidden.push_back({shown(each, "value"), text(each, "source")});
  return setting;
}

ThreadStack stack_from(const Json& at) {
  ThreadStack stack{count(at, "thread"), {}};
  for (const Json& frame : member(at, "frames"))
    if (frame.is_string()) stack.frames.push_back(frame.get<std::string>());
  return stack;
}

}  // namespace

Result<std::vector<Worker>> read_workers(std::string_view json) { return list(json, "workers", worker_from); }

Result<LiveRequests> read_requests(std::string_view json) {
  const auto found = document(json, "requests");
  if (!found) return fail(found);
  LiveRequests all;
  for (const Json& each : member(*found, "requests")) all.requests.push_back(request_from(each));
  all.left_out = count(*found, "left_out");
  return all;
}

Result<std::vector<Death>> read_deaths(std::string_view json) { return list(json, "deaths", death_from); }
Result<std::vector<Event>> read_events(std::string_view json) { return list(json, "events", event_from); }

Result<Event> read_event(std::string_view json) {
  const auto found = document(json, "text");
  if (!found) return fail(found);
  return event_from(*found);
}

Result<AnsweredRequest> read_answered(std::string_view json) {
  AnsweredRequest answered;
  if (const auto missed = document(json, "missed")) {
    answered.missed = count(*missed, "missed");
    return answered;
  }
  const auto found = document(json, "target");
  if (!found) return fail(found);
  answered.time = number(*found, "time").value_or(0);
  answered.worker = count(*found, "worker");
  answered.status = count(*found, "status");
  answered.id = text(*found, "id");
  answered.method = text(*found, "method");
  answered.route = text(*found, "route");
  answered.target = text(*found, "target");
  answered.client = text(*found, "client");
  answered.duration = number(*found, "duration_seconds").value_or(0);
  return answered;
}

Result<Configuration> read_configuration(std::string_view json) {
  const auto found = document(json, "settings");
  if (!found) return fail(found);
  Configuration configuration{text(*found, "file"), count(*found, "generation"), {}};
  for (const Json& each : member(*found, "settings")) configuration.settings.push_back(setting_from(each));
  return configuration;
}

Result<Stacks> read_stacks(std::string_view json) {
  const auto found = document(json, "stacks");
  if (!found) return fail(found);
  Stacks stacks{count(*found, "worker"), count(*found, "pid"), {}};
  for (const Json& each : member(*found, "stacks")) stacks.threads.push_back(stack_from(each));
  return stacks;
}

Result<Outcome> read_outcome(std::string_view json) {
  const auto found = document(json, "outcome");
  if (!found) return fail(found);
  return Outcome{text(*found, "order"), text(*found, "outcome"), text(*found, "text")};
}

Result<Status> read_status(std::string_view json) {
  const auto found = document(json, "state");
  if (!found) return fail(found);
  const Json &at = *found, &workers = member(at, "workers"), &reload = member(at, "reload");
  Status status;
  status.program = text(at, "program");
  status.build_id = text(at, "build_id");
  status.state = text(at, "state");
  status.reason = text(at, "reason");
  status.master = count(at, "master");
  status.generation = count(at, "generation");
  status.wanted = count(workers, "wanted");
  status.ready_workers = count(workers, "ready");
  status.least_ready = count(workers, "min_ready");
  status.started_workers = count(workers, "started");
  status.ended = counts(member(workers, "ended"));
  status.requests = count(at, "requests");
  status.connections = count(at, "connections_accepted");
  status.handler_errors = count(at, "handler_errors");
  status.refusals = counts(member(at, "refusals"));
  status.ready = flag(at, "ready");
  status.crash_loop = flag(at, "crash_loop");
  status.upgrading = flag(at, "upgrading");
  status.started = number(at, "started");
  status.master_silence = number(at, "master_heartbeat_age");
  for (const Json& each : member(at, "listeners"))
    if (each.is_string()) status.listeners.push_back(each.get<std::string>());
  status.reload_outcome = text(reload, "outcome");
  status.reload_why = text(reload, "why");
  status.reload_at = number(reload, "at");
  return status;
}

Result<std::string> read_log_level(std::string_view json) {
  const auto found = document(json, "log_level");
  if (!found) return fail(found);
  return text(*found, "log_level");
}

Result<std::string> read_advice(std::string_view json) {
  const auto found = document(json, "advised");
  if (!found) return fail(found);
  return text(*found, "text");
}

std::string write_lists(const std::vector<std::pair<std::string, std::vector<Texts>>>& lists) {
  Json out = Json::object();
  for (const auto& [name, rows] : lists) {
    Json& list = out[name] = Json::array();
    for (const Texts& texts : rows) {
      Json& row = list.emplace_back(Json::object());
      for (const auto& [key, value] : texts) row[key] = value;
    }
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace orrery::ctl
