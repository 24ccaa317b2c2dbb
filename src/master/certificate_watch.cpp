#include "master/certificate_watch.hpp"

#include <algorithm>
#include <filesystem>

#include "tls/context.hpp"

namespace orrery::master {

namespace {

/// Between two looks whether certificates and keys belong together, where nothing tells of a change.
constexpr base::Nanoseconds kAgain = std::chrono::seconds{1};

Watched watched(const Config& config) {
  Watched files;
  for (const std::string& path : tls::files_of(config)) files.application.push_back(std::filesystem::absolute(path));
  return files;
}

bool belong_together(const Config& config) {
  std::vector<std::string> notes;
  return tls::Context::make(config, nullptr, notes).has_value();
}

}  // namespace

Result<CertificateWatch> CertificateWatch::make(const Config& config) {
  auto watch = ReloadWatch::make(watched(config));
  if (!watch) return fail(watch);
  return CertificateWatch{std::move(*watch), config};
}

void CertificateWatch::aim(const Config& config) {
  config_ = config;
  watch_.aim(watched(config));
}

std::optional<base::Monotonic> CertificateWatch::deadline() const {
  const auto quiet = watch_.deadline();
  if (changed_.empty()) return quiet;
  return quiet ? std::min(*quiet, next_look_) : next_look_;
}

std::vector<std::string> CertificateWatch::changed(base::Monotonic now) {
  const std::vector<std::string> fresh = watch_.changed(now);
  if (fresh.empty() && (changed_.empty() || now < next_look_)) return {};
  if (changed_.empty()) since_ = now;
  for (const std::string& path : fresh)
    if (std::ranges::find(changed_, path) == changed_.end()) changed_.push_back(path);
  next_look_ = now + kAgain;
  if (!belong_together(config_) && now < since_ + kPatience) return {};
  std::ranges::sort(changed_);
  return std::exchange(changed_, {});
}

}  // namespace orrery::master
