// Requests that workers died of, and what the service does about them. Part of class Service.
#include <algorithm>
#include <chrono>
#include <fmt/core.h>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "master/culprit.hpp"
#include "master/service.hpp"

namespace orrery::master {

namespace {

std::string describe_order(const Quarantine::Held& held, unsigned deaths, base::Monotonic now) {
  return fmt::format(
      "Quarantine: {} (this target, with its query) is answered 503 for {:.0f} s: {} worker{} died of it "
      "within "
      "{:.0f} s. HUP ends that; `quarantine: 0` turns it off",
      held.request.name, base::seconds(held.until - now), deaths, deaths == 1 ? "" : "s",
      base::seconds(kQuarantineWindow));
}

}  // namespace

Service::Blame Service::hold_culprit(const Death& death, const os::Slot& slot, base::Monotonic now) {
  const auto culprit = find_culprit(death, slot);
  if (!culprit) return {};
  Blame blame{"; it was running " + culprit->request.name, {}};
  switch (quarantine_.record_death(culprit->request, culprit->how, death.generation, now)) {
    case Quarantine::Verdict::kNothing: return blame;
    case Quarantine::Verdict::kKnown: blame.report += ", begun before its quarantine"; break;
    case Quarantine::Verdict::kQuarantine:
      blame.report += ", which is in quarantine from now on";
      blame.order = describe_order(quarantine_.held().back(), quarantine_.rules().deaths, now);
      publish_held();
      break;
  }
  inbox_.emplace_back(CauseHeld{});
  return blame;
}

void Service::release_held(base::Monotonic now) {
  const auto ended = quarantine_.expire(now);
  for (const Quarantine::Held& held : ended) base::log_info("The quarantine of {} is over", held.request.name);
  if (!ended.empty()) publish_held();
}

void Service::begin_quarantine(unsigned generation) {
  const Config& config = generations_.at(generation).config;
  const Quarantine::Rules rules{config.quarantine, static_cast<unsigned>(std::max(config.quarantine_after, 1))};
  const std::size_t released = quarantine_.begin_generation(generation, rules);
  if (released == 0) return;
  base::log_info("{} request{} left quarantine: generation {} may have mended what workers died of", released,
                 released == 1 ? " has" : "s have", generation);
  publish_held();
}

void Service::publish_held() {
  std::vector<os::QuarantineTable::Entry> entries;
  for (const Quarantine::Held& held : quarantine_.held()) entries.push_back({held.request.key, held.until});
  prepared_.scoreboard.quarantine().publish(entries);
}

}  // namespace orrery::master
