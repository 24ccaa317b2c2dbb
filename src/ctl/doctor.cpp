#include "ctl/doctor.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <string_view>
#include <utility>

#include "base/bind.hpp"
#include "base/counted.hpp"
#include "config/cpus.hpp"
#include "ctl/documents.hpp"
#include "ctl/phrases.hpp"
#include "ctl/port_owner.hpp"
#include "ctl/unit_file.hpp"
#include "master/descriptors.hpp"
#include "os/privileges.hpp"
#include "os/would_open.hpp"

namespace orrery::ctl {

namespace {

using Level = Finding::Level;

std::string shown(std::chrono::milliseconds span) { return duration(static_cast<double>(span.count()) / 1000); }

class Examination {
 public:
  Examination(const Config& config, const Machine& machine, const Circumstances& circumstances)
      : config_(config), machine_(machine), circumstances_(circumstances) {}

  std::vector<Finding> run() {
    check_backlog();
    check_descriptors();
    check_all_files();
    check_cpus();
    check_keepalive();
    check_stopping();
    check_log("errorlog", config_.errorlog);
    check_log("accesslog", config_.accesslog);
    for (const std::string& bind : config_.bind) check_address(bind);
    check_clock();
    check_core();
    check_huge_pages();
    return std::move(findings_);
  }

 private:
  void find(Level level, std::string_view check, std::string text) {
    findings_.push_back({level, std::string{check}, std::move(text)});
  }

  [[nodiscard]] std::string process() const {
    return circumstances_.master > 0 ? fmt::format("{}", circumstances_.master) : std::string{"self"};
  }
  [[nodiscard]] std::size_t workers() const {
    if (config_.workers > 0) return static_cast<std::size_t>(config_.workers);
    return config::allowed_cpus(machine_.at("/"));
  }

  void check_backlog() {
    constexpr std::string_view kFile = "/proc/sys/net/core/somaxconn";
    const auto most = machine_.number(kFile);
    if (!most) return find(Level::kNote, "backlog", fmt::format("{} cannot be read.", kFile));
    const std::string read = fmt::format("backlog is {}, and {} is {}", config_.backlog, kFile, *most);
    if (*most >= config_.backlog) return find(Level::kGood, "backlog", read + ".");
    find(Level::kBad, "backlog",
         fmt::format("{}: the kernel queues only {} connections. Set net.core.somaxconn={} in /etc/sysctl.d, or lower "
                     "`backlog`.",
                     read, *most, config_.backlog));
  }

  /// The limit holds for each process; a worker raises its soft one to the hard one.
  void check_descriptors() {
    const std::string file = fmt::format("/proc/{}/limits", process());
    const auto limit = read_limit(machine_, process(), "Max open files");
    if (!limit) return find(Level::kNote, "descriptors", fmt::format("{} cannot be read.", file));
    // Its own count has the first connection in it.
    const std::size_t needed =
        master::descriptors_of_worker(config_) - 1 + static_cast<std::size_t>(config_.worker_connections);
    const std::string whose = circumstances_.master > 0 ? "of the service" : "of this shell; a unit has its own";
    const std::string read =
        fmt::format("a worker with {} connections needs {} descriptors, and \"Max open files\" in {} ({}) is {}",
                    config_.worker_connections, needed, file, whose,
                    limit->hard ? fmt::format("{}", *limit->hard) : std::string{"unlimited"});
    if (!limit->hard || *limit->hard >= static_cast<std::int64_t>(needed))
      return find(Level::kGood, "descriptors", read + ".");
    find(Level::kBad, "descriptors",
         fmt::format("{}: a worker holds fewer connections than `worker_connections`. Raise it to {} (LimitNOFILE= of "
                     "the unit, ulimit -Hn), or lower `worker_connections`.",
                     read, needed));
  }

  void check_all_files() {
    constexpr std::string_view kFile = "/proc/sys/fs/file-max";
    const auto most = machine_.number(kFile);
    if (!most) return find(Level::kNote, "open files", fmt::format("{} cannot be read.", kFile));
    const auto all = static_cast<std::int64_t>(workers()) * config_.worker_connections;
    const std::string read =
        fmt::format("{} with {} connections each may open {} files, and {} is {}", base::counted(workers(), "worker"),
                    config_.worker_connections, all, kFile, *most);
    if (*most >= all) return find(Level::kGood, "open files", read + ".");
    find(Level::kBad, "open files",
         read +
             ": the whole machine runs out of files first. Raise fs.file-max in /etc/sysctl.d, or lower "
             "`worker_connections`.");
  }

