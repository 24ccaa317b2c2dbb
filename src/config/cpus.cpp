#include "config/cpus.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cmath>
#include <fstream>
#include <memory>
#include <sched.h>
#include <sstream>

#include "config/settings.hpp"

namespace orrery::config {
namespace {

// More CPUs than any kernel is built for (CONFIG_NR_CPUS is at most 8192).
constexpr int kMostCpus = 1 << 16;

struct FreeSet {
  void operator()(cpu_set_t* set) const { CPU_FREE(set); }
};

/// The smallest quota seen so far, in CPUs.
class Smallest {
 public:
  void take(double quota, double period) {
    if (quota <= 0 || period <= 0) return;
    const double cpus = quota / period;
    if (!value_ || cpus < *value_) value_ = cpus;
  }
  [[nodiscard]] std::optional<unsigned> rounded_up() const {
    if (!value_) return std::nullopt;
    return static_cast<unsigned>(std::clamp(std::ceil(*value_), 1.0, double{kMostCpus}));
  }

 private:
  std::optional<double> value_;
};

std::optional<double> read_number(const std::string& path) {
  std::ifstream file(path);
  double value = 0;
  if (file >> value) return value;
  return std::nullopt;
}

/// v2: "200000 100000", or "max 100000" for no quota.
void take_v2(const std::string& folder, Smallest& smallest) {
  std::ifstream file(folder + "/cpu.max");
  double quota = 0, period = 0;
  if (file >> quota >> period) smallest.take(quota, period);
}

/// v1: two files; a quota of -1 is none.
void take_v1(const std::string& folder, Smallest& smallest) {
  const auto quota = read_number(folder + "/cpu.cfs_quota_us");
  const auto period = read_number(folder + "/cpu.cfs_period_us");
  if (quota && period) smallest.take(*quota, *period);
}

/// A quota of any group above ours binds us too. Folders a container cannot see are passed over.
template <class Take>
void climb(const std::string& mount, std::string group, Smallest& smallest, Take take) {
  while (!group.empty() && group != "/") {
    take(mount + group, smallest);
    group.erase(group.rfind('/') == std::string::npos ? 0 : group.rfind('/'));
  }
  take(mount, smallest);
}

bool has_cpu(const std::string& controllers) {
  std::istringstream list(controllers);
  for (std::string name; std::getline(list, name, ',');) {
    if (name == "cpu") return true;
  }
  return false;
}

/// One line of /proc/self/cgroup: "0::/user.slice" (v2) or "4:cpu,cpuacct:/docker/1f" (v1).
void take_line(const std::string& line, const std::string& mounts, Smallest& smallest) {
  const auto first = line.find(':');
  const auto second = first == std::string::npos ? first : line.find(':', first + 1);
  if (second == std::string::npos) return;
  const auto controllers = line.substr(first + 1, second - first - 1);
  const auto group = line.substr(second + 1);
  if (controllers.empty()) climb(mounts, group, smallest, take_v2);
  if (!has_cpu(controllers)) return;
  climb(mounts + "/" + controllers, group, smallest, take_v1);
  climb(mounts + "/cpu", group, smallest, take_v1);
}

}  // namespace

unsigned affinity_cpus() {
  for (int size = 1024; size <= kMostCpus; size *= 2) {
    const std::unique_ptr<cpu_set_t, FreeSet> set(CPU_ALLOC(static_cast<std::size_t>(size)));
    const std::size_t bytes = CPU_ALLOC_SIZE(static_cast<std::size_t>(size));
    if (!set) break;
    CPU_ZERO_S(bytes, set.get());
    if (::sched_getaffinity(0, bytes, set.get()) == 0) {
      return static_cast<unsigned>(std::max(1, CPU_COUNT_S(bytes, set.get())));
    }
    // EINVAL: the kernel's mask is larger than ours.
    if (errno != EINVAL) break;
  }
  return 1;
}

std::optional<unsigned> quota_cpus(const std::string& root) {
  const std::string base = root == "/" ? "" : root;
  Smallest smallest;
  std::ifstream groups(base + "/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);) take_line(line, base + "/sys/fs/cgroup", smallest);
  return smallest.rounded_up();
}

unsigned allowed_cpus(const std::string& root) {
  const unsigned affinity = affinity_cpus();
  return std::min(affinity, quota_cpus(root).value_or(affinity));
}

namespace {

unsigned in_range(int workers) {
  static const auto most = static_cast<int>(find_setting("workers")->range.most);
  return static_cast<unsigned>(std::clamp(workers, 1, most));
}

}  // namespace

unsigned effective_workers(const Config& config) {
  if (config.workers > 0) return in_range(config.workers);
  if (config.reload) return 1;
  const unsigned least = in_range(config.workers_min);
  const unsigned most = config.workers_max > 0 ? in_range(config.workers_max) : in_range(INT_MAX);
  return std::clamp(allowed_cpus(), least, std::max(least, most));
}

WorkerBounds worker_bounds(const Config& config) {
  const unsigned least = in_range(config.workers_min);
  const unsigned by_itself = std::max(2 * allowed_cpus(), effective_workers(config));
  const unsigned most = config.workers_max > 0 ? in_range(config.workers_max) : std::min(by_itself, in_range(INT_MAX));
  return {least, std::max(least, most)};
}

}  // namespace orrery::config
