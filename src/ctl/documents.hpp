// Documents: what the admin process tells, as plain values. The only room of this floor that reads and writes
// JSON.
//
// Pure. Tolerant: members that are missing, null or of another type are unknown (an empty optional, zero, or an empty
// text), and members that it does not know are passed over, so that client and service may be of two versions. Only a
// text that is no such document at all is an error.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/result.hpp"

namespace orrery::ctl {

struct Worker {
  std::int64_t number = 0, pid = 0;
  std::string state;
  std::int64_t generation = 0, connections = 0, in_flight = 0, requests = 0, errors = 0;
  std::optional<double> silence, age, cpu;  ///< seconds
  std::optional<std::int64_t> private_bytes;
};

/// A request that is handled now.
struct LiveRequest {
  std::int64_t worker = 0, pid = 0;
  std::string id, method, route, target, client, phase;
  std::optional<double> age;  ///< seconds
};
struct LiveRequests {
  std::vector<LiveRequest> requests;
  std::int64_t left_out = 0;
};

struct Death {
  double time = 0;  ///< Unix time
  std::int64_t worker = 0, pid = 0, generation = 0;
  std::string cause, text;
};

struct Event {
  std::int64_t sequence = 0;
  double time = 0;  ///< Unix time
  std::string kind, text, sender;
};

/// A request that was answered, or how many there were that nobody saw.
struct AnsweredRequest {
  double time = 0;  ///< Unix time
  std::int64_t worker = 0, status = 0;
  std::string id, method, route, target, client;
  double duration = 0;      ///< seconds
  std::int64_t missed = 0;  ///< not 0: there is nothing else in it
};

struct HiddenValue {
  std::string value, source;
};
struct SettingValue {
  std::string name, value, source;
  std::vector<HiddenValue> hidden;
};
struct Configuration {
  std::string file;  ///< empty = none
  std::int64_t generation = 0;
  std::vector<SettingValue> settings;
};

struct ThreadStack {
  std::int64_t thread = 0;
  std::vector<std::string> frames;
};
struct Stacks {
  std::int64_t worker = 0, pid = 0;
  std::vector<ThreadStack> threads;
};

/// What became of an order.
struct Outcome {
  std::string order, outcome, text;
};

struct Status {
  std::string program, build_id, state, reason;
  std::int64_t master = 0, generation = 0, wanted = 0, ready_workers = 0, least_ready = 0, started_workers = 0;
  std::int64_t requests = 0, connections = 0, handler_errors = 0;
  bool ready = false, crash_loop = false, upgrading = false;
  std::optional<double> started, master_silence;
  std::vector<std::string> listeners;
  std::vector<std::pair<std::string, std::int64_t>> ended, refusals;  ///< by cause, by name; only those there were
  std::string reload_outcome, reload_why;
  std::optional<double> reload_at;
};

Result<std::vector<Worker>> read_workers(std::string_view json);
Result<LiveRequests> read_requests(std::string_view json);
Result<std::vector<Death>> read_deaths(std::string_view json);
Result<std::vector<Event>> read_events(std::string_view json);
/// The object of one event alone, as the stream has it.
Result<Event> read_event(std::string_view json);
Result<AnsweredRequest> read_answered(std::string_view json);
Result<Configuration> read_configuration(std::string_view json);
Result<Stacks> read_stacks(std::string_view json);
Result<Outcome> read_outcome(std::string_view json);
Result<Status> read_status(std::string_view json);
Result<std::string> read_log_level(std::string_view json);
/// What is advised and why, as sentences.
Result<std::string> read_advice(std::string_view json);

/// For what the commands of this floor find out themselves: one object each, of texts by name.
using Texts = std::vector<std::pair<std::string, std::string>>;
/// One line: {"changes":[{"name":"timeout",…},…],…}.
std::string write_lists(const std::vector<std::pair<std::string, std::vector<Texts>>>& lists);

}  // namespace orrery::ctl
