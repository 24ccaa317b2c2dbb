#include "admin/advice.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <fmt/core.h>
#include <utility>

#include "base/counted.hpp"

namespace orrery::admin {

namespace {

using std::chrono::milliseconds;

/// Shares of the workers' time. Above the first more are needed; what is advised brings it to the second; fewer are
/// advised only where they would stay below the third.
constexpr double kCrowded = 0.8, kWished = 0.7, kRoomy = 0.65;
/// Of all their time nothing is left: how much more work waits cannot be seen.
constexpr double kFull = 0.95;
/// Requests wait; or hardly wait.
constexpr base::Nanoseconds kWaits = milliseconds{10}, kHardlyWaits = milliseconds{5};
/// Waiting is a sign of too few workers only where they have something to do.
constexpr double kAtWork = 0.5;
/// More workers do not help when this share of the CPUs is used.
constexpr double kCpusUsed = 0.95;

LoadSecond mean(std::span<const LoadSecond> seconds) {
  LoadSecond sum;
  for (const LoadSecond& second : seconds) {
    sum.busy += second.busy;
    sum.queue += second.queue;
    sum.cpus += second.cpus;
  }
  const auto count = static_cast<double>(std::max<std::size_t>(seconds.size(), 1));
  return {sum.busy / count, std::chrono::duration_cast<base::Nanoseconds>(sum.queue / count), sum.cpus / count};
}

/// The busiest stretch of them, since a peak must fit too.
double peak(std::span<const LoadSecond> seconds) {
  double most = 0;
  for (std::size_t at = 0; at + kUpAfter <= seconds.size(); at += kUpAfter / 2)
    most = std::max(most, mean(seconds.subspan(at, kUpAfter)).busy);
  return most;
}

unsigned enough_for(unsigned workers, double busy) {
  return static_cast<unsigned>(std::ceil(static_cast<double>(workers) * busy / kWished));
}

std::string describe(const LoadSecond& load, std::size_t seconds) {
  return fmt::format("In the last {} they were busy for {:.0f} % of their time, and requests waited {:.3g} ms for one",
                     base::counted(seconds, "second"), 100 * load.busy, base::seconds(load.queue) * 1000);
}

Advice stay(unsigned workers, std::string why) {
  return {workers, fmt::format("{} as now. {}.", base::counted(workers, "worker"), std::move(why))};
}

/// As many of the wanted ones as memory has room for.
unsigned fitting(unsigned wanted, const AdviceTerms& terms) {
  if (!terms.memory_left || terms.memory_of_one.value_or(0) == 0) return wanted;
  const std::uint64_t room = *terms.memory_left / *terms.memory_of_one;
  return static_cast<unsigned>(std::min<std::uint64_t>(wanted, terms.workers + room));
}

Advice more(const LoadSecond& load, const AdviceTerms& terms) {
  const std::string seen = describe(load, kUpAfter);
  const unsigned wanted = load.busy >= kFull ? terms.workers + std::max(terms.workers / 2, 1U)
                                             : std::max(terms.workers + 1, enough_for(terms.workers, load.busy));
  if (load.cpus >= kCpusUsed * terms.cpus) {
    return stay(terms.workers, fmt::format("{}; but they use {:.1f} of {:.3g} CPUs, so more of them would not help",
                                           seen, load.cpus, terms.cpus));
  }
  if (terms.workers >= terms.most) return stay(terms.workers, fmt::format("{}; but {} is the most", seen, terms.most));
  const unsigned fit = fitting(std::min(wanted, terms.most), terms);
  if (fit <= terms.workers) return stay(terms.workers, seen + "; but there is no memory for one more");
  return {fit, fmt::format("{} instead of {}. {}.", base::counted(fit, "worker"), terms.workers, seen)};
}

}  // namespace

Advice advise(std::span<const LoadSecond> seconds, const AdviceTerms& terms) {
  if (terms.workers == 0) return {0, "No worker is wanted now: the service is paused, or has only begun."};
  if (terms.workers < terms.least)
    return {terms.least,
            fmt::format("{} instead of {}, which are the least.", base::counted(terms.least, "worker"), terms.workers)};
  if (terms.workers > terms.most)
    return {terms.most,
            fmt::format("{} instead of {}, which are the most.", base::counted(terms.most, "worker"), terms.workers)};
  if (seconds.size() < kUpAfter) {
    return stay(terms.workers, fmt::format("This number of them has been watched for {} only",
                                           base::counted(seconds.size(), "second")));
  }
  const LoadSecond now = mean(seconds.last(kUpAfter));
  if (now.busy > kCrowded || (now.queue > kWaits && now.busy > kAtWork)) return more(now, terms);
  const std::string seen = describe(now, kUpAfter);
  if (seconds.size() < kDownAfter || terms.workers <= terms.least) return stay(terms.workers, seen);
  const LoadSecond all = mean(seconds);
  const double most = peak(seconds);
  const unsigned enough = std::max(enough_for(terms.workers, most), terms.least);
  const double busy_with_less = terms.workers * most / (terms.workers - 1.0);
  if (enough >= terms.workers || busy_with_less >= kRoomy || all.queue > kHardlyWaits) return stay(terms.workers, seen);
  return {enough, fmt::format("{} instead of {}. {}.", base::counted(enough, "worker"), terms.workers,
                              describe(all, seconds.size()))};
}

}  // namespace orrery::admin
