#include "ctl/orders.hpp"

#include <chrono>
#include <fmt/core.h>
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

std::string target_of(const Invocation& invocation, seconds wait) {
  const std::string_view name = invocation.command->name;
  std::string target = fmt::format("/{}?", name);
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
  }
  const std::string target = target_of(invocation, wait);
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
