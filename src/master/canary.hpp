// Canary: whether the first worker of a new generation is worse than its siblings of the generation before.
//
// Pure: what both have answered in the same time is compared; master process only. Errors are compared as two
// proportions (z-test, pooled), latency by how many took longer than nine tenths of the siblings' requests. Neither is
// judged on a handful of requests, and a small difference is never called one. Forks, waits for and signals nothing.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>

#include "base/clock.hpp"
#include "os/canary_terms.hpp"
#include "os/scoreboard.hpp"

namespace orrery::master {

/// What workers have answered.
struct Tally {
  std::uint64_t requests = 0;
  std::uint64_t errors = 0;                                  ///< answers of 5xx, and handlers that failed later
  std::array<std::uint64_t, os::kLatencyBuckets> latency{};  ///< bucket b: [2^b, 2^(b+1)) ns

  Tally& operator+=(const Tally& other);
  Tally& operator-=(const Tally& other);
};

/// What the slot's worker has answered since its birth.
Tally tally_of(const os::Slot& slot);
/// As words between two masters: "REQUESTS ERRORS BUCKET:COUNT ...", buckets that are empty left out.
std::string to_words(const Tally& tally);
/// Nothing when the words are none of to_words(). Buckets that this version does not have are not counted.
std::optional<Tally> tally_from(std::string_view words);
/// Likewise "REQUESTS SECONDS roll-back|promote": the terms but for the probe, which the canary answers by itself.
std::string to_words(const os::CanaryTerms& terms);
std::optional<os::CanaryTerms> terms_from(std::string_view words);

/// What a canary and its siblings have answered since they were looked at first, by their pids. Those that are gone
/// keep what they had when they were looked at last.
class TallySheet {
 public:
  /// It is about this canary; what was known of another one is forgotten.
  void begin(pid_t canary);
  void look(pid_t pid, bool canary, const Tally& now);
  [[nodiscard]] Tally of(bool canary) const;

 private:
  struct Looks {
    bool canary = false;
    Tally first, last;
  };
  pid_t about_ = 0;
  std::map<pid_t, Looks> looks_;
};

struct CanaryFinding {
  enum class Outcome : std::uint8_t { kUndecided, kPromote, kRollBack };
  Outcome outcome = Outcome::kUndecided;
  std::string why;  ///< a sentence without a full stop, for the operator
};

/// `served`: since it was ready.
CanaryFinding judge_canary(const Tally& canary, const Tally& siblings, const os::CanaryTerms& terms,
                           base::Nanoseconds served);

/// How much larger the share `of_a` in `a` is than `of_b` in `b`, in standard errors; 0 where one of them is empty.
double two_proportion_z(std::uint64_t of_a, std::uint64_t a, std::uint64_t of_b, std::uint64_t b);

/// The time within which `share` of them were answered, between the bounds of its bucket; 0 where there are none.
base::Nanoseconds quantile(const Tally& tally, double share);

}  // namespace orrery::master
