#include "config/validate.hpp"

#include <algorithm>
#include <climits>
#include <cstddef>
#include <filesystem>
#include <fmt/core.h>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/bind.hpp"
#include "base/duration_bounds.hpp"
#include "config/checks.hpp"
#include "config/value.hpp"

namespace orrery::config {
namespace {

namespace fs = std::filesystem;

/// Where a path of the configuration lies, seen from `chdir`.
std::string place_of(const Config& config, const std::string& path) {
  return (fs::path{config.chdir} / path).lexically_normal().string();
}

std::optional<base::BindTarget> read_target(const Config& config, const std::string& bind) {
  auto target = base::parse_bind(bind);
  if (!target) return std::nullopt;  // it has its own complaint
  if (target->kind == base::BindTarget::Kind::kUnix && !target->is_abstract())
    target->path = place_of(config, target->path);
  return *target;
}

std::string describe_overlap(const base::BindTarget& a, const std::string& text_a, const base::BindTarget& b,
                             const std::string& text_b) {
  if (a.kind != base::BindTarget::Kind::kTcp || (a.address == b.address && a.both_families == b.both_families))
    return fmt::format("`{}` is the same address as `{}`; give it once", text_b, text_a);
  return fmt::format(
      "`{}` and `{}` overlap: one of them is every address and has the port on the other too; "
      "remove one, or give them two ports",
      text_a, text_b);
}

void find_overlapping_binds(const Config& config, std::vector<Problem>& problems) {
  std::vector<std::optional<base::BindTarget>> seen;
  for (std::size_t i = 0; i < config.bind.size(); ++i) {
    seen.push_back(read_target(config, config.bind[i]));
    for (std::size_t j = 0; seen[i] && j < i; ++j) {
      if (!seen[j] || !base::overlap(*seen[j], *seen[i])) continue;
      problems.push_back({"bind", i, describe_overlap(*seen[j], config.bind[j], *seen[i], config.bind[i])});
      break;
    }
  }
}

/// The processes that tell of the service have addresses of their own.
void find_overlapping_watchers(const Config& config, std::vector<Problem>& problems) {
  std::vector<std::pair<base::BindTarget, std::string>> taken;
  const auto take = [&](std::string_view setting, const std::vector<std::string>& addresses) {
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      if (setting == "admin" && (addresses[i] == "auto" || addresses[i] == "off")) {
        if (addresses.size() > 1)
          problems.push_back({setting, i, fmt::format("`{}` stands alone, or not at all", addresses[i])});
        continue;
      }
      const auto target = read_target(config, addresses[i]);
      if (!target) continue;
      const auto other =
          std::ranges::find_if(taken, [&](const auto& known) { return base::overlap(known.first, *target); });
      if (other != taken.end() && setting != "bind")
        problems.push_back({setting, i, describe_overlap(other->first, other->second, *target, addresses[i])});
      taken.emplace_back(*target, addresses[i]);
    }
  };
  take("bind", config.bind);
  take("admin", config.admin);
  take("monitor", config.monitor);
}

/// A client that reaches the admin process sees everything, and gives orders.
void find_open_admin(const Config& config, std::vector<Problem>& problems) {
  for (std::size_t i = 0; i < config.admin.size() && config.admin_token.empty(); ++i) {
    if (!is_open_to_others(config.admin[i])) continue;
    problems.push_back(
        {"admin", i,
         fmt::format("`{}` can be reached from other machines, and whoever reaches it sees everything and "
                     "gives orders; set `admin_token`, or give a unix socket or a loopback address, and "
                     "open `monitor` to others",
                     config.admin[i])});
  }
}

/// Both logs may go to one file, whose lines then stand between each other; nothing else shares one.
void find_shared_files(const Config& config, std::vector<Problem>& problems) {
  std::map<std::string, std::string_view> users;
  const auto use = [&](std::string_view name, std::size_t entry, const std::string& path) {
    if (path.empty() || path == "-") return;
    const auto [user, first] = users.try_emplace(place_of(config, path), name);
    if (first || user->second == name || (name == "accesslog" && user->second == "errorlog")) return;
    problems.push_back({name, entry, fmt::format("{} is the file of `{}` too; give another one", path, user->second)});
  };
  use("errorlog", 0, config.errorlog);
  use("accesslog", 0, config.accesslog);
  use("pidfile", 0, config.pidfile);
  for (std::size_t i = 0; i < config.bind.size(); ++i) {
    const auto target = base::parse_bind(config.bind[i]);
    if (target && target->kind == base::BindTarget::Kind::kUnix && !target->is_abstract()) use("bind", i, target->path);
  }
}

// A daemon's standard streams are /dev/null: the lines would be lost without a word.
void find_lost_logs(const Config& config, std::vector<Problem>& problems) {
  if (!config.daemon) return;
  if (config.errorlog == "-") {
    problems.push_back({"daemon", 0, "a daemon has no standard error for its error log; set `errorlog` to a file"});
  }
  if (config.accesslog == "-") {
    problems.push_back({"daemon", 0, "a daemon has no standard output for its access log; set `accesslog` to a file"});
  }
}

void find_stuck_reloads(const Config& config, std::vector<Problem>& problems) {
  if (config.max_surge == 0 && config.max_unavailable == 0) {
    problems.push_back({"max_surge", 0,
                        "`max_surge` and `max_unavailable` are both 0, so no worker could ever be replaced; "
                        "give one of them at least 1"});
  }
}

/// What is loaded once cannot be taken anew.
void find_reload_of_preloaded(const Config& config, std::vector<Problem>& problems) {
  if (!config.reload || !config.preload_app || config.app.empty()) return;
  problems.push_back(
      {"preload_app", 0,
       "`reload` takes new code, and `preload_app` loads it once, for as long as the master lives; leave "
       "one of them out"});
}

void find_upside_down_limits(const Config& config, std::vector<Problem>& problems) {
  if (config.max_worker_memory_hard != 0 && config.max_worker_memory_hard < config.max_worker_memory) {
    problems.push_back({"max_worker_memory_hard", 0,
                        "max_worker_memory_hard is below max_worker_memory, which then could never act; "
                        "make it larger"});
  }
}

void find_upside_down_workers(const Config& config, std::vector<Problem>& problems) {
  const int least = config.workers_min, most = config.workers_max > 0 ? config.workers_max : INT_MAX;
  if (least > most) {
    problems.push_back({"workers_min", 0,
                        fmt::format("the fewest workers, {}, are more than the most, {} (`workers_max`); exchange them",
                                    least, most)});
  } else if (config.workers > 0 && (config.workers < least || config.workers > most)) {
    const bool few = config.workers < least;
    problems.push_back({"workers", 0,
                        fmt::format("`{}` is {} {} (`{}`); give a number between them, or `auto`", config.workers,
                                    few ? "below the fewest workers," : "above the most workers,", few ? least : most,
                                    few ? "workers_min" : "workers_max")});
  }
}

/// Each has its own complaint where it is no bound.
void find_unordered_buckets(const Config& config, std::vector<Problem>& problems) {
  const auto& texts = config.duration_buckets;
  for (std::size_t i = 1; i < texts.size(); ++i) {
    const auto before = base::DurationBounds::read_bound(texts[i - 1]),
               bound = base::DurationBounds::read_bound(texts[i]);
    if (before && bound && *bound <= *before)
      problems.push_back({"duration_buckets", i,
                          fmt::format("`{}` is not above `{}`, which stands before it; write them in ascending order",
                                      texts[i], texts[i - 1])});
  }
}

void find_half_tls(const Config& config, std::vector<Problem>& problems) {
  for (std::size_t i = 0; i < config.bind.size(); ++i) {
    if (!base::bind_options(config.bind[i]).tls || !config.certfile.empty()) continue;
    problems.push_back(
        {"bind", i,
         fmt::format("`{}` is to speak TLS without a certificate; set `certfile` and `keyfile`", config.bind[i])});
  }
  const auto lone = [&](std::string_view name, const std::string& file) {
    if (!file.empty() && config.certfile.empty())
      problems.push_back(
          {name, 0, fmt::format("`{}` has no certificate that it belongs to; set `certfile` too", name)});
  };
  lone("keyfile", config.keyfile);
  lone("keyfile_password_file", config.keyfile_password_file);
  lone("ca_certs", config.ca_certs);
  lone("tls_certificates", config.tls_certificates.empty() ? std::string{} : config.tls_certificates.front());
  if (config.cert_reqs != ClientCertificate::kNone && config.ca_certs.empty())
    problems.push_back(
        {"cert_reqs", 0, "`cert_reqs` asks for certificates of clients, and none is known; set `ca_certs`"});
}

}  // namespace