  void check_cpus() {
    const auto quota = config::quota_cpus(machine_.at("/"));
    if (!quota) return find(Level::kGood, "cpus", "no cgroup of /proc/self/cgroup has a quota of CPU.");
    const std::string read = fmt::format("the cgroup's quota of CPU (cpu.max below /sys/fs/cgroup) is {}",
                                         base::counted(*quota, "processor"));
    if (config_.workers == 0) return find(Level::kGood, "cpus", read + ", and `workers: auto` follows it.");
    if (static_cast<unsigned>(config_.workers) <= *quota)
      return find(Level::kGood, "cpus", fmt::format("{}, and workers is {}.", read, config_.workers));
    find(
        Level::kBad, "cpus",
        fmt::format("{}, and workers is {}: they wait for each other's time, and the kernel throttles all of them. Set "
                    "`workers: auto`, or raise the quota.",
                    read, config_.workers));
  }

  void check_keepalive() {
    const std::string ours = fmt::format("keepalive is {}", shown(config_.keepalive));
    if (!circumstances_.balancer_idle)
      return find(
          Level::kNote, "keepalive",
          ours + ". It must be longer than the idle time of the balancer in front; --lb-idle-timeout says that one.");
    const std::string read = fmt::format("{}, and the balancer's idle time (--lb-idle-timeout) is {}", ours,
                                         shown(*circumstances_.balancer_idle));
    if (config_.keepalive > *circumstances_.balancer_idle) return find(Level::kGood, "keepalive", read + ".");
    find(Level::kBad, "keepalive",
         read +
             ": the service closes connections that the balancer still uses, and its clients get a 502. Make "
             "`keepalive` the longer one.");
  }

  void check_stopping() {
    const auto needed = config_.drain_delay + config_.graceful_timeout;
    const std::string ours = fmt::format("drain_delay and graceful_timeout are {} together", shown(needed));
    StopLimit limit;
    if (circumstances_.stop_limit) {
      limit = {*circumstances_.stop_limit, false, "--stop-limit"};
    } else if (const auto unit = read_stop_limit(machine_, config_.proc_name)) {
      limit = *unit;
    } else {
      return find(Level::kNote, "stopping",
                  fmt::format("{}. No unit {}.service was found; --stop-limit says when a pod is killed "
                              "(terminationGracePeriodSeconds).",
                              ours, config_.proc_name));
    }
    const std::string read = fmt::format("{}, and the limit of {} is {}", ours, limit.source,
                                         limit.never ? std::string{"none"} : shown(limit.time));
    if (limit.never || limit.time > needed) return find(Level::kGood, "stopping", read + ".");
    find(Level::kBad, "stopping",
         read +
             ": the service is killed before its last requests are answered. Raise TimeoutStopSec= "
             "(terminationGracePeriodSeconds of a pod), or lower `graceful_timeout`.");
  }

  void check_log(std::string_view setting, const std::string& path) {
    if (path.empty() || path == "-" || path.starts_with("/dev/")) return;
    const auto identity = os::resolve_identity(config_.user, config_.group, config_.initgroups);
    const std::string whom = config_.user.empty() ? "this user" : "the user " + config_.user;
    const auto fine = identity ? os::would_append(path, *identity) : fail(identity);
    if (fine) return find(Level::kGood, setting, fmt::format("{} may write {}.", whom, path));
    find(Level::kBad, setting, fmt::format("as {} would open it: {}.", whom, fine.error().message));
  }

  void check_address(const std::string& bind) {
    const auto target = base::parse_bind(bind);
    if (!target || target->kind != base::BindTarget::Kind::kTcp || target->address.port == 0) return;
    const auto owner = find_port_owner(machine_, *target);
    if (!owner) return find(Level::kGood, "address", fmt::format("nobody listens at {} (/proc/net/tcp, tcp6).", bind));
    const bool ours = owner->pid != 0 && circumstances_.master != 0 &&
                      (owner->pid == circumstances_.master || owner->parent == circumstances_.master);
    if (ours) return find(Level::kGood, "address", fmt::format("{} is the service's own (pid {}).", bind, owner->pid));
    if (owner->pid == 0)
      return find(
          Level::kBad, "address",
          fmt::format("{} is taken: a process of another user listens at {} ({}). Ask again as root for its name.",
                      bind, owner->address, owner->table));
    find(Level::kBad, "address",
         fmt::format(
             "{} is taken: {} (pid {}) listens at {} ({}). Stop it, or give another address; a service that runs "
             "is told from others by --socket or -c.",
             bind, printable(owner->name), owner->pid, owner->address, owner->table));
  }

