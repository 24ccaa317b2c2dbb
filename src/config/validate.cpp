#include "config/validate.hpp"

#include <fmt/format.h>
#include <optional>

#include "base/address.hpp"
#include "config/value.hpp"

namespace orrery::config {
namespace {

/// Port 0 is another port each time.
bool same_place(const base::BindTarget& a, const base::BindTarget& b) {
  const bool any_port = a.kind == base::BindTarget::Kind::kTcp && a.address.port == 0;
  return a == b && !any_port;
}

void find_duplicate_binds(const Config& config, std::vector<Problem>& problems) {
  std::vector<base::BindTarget> seen;
  for (std::size_t i = 0; i < config.bind.size(); ++i) {
    const auto target = base::parse_bind(config.bind[i]);
    // An address that cannot be read has its own complaint; keep the places of the others.
    seen.push_back(target.value_or(base::BindTarget{}));
    for (std::size_t j = 0; target && j < i; ++j) {
      if (!same_place(seen[j], *target)) continue;
      problems.push_back(
          {"bind", i,
           fmt::format("`{}` is the same address as `{}`; give it once", config.bind[i], config.bind[j])});
      break;
    }
  }
}

// A daemon's standard streams are /dev/null: the lines would be lost without a word.
void find_lost_logs(const Config& config, std::vector<Problem>& problems) {
  if (!config.daemon) return;
  if (config.errorlog == "-") {
    problems.push_back(
        {"daemon", 0, "a daemon has no standard error for its error log; set `errorlog` to a file"});
  }
  if (config.accesslog == "-") {
    problems.push_back(
        {"daemon", 0, "a daemon has no standard output for its access log; set `accesslog` to a file"});
  }
}

void find_stuck_reloads(const Config& config, std::vector<Problem>& problems) {
  if (config.max_surge == 0 && config.max_unavailable == 0) {
    problems.push_back({"max_surge", 0,
                        "max_surge and max_unavailable are both 0, so no worker could ever be replaced; "
                        "give one of them at least 1"});
  }
}

void find_upside_down_limits(const Config& config, std::vector<Problem>& problems) {
  if (config.max_worker_memory_hard != 0 && config.max_worker_memory_hard < config.max_worker_memory) {
    problems.push_back({"max_worker_memory_hard", 0,
                        "max_worker_memory_hard is below max_worker_memory, which then could never act; "
                        "make it larger"});
  }
}

}  // namespace

std::vector<Problem> find_conflicts(const Config& config) {
  std::vector<Problem> problems;
  find_duplicate_binds(config, problems);
  find_lost_logs(config, problems);
  find_stuck_reloads(config, problems);
  find_upside_down_limits(config, problems);
  return problems;
}

std::vector<Problem> validate(const Config& config) {
  std::vector<Problem> problems;
  for (const Setting& setting : settings()) {
    if (is_command(setting)) continue;
    if (auto fault = find_fault(setting, config))
      problems.push_back({setting.name, fault->entry, fault->message});
  }
  for (auto& conflict : find_conflicts(config)) problems.push_back(std::move(conflict));
  return problems;
}

std::vector<Change> compare(const Config& old, const Config& fresh) {
  std::vector<Change> changes;
  for (const Setting& setting : settings()) {
    if (is_command(setting) || print_yaml(setting, old) == print_yaml(setting, fresh)) continue;
    changes.push_back(
        {std::string{setting.name}, print(setting, old), print(setting, fresh), setting.impact});
  }
  return changes;
}

void keep_restart_settings(Config& fresh, const Config& current) {
  for (const Setting& setting : settings()) {
    if (is_command(setting) || setting.impact != Impact::kRestart) continue;
    std::visit(
        [&](auto member) {
          if constexpr (!std::is_same_v<decltype(member), std::monostate>) fresh.*member = current.*member;
        },
        setting.member);
  }
}

}  // namespace orrery::config
