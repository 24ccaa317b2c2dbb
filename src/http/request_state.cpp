#include "http/request_state.hpp"

#include <algorithm>
#include <atomic>
#include <string_view>
#include <utility>

#include "http/error_answer.hpp"
#include "http/sendable.hpp"

namespace orrery::http {

using base::Monotonic;
using base::Reject;

namespace {

constexpr Monotonic kNever = Monotonic::max();

}  // namespace

Monotonic prolonged(Monotonic start, std::chrono::milliseconds allowed, std::uint64_t bytes, std::size_t min_rate) {
  const double earned = static_cast<double>(bytes) / static_cast<double>(min_rate);
  return start + allowed + std::chrono::duration_cast<base::Nanoseconds>(std::chrono::duration<double>(earned));
}

std::optional<Reject> RequestState::route(const Context& context, Monotonic now) {
  if (message->path_is_raw) {
    context.router.find(message->method, message->view(message->path_part), message->match);
  } else {
    context.router.find(message->method, message->path(), message->match);
    message->decode_parameters();
  }
  if (context.layers) message->layers = context.layers->of(*message);
  message->body_limit = context.config.limit_request_body;
  const RouteOptions* options = has_handler() ? &context.routes[message->match.route].options : nullptr;
  if (options && options->limit_request_body) message->body_limit = *options->limit_request_body;
  if (message->content_length > message->body_limit) return Reject::large_body;
  if (!options) {
    phase = Phase::kHandling;
    message->dispatched = now;
    return {};
  }
  if (message->body_complete || options->stream_body || message->framing == BodyFraming::kTunnel) {
    message->body_paused = now;
    begin_handling(context, now);
  } else if (message->content_length > context.largest_in_memory()) {
    spool(now);
  } else {
    phase = Phase::kBody;
  }
  return {};
}

void RequestState::spool(Monotonic now) {
  phase = Phase::kHandling;
  message->body_spooled = true;
  message->body_paused = now;
}

void RequestState::end_spooling(const Context& context, Monotonic now) {
  message->dispatched = now;
  begin_handling(context, now);
}

void RequestState::find_trace(Context& context, const base::Address& sender, std::string_view offered) {
  using Wanted = orrery::Traceparent;
  if (context.config.traceparent == Wanted::kOff) return;
  const bool kept = is_traceparent(offered) && context.proxies.forwarding.trusts(sender);
  if (!kept && context.config.traceparent != Wanted::kMake) return;
  message->trace = kept ? continue_trace(offered, context.ids) : begin_trace(context.ids);
  message->traced = true;
}

void RequestState::cancel(Context& context) {
  message->cancelled.store(true, std::memory_order_release);
  if (message->task) message->task->on_cancelled();
  leave_callback(context, true);
}

void RequestState::leave_callback(Context& context, bool due) {
  auto& callback = message->on_cancelled;
  if (callback) context.cancellations.push_back({std::exchange(callback, nullptr), due});
}

Response RequestState::answer_without_handler() const {
  switch (message->match.kind) {
    case RouteMatch::Kind::kOptions: return Response::status(204).with_field("Allow", *message->match.allow);
    case RouteMatch::Kind::kNoMethod:
      return error_answer(*message, 405, "no_method").with_field("Allow", *message->match.allow);
    default: return error_answer(*message, 404, "no_path");
  }
}

std::chrono::seconds RequestState::held_for(const Context& context, Monotonic now) const {
  if (!context.layer_watch) return std::chrono::seconds{0};
  // Most often none is held: then no layer is looked at for it.
  const auto held = context.layer_watch->held_for(*message, now);
  return held.count() > 0 && !message->layers->empty() ? held : std::chrono::seconds{0};
}

bool RequestState::pass_layers(const Context& context, Response& response, Monotonic now) {
  if (!message->layers || !message->bytes) return true;
  LayerWatch* const watch = context.layer_watch;
  if (!watch || !sees_answers(*message->layers))
    return run_after(*message->layers, *message, response, context.observer);
  if (watch->held_for(*message, now).count() > 0) {
    if (is_sendable(response)) return true;
    response = answer_unsendable(*message, response, context.observer);
    return false;
  }
  const int begun = watch->begun(*message);
  const bool passed = run_after(*message->layers, *message, response, context.observer);
  watch->ended(begun);
  return passed;
}

std::optional<Response> RequestState::ask_layers(const Context& context, Monotonic now) {
  if (!sees_requests(*message->layers)) return {};
  LayerWatch* const watch = context.layer_watch;
  const int begun = watch ? watch->begun(*message) : 0;
  auto answer = run_before(*message->layers, *message, context.observer);
  if (watch) watch->ended(begun);
  if (!answer) return {};
  phase = Phase::kHandling;
  message->dispatched = now;
  return answer;
}

void RequestState::begin_handling(const Context& context, Monotonic now) {
  phase = Phase::kHandling;
  const auto& own = context.routes[message->match.route].options.request_deadline;
  const auto allowed = own.value_or(context.config.request_deadline);
  if (allowed.count() > 0) message->deadline = now + allowed;
}

void RequestState::resume_body(Monotonic now) {
  if (message->body_paused != Monotonic{}) message->body_started += now - message->body_paused;
  message->body_paused = {};
}

void RequestState::discard_body(Monotonic now) {
  phase = Phase::kDiscard;
  resume_body(now);
  message->body_discarded = true;
  message->body.clear();
}

Monotonic RequestState::deadline(const Config& config) const {
  const bool asked = body_wanted && message->framing != BodyFraming::kTunnel;
  const bool reads = phase == Phase::kBody || phase == Phase::kDiscard || asked;
  const Monotonic body =
      reads ? prolonged(message->body_started, config.body_timeout, message->body_received, config.min_rate) : kNever;
  const bool handled = phase == Phase::kHandling || phase == Phase::kStreaming;
  return handled && message->deadline != Monotonic{} ? std::min(body, message->deadline) : body;
}

Reject RequestState::overdue(Monotonic now) const {
  const bool handled = phase == Phase::kHandling || phase == Phase::kStreaming;
  const bool handler = handled && message->deadline != Monotonic{} && now >= message->deadline;
  return handler ? Reject::request_deadline : Reject::body_timeout;
}

}  // namespace orrery::http
