#include "worker/recorder.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "http/characters.hpp"
#include "worker/flights.hpp"

namespace orrery::worker {

using base::Reject;

namespace {

/// A flood of refused peers must not flood the log: further ones of the same second share a line.
constexpr std::uint32_t kRejectLinesPerSecond = 20;

std::int64_t nanoseconds(base::Monotonic time) { return time.time_since_epoch().count(); }

struct FieldSources {
  const http::Message* message;
  const Response* response;
  mutable std::string joined;  ///< of the field that was asked for last
};

/// The lines of a field are one value (RFC 9110, 5.3). `value_at` says the value of the line at an index, if it has
/// that name.
template <class ValueAt>
std::string_view value_of_lines(std::size_t count, std::string& joined, ValueAt&& value_at) {
  std::optional<std::string_view> value;
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<std::string_view> more = value_at(i);
    if (!more) continue;
    if (!value) {
      value = more;
      continue;
    }
    if (value->data() != joined.data()) joined.assign(*value);
    joined.append(", ").append(*more);
    value = joined;
  }
  return value.value_or(std::string_view{});
}

std::string_view request_field(const void* context, std::string_view name) {
  const auto& sources = *static_cast<const FieldSources*>(context);
  const http::Message& message = *sources.message;
  return value_of_lines(message.fields.size(), sources.joined, [&](std::size_t i) -> std::optional<std::string_view> {
    const Field field = message.field(message.fields[i]);
    return http::same_field_name(field.name, name) ? std::optional{field.value} : std::nullopt;
  });
}

std::string_view response_field(const void* context, std::string_view name) {
  const auto& sources = *static_cast<const FieldSources*>(context);
  if (!sources.response) return {};
  const auto& fields = sources.response->fields();
  const std::string_view joined =
      value_of_lines(fields.size(), sources.joined, [&](std::size_t i) -> std::optional<std::string_view> {
        return http::same_field_name(fields[i].first, name) ? std::optional<std::string_view>{fields[i].second}
                                                            : std::nullopt;
      });
  return joined.empty() ? sources.response->field(name).value_or(std::string_view{}) : joined;
}

/// 2960 -> "2,960".
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

/// A peer that is refused is worth a look; a server that cannot serve, a second one.
LogLevel level_of(Reject reason) { return base::row(reason).status >= 500 ? LogLevel::kWarning : LogLevel::kInfo; }

std::size_t latency_bucket(base::Nanoseconds duration) {
  const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 1));
  return std::min<std::size_t>(static_cast<std::size_t>(std::bit_width(count)) - 1, os::kLatencyBuckets - 1);
}

}  // namespace

void describe(const http::Message& message, os::RequestRecord& record) {
  record.set_method(message.method);
  record.set_target(message.path());
  record.id = message.id;  // whole: cheaper than to measure
  record.id_length = message.id_length;
  record.peer = message.client;
  record.protocol = message.protocol;
  record.status = 0;
  record.flight = message.flight;
  record.thread = 0;
  record.started_ns = nanoseconds(message.started);
  record.deadline_ns = 0;
  record.finished_ns = 0;
}

void Recorder::on_rejected(Reject reason, const base::Address& peer, const http::Message* message) {
  os::bump(slot_.counters.rejects[static_cast<std::size_t>(reason)]);
  if (reason == Reject::request_deadline && deadline_callback_) deadline_callback_();
  const std::int64_t second = nanoseconds(base::monotonic_now()) / 1'000'000'000;
  if (std::exchange(rejects_second_, second) != second) {
    tell_withheld();
    rejects_logged_ = 0;
  }
  if (!base::log_enabled(level_of(reason))) return;
  if (++rejects_logged_ > kRejectLinesPerSecond) {
    ++withheld_[static_cast<std::size_t>(reason)];
    ++all_withheld_;
    return;
  }
  const base::RejectRow& row = base::row(reason);
  const std::string_view target = message ? message->view(message->target) : std::string_view{};
  base::log_at(level_of(reason), "refused {}: {} ({}{}{})", peer.to_string(), row.sentence, row.name,
               target.empty() ? "" : ", target ", target.substr(0, 200));
}

/// "2,960 more refusals: missing_host 2,958, bad_host 2", the most frequent first.
void Recorder::tell_withheld() {
  if (all_withheld_ == 0) return;
  std::vector<Reject> reasons;
  LogLevel level = LogLevel::kInfo;
  for (std::size_t i = 0; i < withheld_.size(); ++i) {
    if (withheld_[i] == 0) continue;
    reasons.push_back(static_cast<Reject>(i));
    level = std::max(level, level_of(reasons.back()));
  }
  const auto count = [&](Reject reason) { return withheld_[static_cast<std::size_t>(reason)]; };
  std::ranges::stable_sort(reasons, std::greater{}, count);
  std::string list;
  for (const Reject reason : reasons)
    list.append(list.empty() ? "" : ", ").append(base::row(reason).name).append(" " + grouped(count(reason)));
  base::log_at(level, "{} more refusal{}: {}", grouped(all_withheld_), all_withheld_ == 1 ? "" : "s", list);
  withheld_ = {};
  all_withheld_ = 0;
}

