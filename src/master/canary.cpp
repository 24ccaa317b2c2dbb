#include "master/canary.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <fmt/core.h>
#include <optional>
#include <sstream>
#include <utility>

#include "base/counted.hpp"

namespace orrery::master {

namespace {

using Outcome = CanaryFinding::Outcome;

/// Standard errors: of a look that is one of many, and of the one at the end.
constexpr double kClearly = 4, kEnough = 2.58;
/// No verdict on fewer requests than these.
constexpr std::uint64_t kFewest = 10;
/// Nine tenths of the requests are compared, and this is a difference that somebody would notice.
constexpr double kMost = 0.9, kSlower = 2;
constexpr base::Nanoseconds kNoticed = std::chrono::milliseconds{2};

constexpr std::string_view kPromoteWord = "promote", kRollBackWord = "roll-back";

double percent(const Tally& tally) {
  return tally.requests == 0 ? 0 : 100 * static_cast<double>(tally.errors) / static_cast<double>(tally.requests);
}

double milliseconds(base::Nanoseconds time) { return base::seconds(time) * 1000; }

std::uint64_t counted(const Tally& tally) {
  std::uint64_t all = 0;
  for (const std::uint64_t count : tally.latency) all += count;
  return all;
}

/// Requests from this bucket on.
std::uint64_t from_bucket(const Tally& tally, std::size_t bucket) {
  std::uint64_t all = 0;
  for (; bucket < tally.latency.size(); ++bucket) all += tally.latency[bucket];
  return all;
}

/// Where siblings answered nothing the canary is held against as many good answers.
std::optional<std::string> find_errors(const Tally& canary, const Tally& siblings, double z) {
  const std::uint64_t compared = siblings.requests == 0 ? canary.requests : siblings.requests;
  if (two_proportion_z(canary.errors, canary.requests, siblings.errors, compared) < z) return std::nullopt;
  return fmt::format("{:.1f} % of the canary's {} failed, and {:.1f} % of its siblings' {}", percent(canary),
                     base::counted(canary.requests, "request"), percent(siblings), siblings.requests);
}

std::optional<std::string> find_slowness(const Tally& canary, const Tally& siblings, double z) {
  const base::Nanoseconds usual = quantile(siblings, kMost), seen = quantile(canary, kMost);
  if (usual.count() == 0 || seen < usual * kSlower || seen - usual < kNoticed) return std::nullopt;
  const auto above = static_cast<std::size_t>(std::log2(static_cast<double>(usual.count()))) + 1;
  const std::uint64_t slow = from_bucket(canary, above), usually_slow = from_bucket(siblings, above);
  if (two_proportion_z(slow, counted(canary), usually_slow, counted(siblings)) < z) return std::nullopt;
  return fmt::format("90 % of the canary's {} took up to {:.3g} ms, and of its siblings' {} up to {:.3g} ms",
                     base::counted(canary.requests, "request"), milliseconds(seen), siblings.requests,
                     milliseconds(usual));
}

std::string describe(const Tally& canary, const Tally& siblings) {
  return fmt::format(
      "the canary answered {} with {:.1f} % errors, 90 % within {:.3g} ms, and its siblings {} with {:.1f} %, within "
      "{:.3g} ms",
      base::counted(canary.requests, "request"), percent(canary), milliseconds(quantile(canary, kMost)),
      siblings.requests, percent(siblings), milliseconds(quantile(siblings, kMost)));
}

CanaryFinding judge_at_limit(const Tally& canary, const Tally& siblings, const os::CanaryTerms& terms) {
  const bool idle = canary.requests < terms.requests;
  return {terms.promotes ? Outcome::kPromote : Outcome::kRollBack,
          fmt::format("{} answered {} of {} within {} s, which is too few to compare, and the verdict for that is {}",
                      idle ? "the canary" : "its siblings", idle ? canary.requests : siblings.requests,
                      base::counted(terms.requests, "request"), terms.limit,
                      terms.promotes ? kPromoteWord : kRollBackWord)};
}

}  // namespace

Tally& Tally::operator+=(const Tally& other) {
  requests += other.requests;
  errors += other.errors;
  for (std::size_t i = 0; i < latency.size(); ++i) latency[i] += other.latency[i];
  return *this;
}

Tally& Tally::operator-=(const Tally& other) {
  requests -= std::min(requests, other.requests);
  errors -= std::min(errors, other.errors);
  for (std::size_t i = 0; i < latency.size(); ++i) latency[i] -= std::min(latency[i], other.latency[i]);
  return *this;
}

// A handler that throws is answered 500 unless its answer has begun: the larger number has all of them.
Tally tally_of(const os::Slot& slot) {
  const auto now = [](const std::atomic<std::uint64_t>& counter) { return counter.load(std::memory_order_relaxed); };
  Tally tally;
  tally.errors = std::max(now(slot.counters.responses[5]), now(slot.counters.handler_errors));
  tally.requests = std::max(now(slot.counters.requests), tally.errors);
  for (std::size_t i = 0; i < tally.latency.size(); ++i) tally.latency[i] = now(slot.counters.latency[i]);
  return tally;
}

std::string to_words(const Tally& tally) {
  std::string words = fmt::format("{} {}", tally.requests, tally.errors);
  for (std::size_t bucket = 0; bucket < tally.latency.size(); ++bucket) {
    if (tally.latency[bucket] != 0) words += fmt::format(" {}:{}", bucket, tally.latency[bucket]);
  }
  return words;
}

std::optional<Tally> tally_from(std::string_view words) {
  std::istringstream each{std::string(words)};
  Tally tally;
  if (!(each >> tally.requests >> tally.errors)) return std::nullopt;
  std::size_t bucket = 0;
  std::uint64_t count = 0;
  for (char colon = 0; each >> bucket;) {
    if (!(each >> colon >> count) || colon != ':') return std::nullopt;
    if (bucket < tally.latency.size()) tally.latency[bucket] = count;
  }
  return each.eof() ? std::optional{tally} : std::nullopt;
}

std::string to_words(const os::CanaryTerms& terms) {
  return fmt::format("{} {} {}", terms.requests, terms.limit, terms.promotes ? kPromoteWord : kRollBackWord);
}

std::optional<os::CanaryTerms> terms_from(std::string_view words) {
  std::istringstream each{std::string(words)};
  os::CanaryTerms terms;
  std::string verdict;
  if (!(each >> terms.requests >> terms.limit >> verdict)) return std::nullopt;
  const bool bounded = terms.requests >= 1 && terms.limit >= 1 && terms.limit <= os::kLongestTrial;
  if (!bounded || (verdict != kPromoteWord && verdict != kRollBackWord)) return std::nullopt;
  terms.promotes = verdict == kPromoteWord;
  return terms;
}

void TallySheet::begin(pid_t canary) {
  if (std::exchange(about_, canary) != canary) looks_.clear();
}

void TallySheet::look(pid_t pid, bool canary, const Tally& now) {
  const auto [found, first] = looks_.try_emplace(pid, Looks{canary, now, now});
  if (!first) found->second.last = now;
}

Tally TallySheet::of(bool canary) const {
  Tally sum;
  for (const auto& [pid, looks] : looks_) {
    if (looks.canary != canary) continue;
    Tally own = looks.last;
    sum += own -= looks.first;
  }
  return sum;
}

CanaryFinding judge_canary(const Tally& canary, const Tally& siblings, const os::CanaryTerms& terms,
                           base::Nanoseconds served) {
  const bool over = served >= std::chrono::seconds{terms.limit};
  const bool enough = canary.requests >= terms.requests && siblings.requests >= terms.requests;
  const double z = enough || over ? kEnough : kClearly;
  if (canary.requests >= std::min<std::uint64_t>(kFewest, terms.requests)) {
    if (auto errors = find_errors(canary, siblings, z)) return {Outcome::kRollBack, std::move(*errors)};
  }
  const bool comparable = std::min(canary.requests, siblings.requests) >= 2 * kFewest;
  if (enough || (over && comparable)) {
    if (auto slowness = find_slowness(canary, siblings, z)) return {Outcome::kRollBack, std::move(*slowness)};
  }
  if (enough) return {Outcome::kPromote, describe(canary, siblings)};
  return over ? judge_at_limit(canary, siblings, terms) : CanaryFinding{};
}

double two_proportion_z(std::uint64_t of_a, std::uint64_t a, std::uint64_t of_b, std::uint64_t b) {
  if (a == 0 || b == 0) return 0;
  const auto na = static_cast<double>(a), nb = static_cast<double>(b);
  const auto xa = static_cast<double>(of_a), xb = static_cast<double>(of_b);
  const double pooled = (xa + xb) / (na + nb);
  const double variance = pooled * (1 - pooled) * (1 / na + 1 / nb);
  return variance <= 0 ? 0 : (xa / na - xb / nb) / std::sqrt(variance);
}

base::Nanoseconds quantile(const Tally& tally, double share) {
  const auto wanted = share * static_cast<double>(counted(tally));
  if (wanted <= 0) return base::Nanoseconds{0};
  double before = 0;
  for (std::size_t bucket = 0; bucket < tally.latency.size(); ++bucket) {
    const auto here = static_cast<double>(tally.latency[bucket]);
    if (here > 0 && before + here >= wanted) {
      const double least = std::ldexp(1, static_cast<int>(bucket));
      return base::Nanoseconds{static_cast<std::int64_t>(least + least * (wanted - before) / here)};
    }
    before += here;
  }
  return base::Nanoseconds{std::int64_t{1} << (tally.latency.size() - 1)};
}

}  // namespace orrery::master
