#include "master/descriptors.hpp"

#include <algorithm>
#include <fmt/core.h>

namespace orrery::master {

namespace {

constexpr std::size_t kStandard = 3;
constexpr std::size_t kHandover = 2;
constexpr std::size_t kErrorLog = 1;  // or standard error once more

/// Of the access log and of syslog.
std::size_t other_logs(const Config& config) {
  return (config.accesslog.empty() ? std::size_t{0} : 1) + (config.syslog ? std::size_t{1} : 0);
}

}  // namespace

std::size_t descriptors_of_worker(const Config& config) {
  constexpr std::size_t kPipe = 1;        // to the master
  constexpr std::size_t kNothing = 1;     // /dev/null, which takes the place of listeners
  constexpr std::size_t kLoop = 2;        // epoll and its wake-up
  constexpr std::size_t kConnection = 1;  // the first
  return kStandard + kHandover + kErrorLog + other_logs(config) + config.bind.size() + kPipe + kNothing + kLoop +
         kConnection;
}

std::size_t descriptors_of_master(const Config& config, std::size_t workers) {
  constexpr std::size_t kSignals = 1;
  constexpr std::size_t kNotify = 1;
  constexpr std::size_t kPidfile = 1;
  constexpr std::size_t kChannels = 2;  // to another master, during an upgrade
  constexpr std::size_t kAtWork = 2;    // a file that is read, the other end of a worker's pipe
  const std::size_t generation = kErrorLog + other_logs(config) + config.bind.size();
  const auto surge = static_cast<std::size_t>(std::max(config.max_surge, 1));
  return kStandard + kHandover + kErrorLog + kSignals + kNotify + kPidfile + kChannels + kAtWork + 2 * generation +
         workers + surge;
}

std::string too_few_descriptors(const Config& config, std::size_t workers, std::size_t limit) {
  const std::size_t needed = std::max(descriptors_of_worker(config), descriptors_of_master(config, workers));
  if (limit >= needed) return "";
  return fmt::format(
      "the limit of open files is {}, and this service needs at least {} for {} workers and one connection; "
      "raise "
      "it (ulimit -n, LimitNOFILE)",
      limit, needed, workers);
}

}  // namespace orrery::master