std::size_t Recorder::row_of(const http::Message& message) const {
  if (message.match.kind == http::RouteMatch::Kind::kFound) return rows_[message.match.route];
  if (message.match.kind == http::RouteMatch::Kind::kNoPath)
    return message.dispatched == base::Monotonic{} ? os::kServerRow : os::kUnmatchedRow;
  return message.match.route == http::kNoRoute ? std::size_t{os::kServerRow} : rows_[message.match.route];
}

void Recorder::on_answered(const http::Message& message, const http::Answer& answer) {
  const base::Monotonic now = answer.finished == base::Monotonic{} ? base::monotonic_now() : answer.finished;
  const base::Nanoseconds duration = now - message.started;
  os::Counters& counters = slot_.counters;
  const std::uint64_t count = counters.requests.load(std::memory_order_relaxed) + 1;
  counters.requests.store(count, std::memory_order_relaxed);
  os::bump(counters.responses[static_cast<std::size_t>(std::clamp(answer.status / 100, 0, 5))]);
  os::bump(counters.latency[latency_bucket(duration)]);
  os::bump(counters.duration_ns, static_cast<std::uint64_t>(std::max<std::int64_t>(duration.count(), 0)));
  if (const auto waited = message.time_in_queue()) {
    os::bump(counters.queue[latency_bucket(*waited)]);
    os::bump(counters.queue_ns, static_cast<std::uint64_t>(waited->count()));
  }
  counts_.count(row_of(message), os::AnswerKind{message.method, answer.status}, duration, duration_bounds_);
  const std::uint32_t next = slot_.finished_next.load(std::memory_order_relaxed);
  slot_.finished[next % os::kFinishedCells].write([&](os::RequestRecord& record) {
    describe(message, record);
    record.status = static_cast<std::uint16_t>(answer.status);
    record.finished_ns = nanoseconds(now);
  });
  slot_.finished_next.store(next + 1, std::memory_order_release);
  if (access_log_) write_access_line(message, answer, now);
  if (message.flight != 0) slot_.account(message.flight);
  if (count >= call_from_) count_callback_();
}

void Recorder::write_access_line(const http::Message& message, const http::Answer& answer, base::Monotonic now) {
  const FieldSources sources{&message, answer.response, {}};
  std::array<char, 46> client{};
  base::AccessRecord record;
  record.client = message.client.format_ip(client);
  record.method = message.method;
  record.target = message.view(message.target);
  record.protocol = message.protocol;
  record.id = message.id_view();
  record.trace = http::trace_id(message.trace_view());
  if (message.match.kind == http::RouteMatch::Kind::kFound) record.route = routes_[message.match.route].pattern;
  record.status = answer.status;
  record.body_bytes = answer.body_bytes;
  record.finished = base::wall_tick();
  record.duration = now - message.started;
  record.queue = message.time_in_queue();
  record.ending = answer.ending;
  record.tls = message.tls.get();
  record.pid = slot_.pid.load(std::memory_order_relaxed);
  record.request_field = request_field;
  record.response_field = response_field;
  record.context = &sources;
  access_log_->write(record);
}

void Recorder::on_unsendable(const http::Message& message) {
  handler_failed(message, "the response has a field that cannot be sent (a control byte, or a bad name)");
}

void Recorder::on_bad_status(const http::Message& message, int status) {
  handler_failed(message, "the response has the status " + std::to_string(status) + ", which is none from 200 to 599");
}

void Recorder::on_layer_failed(const http::Message& message, std::string_view layer, std::string_view why) {
  os::bump(slot_.counters.handler_errors);
  base::log_error("layer {} failed at {} {}: {} ({})", layer, message.method, message.path(), why,
                  http::name_in_log(message));
}

void Recorder::handler_failed(const http::Message& message, std::string_view why) {
  os::bump(slot_.counters.handler_errors);
  base::log_error("handler of {} {} failed: {} ({})", message.method, message.path(), why, http::name_in_log(message));
}

void Recorder::flush() {
  tell_withheld();
  if (access_log_) access_log_->flush();
}

void Recorder::reopen() {
  if (!access_log_) return;
  if (auto opened = access_log_->reopen(); !opened) base::log_error("{}", opened.error().message);
}

}  // namespace orrery::worker
