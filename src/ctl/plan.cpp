#include "ctl/plan.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <string_view>
#include <utility>

#include "base/counted.hpp"
#include "config/settings.hpp"
#include "config/value.hpp"
#include "ctl/grid.hpp"

namespace orrery::ctl {

namespace {

/// The value as this version prints it: another one may print the same value in another way.
std::string as_printed_here(const config::Setting& setting, const std::string& value) {
  Config scratch;
  const auto texts =
      setting.kind == config::Kind::kList ? config::split_entries(setting, value) : std::vector<std::string>{value};
  return config::assign(setting, scratch, texts) ? config::print(setting, scratch) : value;
}

/// Flags, also those of the variable for them, rank above the file.
bool above_file(std::string_view source) { return source.starts_with("--") || source.starts_with("ORRERY_CMD_ARGS"); }

/// The other variables rank below it.
bool from_environment(const config::Setting& setting, std::string_view source) {
  return !setting.environment.empty() && source.find(setting.environment) != std::string_view::npos;
}

std::string summary_of(const Plan& plan) {
  using config::Impact;
  const auto costs = [&](Impact impact) {
    return static_cast<std::size_t>(std::ranges::count(plan.changes, impact, &config::Change::impact));
  };
  const std::size_t restart = costs(Impact::kRestart);
  std::string text;
  if (costs(Impact::kRebind) > 0) {
    text = "A reload opens and closes addresses, and replaces the workers.";
  } else if (costs(Impact::kRespawn) > 0) {
    text = "A reload replaces the workers, one by one.";
  } else if (costs(Impact::kLive) > 0) {
    text = "A reload takes it over at once.";
  }
  if (restart > 0)
    text += fmt::format("{}{} a restart, or an upgrade (USR2); a reload does not apply {}.", text.empty() ? "" : " ",
                        restart == 1 ? "One change needs" : fmt::format("{} changes need", restart),
                        restart == 1 ? "it" : "them");
  return text;
}

}  // namespace

Plan plan_against(const config::Outcome& old, const config::Outcome& fresh) {
  return {config::compare(old.config, fresh.config), {}};
}

Plan plan_against(const Configuration& running, const config::Outcome& fresh) {
  Plan plan;
  for (const SettingValue& row : running.settings) {
    const config::Setting* setting = config::find_setting(row.name);
    if (setting == nullptr || config::is_command(*setting)) continue;
    const std::string from = as_printed_here(*setting, row.value);
    const std::string to = config::print(*setting, fresh.config);
    if (from == to) continue;
    const bool given = fresh.origins.contains(setting->name);
    if (above_file(row.source)) {
      if (given) plan.hidden.push_back({row.name, to, row.source});
      continue;
    }
    if (!given && from_environment(*setting, row.source)) continue;
    plan.changes.push_back({row.name, from, to, setting->impact});
  }
  return plan;
}

std::string plan_text(const Plan& plan, const Style& style) {
  std::string out;
  const auto shown = [](const std::string& value) { return value.empty() ? std::string{"nothing"} : value; };
  if (!plan.changes.empty()) {
    Grid grid({{"SETTING"}, {"COSTS"}, {"OLD -> NEW"}});
    for (const config::Change& change : plan.changes) {
      const Paint paint = change.impact == config::Impact::kRestart ? Paint::kBad : Paint::kPlain;
      grid.add({{change.name},
                {std::string{config::impact_word(change.impact)}, paint},
                {fmt::format("{} -> {}", shown(change.from), shown(change.to))}});
    }
    out += grid.print(style);
  }
  for (const HiddenChange& hidden : plan.hidden)
    out += fmt::format("{}: {} of the file stays hidden by {}\n", hidden.name, shown(hidden.value), hidden.source);
  return out + (plan.changes.empty() ? "Nothing would change." : summary_of(plan)) + '\n';
}

std::string plan_json(const Plan& plan) {
  std::vector<Texts> changes, hidden;
  for (const config::Change& change : plan.changes)
    changes.push_back({{"name", change.name},
                       {"old", change.from},
                       {"new", change.to},
                       {"impact", std::string{config::impact_word(change.impact)}}});
  for (const HiddenChange& each : plan.hidden)
    hidden.push_back({{"name", each.name}, {"new", each.value}, {"hidden_by", each.source}});
  return write_lists({{"changes", changes}, {"hidden", hidden}});
}

}  // namespace orrery::ctl
