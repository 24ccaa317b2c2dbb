#include "admin/orders.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/core.h>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "base/json_text.hpp"
#include "base/log.hpp"
#include "base/probe.hpp"
#include "base/whole_number.hpp"
#include "os/scoreboard.hpp"

namespace orrery::admin {

namespace {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kUsualWait{60}, kLongestWait{3600};
/// For the first word of the master, which answers within a turn.
constexpr std::chrono::seconds kFirstWord{5};

/// What a kind of order has to say beside `wait`.
std::string_view parameter_of(os::OrderKind kind) {
  switch (kind) {
    case os::OrderKind::kScale: return "workers";
    case os::OrderKind::kRestart: return "worker";
    case os::OrderKind::kLogLevel: return "level";
    default: return {};
  }
}

Result<std::int32_t> read_number(std::string_view name, std::string_view text, std::int32_t most) {
  const auto number = base::whole_number<std::int32_t>(text);
  if (number && *number >= 1 && *number <= most) return *number;
  return fail(fmt::format("`{}` is `{}`, and must be a whole number from 1 to {}.", name, text, most));
}

/// What only a reload or an upgrade with a canary has to say.
constexpr std::array<std::string_view, 5> kOfCanary{"canary", "canary-requests", "canary-limit", "canary-verdict",
                                                    "canary-probe"};

bool may_have_canary(os::OrderKind kind) { return kind == os::OrderKind::kReload || kind == os::OrderKind::kUpgrade; }

bool is_parameter(os::OrderKind kind, std::string_view name) {
  if (name == "wait" || (!name.empty() && name == parameter_of(kind))) return true;
  return may_have_canary(kind) && std::ranges::count(kOfCanary, name) != 0;
}

std::string parameters_of(os::OrderKind kind) {
  std::string names;
  if (!parameter_of(kind).empty()) names = fmt::format("`{}` and ", parameter_of(kind));
  if (may_have_canary(kind)) {
    for (const std::string_view name : kOfCanary) names += fmt::format("`{}`, ", name);
    names.replace(names.size() - 2, 2, " and ");
  }
  return names + "`wait`";
}

Result<std::int32_t> read_level(std::string_view text) {
  for (int level = 0; level <= static_cast<int>(LogLevel::kCritical); ++level) {
    if (base::word_for(static_cast<LogLevel>(level)) == text) return level;
  }
  return fail(fmt::format("`level` is `{}`, and must be debug, info, warning, error or critical.", text));
}

Result<std::int32_t> read_argument(os::OrderKind kind, std::string_view text) {
  if (kind == os::OrderKind::kLogLevel) return read_level(text);
  if (kind == os::OrderKind::kScale) return read_number("workers", text, os::kMaxWorkers);
  if (text == "all") return 0;
  return read_number("worker", text, INT32_MAX);
}

Result<milliseconds> read_wait(std::optional<std::string_view> text) {
  if (!text) return milliseconds{kUsualWait};
  const auto seconds = base::whole_number<double>(*text);
  if (seconds && *seconds >= 0 && *seconds <= static_cast<double>(kLongestWait.count()))
    return milliseconds{static_cast<std::int64_t>(*seconds * 1000)};
  return fail(
      fmt::format("`wait` is `{}`, and must be a number of seconds from 0 to {}.", *text, kLongestWait.count()));
}

Result<void> read_verdict(std::string_view text, os::CanaryTerms& terms) {
  if (text != "promote" && text != "roll-back")
    return fail(fmt::format("`canary-verdict` is `{}`, and must be promote or roll-back.", text));
  terms.promotes = text == "promote";
  terms.said |= os::CanaryTerms::kPromotes;
  return {};
}

Result<void> read_probe(std::string_view text, os::CanaryTerms& terms) {
  if (!text.empty() && !base::is_probe(text)) {
    return fail(
        fmt::format("`canary-probe` is `{}`, and must be a path that begins with a slash, of {} bytes at most, "
                    "or empty.",
                    text, base::kLongestProbe));
  }
  terms.probe = decltype(terms.probe){text};
  terms.said |= os::CanaryTerms::kProbe;
  return {};
}

/// Each term that is not given stays unsaid.
Result<void> read_terms(const Request& request, os::CanaryTerms& terms) {
  using Terms = os::CanaryTerms;
  for (const auto& [name, number, most, term] :
       {std::tuple{"canary-requests", &terms.requests, os::kMostCanaryRequests, Terms::kRequests},
        std::tuple{"canary-limit", &terms.limit, os::kLongestTrial, Terms::kLimit}}) {
    const auto text = request.query(name);
    if (!text) continue;
    const auto read = read_number(name, *text, static_cast<std::int32_t>(most));
    if (!read) return fail(read);
    *number = static_cast<std::uint32_t>(*read);
    terms.said |= term;
  }
  if (const auto text = request.query("canary-verdict")) {
    if (auto read = read_verdict(*text, terms); !read) return read;
  }
  const auto probe = request.query("canary-probe");
  return probe ? read_probe(*probe, terms) : Result<void>{};
}

Result<void> read_canary(const Request& request, os::Order& order) {
  const auto text = request.query("canary");
  if (text && *text != "1" && *text != "0") return fail(fmt::format("`canary` is `{}`, and must be 1 or 0.", *text));
  order.argument = text && *text == "1" ? 1 : 0;
  if (order.argument == 1) return read_terms(request, order.canary);
  for (const std::string_view name : kOfCanary) {
    if (name != "canary" && request.query(name))
      return fail(fmt::format("`{}` is for {} with a canary; `canary=1` is missing.", name,
                              order.kind == os::OrderKind::kReload ? "a reload" : "an upgrade"));
  }
  return {};
}

int status_for(std::string_view outcome) {
  if (outcome == "done") return 200;
  if (outcome == "begun") return 202;
  return outcome == "timeout" ? 504 : 409;
}

Response tell(int status, std::string_view order, std::string_view outcome, std::string_view text) {
  static const FixedFields kNeverStored{{"Cache-Control", "no-store"}};
  return Response::json(fmt::format("{{\"order\":\"{}\",\"outcome\":\"{}\",\"text\":{}}}\n", order, outcome,
                                    base::json_text(text)))
      .with_status(status)
      .with_fixed_fields(kNeverStored);
}

/// What can be said when the answer has not come in time.
std::string overdue(milliseconds waited) {
  return fmt::format("The outcome has not come within {:.4g} s. What was begun goes on; /events tells its end.",
                     static_cast<double>(waited.count()) / 1000);
}

Task<Response> obey(std::shared_ptr<Desk> desk, std::shared_ptr<const Door> door, os::OrderKind kind, Request request) {
  if (auto refused = door->refuse_order(request)) co_return std::move(*refused);
  const std::string_view word = os::word_for(kind);
  const auto question = read_question(kind, request);
  if (!question) co_return tell(400, word, "refused", question.error().message);
  const bool at_once = question->wait.count() == 0;
  const milliseconds limit = at_once ? milliseconds{kFirstWord} : question->wait;
  std::string late;
  try {
    const os::OrderAnswer answer = co_await give(desk, question->order, at_once, limit);
    co_return tell_outcome(word, os::word_for(answer.outcome), answer.text.view());
  } catch (const TimedOut&) {
    late = overdue(limit);
  }
  co_return tell_outcome(word, "timeout", late);
}

/// Gives the order, and forgets the question when nobody waits for its answer any more.
class Asking {
 public:
  explicit Asking(Desk& desk) : desk_(desk) {}
  ~Asking() {
    if (ticket != 0) desk_.forget(ticket);
  }
  Asking(const Asking&) = delete;
  Asking& operator=(const Asking&) = delete;
  std::uint64_t ticket = 0;

