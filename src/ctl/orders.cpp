#include "ctl/orders.hpp"

#include <array>
#include <chrono>
#include <fmt/core.h>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.hpp"
#include "ctl/documents.hpp"
#include "ctl/phrases.hpp"

namespace orrery::ctl {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kPatience{120};
/// For the way there and back, beside the time that the service waits itself.
constexpr seconds kWay{10};
constexpr milliseconds kBetweenLooks{50};

Result<seconds> canary_limit(const Invocation& invocation) {
  const auto limit = read_time("canary-limit", invocation.value("canary-limit"));
  if (!limit) return fail(limit);
  return std::chrono::ceil<seconds>(*limit);
}

/// What is wrong with a word is told by the service, which bounds it as well.
Result<std::string> canary_of(const Invocation& invocation) {
  constexpr std::array<std::string_view, 3> kWords{"canary-requests", "canary-verdict", "canary-probe"};
  if (!invocation.has("canary")) {
    for (const std::string_view name : {kWords[0], kWords[1], kWords[2], std::string_view{"canary-limit"}})
      if (invocation.has(name)) return fail(fmt::format("--{} is for {} --canary", name, invocation.command->name));
    return std::string{};
  }
  std::string target = "canary=1&";
  for (const std::string_view name : kWords)
    if (invocation.has(name)) target += fmt::format("{}={}&", name, encoded(invocation.value(name)));
  if (!invocation.has("canary-limit")) return target;
  const auto limit = canary_limit(invocation);
  if (!limit) return fail(limit);
  return target + fmt::format("canary-limit={}&", limit->count());
}

std::string target_of(const Invocation& invocation, const std::string& canary, seconds wait) {
  const std::string_view name = invocation.command->name;
  std::string target = fmt::format("/{}?{}", name, canary);
  if (name == "scale") target += fmt::format("workers={}&", invocation.operands.front());
  if (name == "restart") target += fmt::format("worker={}&", invocation.operands.front());
  return target + fmt::format("wait={}", wait.count());
}

/// The admin process leaves with the service: when nobody takes a connection any more, it has stopped.
Verdict wait_until_gone(const Service& service, seconds wait) {
  const auto end = base::monotonic_now() + wait;
  while (base::monotonic_now() < end) {
    const auto reply = service.get("/livez");
    if (!reply && reply.error().kind == NoReply::Kind::kUnreachable)
      return {kExitDone, "The service has stopped.\n", ""};
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return failed(kExitFailed, fmt::format("the service still stops after {} s; it goes on with it", wait.count()));
}

Verdict unknown_outcome(const NoReply& none) {
  Verdict verdict = unanswered(none);
  if (none.kind != NoReply::Kind::kUnreachable)
    verdict.complaint += "; what became of the order is not known: ask `status` and `events`";
  return verdict;
}

}  // namespace

Verdict outcome_of(const Reply& reply, const std::string& target, bool json) {
  const auto outcome = read_outcome(reply.body);
  if (!outcome) return refused(reply, target);
  const bool good = outcome->outcome == "done" || outcome->outcome == "begun";
  if (json) return {good ? kExitDone : kExitFailed, reply.body.ends_with('\n') ? reply.body : reply.body + '\n', ""};
  const std::string text = printable(outcome->text);
  return good ? Verdict{kExitDone, text + '\n', ""} : failed(kExitFailed, text);
}

Verdict give_order(const Service& service, const Invocation& invocation) {
  seconds wait = invocation.has("no-wait") ? seconds{0} : kPatience;
  if (invocation.has("wait")) {
    const auto given = read_time("wait", invocation.value("wait"));
    if (!given) return failed(kExitUsage, given.error().message);
    wait = std::chrono::ceil<seconds>(*given);
  } else if (invocation.has("canary-limit") && wait.count() > 0) {
    wait += canary_limit(invocation).value_or(seconds{0});
  }
  const auto canary = canary_of(invocation);
  if (!canary) return failed(kExitUsage, canary.error().message);
  const std::string target = target_of(invocation, *canary, wait);
  const auto reply = service.post(target, wait + kWay);
  const bool stops = invocation.command->name == "stop" && wait.count() > 0;
  if (!reply) {
    const bool gone = stops && reply.error().kind == NoReply::Kind::kCutOff;
    return gone ? wait_until_gone(service, wait) : unknown_outcome(reply.error());
  }
  Verdict verdict = outcome_of(*reply, target, invocation.has("json"));
  const auto outcome = read_outcome(reply->body);
  if (stops && verdict.exit == kExitDone && outcome && outcome->outcome == "begun" && !invocation.has("json"))
    return wait_until_gone(service, wait);
  return verdict;
}

}  // namespace orrery::ctl