std::vector<Problem> find_conflicts(const Config& config) {
  std::vector<Problem> problems;
  find_overlapping_binds(config, problems);
  find_overlapping_watchers(config, problems);
  find_open_admin(config, problems);
  find_shared_files(config, problems);
  find_lost_logs(config, problems);
  find_stuck_reloads(config, problems);
  find_reload_of_preloaded(config, problems);
  find_upside_down_limits(config, problems);
  find_upside_down_workers(config, problems);
  find_unordered_buckets(config, problems);
  find_half_tls(config, problems);
  return problems;
}

std::vector<Problem> validate(const Config& config) {
  std::vector<Problem> problems;
  for (const Setting& setting : settings()) {
    if (is_command(setting)) continue;
    if (auto fault = find_fault(setting, config)) problems.push_back({setting.name, fault->entry, fault->message});
  }
  for (auto& conflict : find_conflicts(config)) problems.push_back(std::move(conflict));
  return problems;
}

std::vector<Change> compare(const Config& old, const Config& fresh) {
  std::vector<Change> changes;
  for (const Setting& setting : settings()) {
    if (is_command(setting) || print_yaml(setting, old) == print_yaml(setting, fresh)) continue;
    changes.push_back({std::string{setting.name}, print(setting, old), print(setting, fresh), setting.impact});
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