 private:
  Desk& desk_;
};

Task<os::OrderAnswer> ask(std::shared_ptr<Desk> desk, os::Order order, bool at_once) {
  Asking asking{*desk};
  const auto begin = [&](auto done) {
    asking.ticket = desk->give(order, at_once, [done](const os::OrderAnswer& answer) { done(answer); });
  };
  co_return co_await Await<os::OrderAnswer>{begin};
}

}  // namespace

Result<Question> read_question(os::OrderKind kind, const Request& request) {
  const std::string_view parameter = parameter_of(kind);
  for (std::size_t i = 0; i < request.query_count(); ++i) {
    const std::string_view name = request.query_at(i).name;
    if (is_parameter(kind, name)) continue;
    return fail(fmt::format("`{}` is no parameter of this order; it has {}.", name, parameters_of(kind)));
  }
  const auto wait = read_wait(request.query("wait"));
  if (!wait) return fail(wait);
  Question question;
  question.wait = *wait;
  question.order.kind = kind;
  question.order.from = decltype(question.order.from){request.client()};
  if (may_have_canary(kind)) {
    if (auto read = read_canary(request, question.order); !read) return fail(read);
  }
  if (parameter.empty()) return question;
  const auto text = request.query(parameter);
  if (!text) return fail(fmt::format("`{}` is missing.", parameter));
  const auto argument = read_argument(kind, *text);
  if (!argument) return fail(argument);
  question.order.argument = *argument;
  return question;
}

Response tell_outcome(std::string_view order, std::string_view outcome, std::string_view text) {
  return tell(status_for(outcome), order, outcome, text);
}

Task<os::OrderAnswer> give(std::shared_ptr<Desk> desk, os::Order order, bool at_once, milliseconds limit) {
  return within(limit, ask(std::move(desk), order, at_once));
}

void add_orders(App& app, const std::shared_ptr<Desk>& desk, const std::shared_ptr<const Door>& door) {
  RouteOptions patient;
  patient.request_deadline = kLongestWait + 2 * kFirstWord;
  using Kind = os::OrderKind;
  for (const Kind kind : {Kind::kReload, Kind::kUpgrade, Kind::kScale, Kind::kRestart, Kind::kDrain, Kind::kUndrain,
                          Kind::kStop, Kind::kLogLevel}) {
    app.post(
        fmt::format("/{}", os::word_for(kind)),
        [desk, door, kind](Request request) { return obey(desk, door, kind, std::move(request)); }, patient);
  }
}

}  // namespace orrery::admin