  void check_clock() {
    constexpr std::string_view kFile = "/sys/devices/system/clocksource/clocksource0/current_clocksource";
    if (const auto source = machine_.line(kFile)) {
      const bool slow = *source == "hpet" || *source == "acpi_pm" || *source == "jiffies";
      const std::string read = fmt::format("the clock is {} ({})", *source, kFile);
      find(slow ? Level::kBad : Level::kGood, "clock",
           slow ? read +
                      ": each look at it is a system call, several a request. Choose tsc or kvm-clock, or ask why "
                      "the kernel left it (dmesg)."
                : read + ".");
    }
    if (!circumstances_.clock_synchronized) return;
    if (*circumstances_.clock_synchronized) return find(Level::kGood, "clock", "the clock is synchronised (adjtimex).");
    find(
        Level::kBad, "clock",
        "the clock is not synchronised (adjtimex): logs, Date and cookies of several machines do not agree. Run chrony "
        "or systemd-timesyncd.");
  }

  void check_core() {
    constexpr std::string_view kFile = "/proc/sys/kernel/core_pattern";
    const auto pattern = machine_.line(kFile);
    if (!pattern) return find(Level::kNote, "core", fmt::format("{} cannot be read.", kFile));
    const std::string read = fmt::format("{} is \"{}\"", kFile, printable(*pattern));
    if (pattern->starts_with('|')) return find(Level::kGood, "core", read + ": a program takes the core of a crash.");
    const auto limit = read_limit(machine_, process(), "Max core file size");
    if (limit && limit->soft == 0)
      return find(
          Level::kNote, "core",
          read + fmt::format(", and \"Max core file size\" of /proc/{}/limits is 0: a crash leaves its stack in "
                             "the log and no core file. LimitCORE=infinity changes that.",
                             process()));
    if (pattern->starts_with('/')) return find(Level::kGood, "core", read + ".");
    find(Level::kNote, "core",
         read +
             ": a core file goes into the working directory, which the workers' user may not be able to write. Give "
             "a whole path in kernel.core_pattern.");
  }

  void check_huge_pages() {
    constexpr std::string_view kFile = "/sys/kernel/mm/transparent_hugepage/enabled";
    const auto line = machine_.line(kFile);
    if (!line) return find(Level::kNote, "huge pages", fmt::format("{} cannot be read.", kFile));
    const std::string read = fmt::format("{} is \"{}\"", kFile, *line);
    if (line->find("[always]") == std::string::npos) return find(Level::kGood, "huge pages", read + ".");
    find(Level::kNote, "huge pages",
         read +
             ": one byte that a worker writes may copy 2 MiB that it shared with its master, so workers look larger. "
             "`madvise` leaves it to programs that ask for it.");
  }

  const Config& config_;
  const Machine& machine_;
  const Circumstances& circumstances_;
  std::vector<Finding> findings_;
};

struct Mark {
  std::string_view word;
  Paint paint;
};
Mark mark_of(Level level) {
  switch (level) {
    case Level::kGood: return {"good", Paint::kGood};
    case Level::kNote: return {"note", Paint::kDim};
    case Level::kBad: return {"BAD", Paint::kBad};
  }
  return {"note", Paint::kDim};
}

}  // namespace

std::vector<Finding> examine(const Config& config, const Machine& machine, const Circumstances& circumstances) {
  return Examination{config, machine, circumstances}.run();
}

std::string findings_text(const std::vector<Finding>& findings, const Style& style) {
  std::string out;
  for (const Finding& finding : findings) {
    const Mark mark = mark_of(finding.level);
    out += painted(mark.word, mark.paint, style);
    out += fmt::format("{}{:<12} {}\n", std::string(6 - mark.word.size(), ' '), finding.check, printable(finding.text));
  }
  const auto bad = static_cast<std::size_t>(std::ranges::count(findings, Level::kBad, &Finding::level));
  return out + (bad == 0
                    ? std::string{"Nothing is to be done.\n"}
                    : fmt::format("{} to be done.\n", bad == 1 ? "One thing is" : fmt::format("{} things are", bad)));
}

std::string findings_json(const std::vector<Finding>& findings) {
  std::vector<Texts> rows;
  for (const Finding& finding : findings) {
    std::string level{mark_of(finding.level).word};
    if (level == "BAD") level = "bad";
    rows.push_back({{"level", level}, {"check", finding.check}, {"text", finding.text}});
  }
  return write_lists({{"findings", rows}});
}

}  // namespace orrery::ctl
