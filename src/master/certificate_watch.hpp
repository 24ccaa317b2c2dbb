// CertificateWatch: whether the files of certificates and keys are others than before (`tls_watch`).
//
// Owned by the master, which reloads for what it says. Certbot and cert-manager replace the links that lead to the
// files, one after the other or all at once; others write the files anew. So a change is told once it is quiet and
// certificates and keys belong together again, or after kPatience, when the reload will say what is wrong with them.
// The time is an argument. It reads keys only to compare them, with the rights of the master, and keeps nothing of
// them.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "base/clock.hpp"
#include "master/reload_watch.hpp"

namespace orrery::master {

class CertificateWatch {
 public:
  /// How long a key may be that of another certificate.
  static constexpr std::chrono::seconds kPatience{10};

  /// Nothing that happens after this call is missed.
  static Result<CertificateWatch> make(const Config& config);
  /// From now on the files of these settings.
  void aim(const Config& config);

  /// For poll, together with the deadline.
  [[nodiscard]] int fd() const { return watch_.fd(); }
  [[nodiscard]] std::optional<base::Monotonic> deadline() const;
  /// The files that have changed, in the order of their names; most often none. To be called when fd() is readable, at
  /// the deadline, and whenever it is convenient.
  std::vector<std::string> changed(base::Monotonic now);

 private:
  CertificateWatch(ReloadWatch watch, const Config& config) : watch_(std::move(watch)), config_(config) {}

  ReloadWatch watch_;
  Config config_;
  std::vector<std::string> changed_;  ///< and not told yet
  base::Monotonic since_{};           ///< the first of them
  base::Monotonic next_look_{};
};

}  // namespace orrery::master
