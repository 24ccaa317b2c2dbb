// What the service does when certificates change (`tls_watch`), or files of a service under development (`reload`).
// Part of class Service.
#include <algorithm>
#include <csignal>
#include <fmt/core.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "master/service.hpp"

namespace orrery::master {

namespace {

template <class Watch>
std::optional<Watch> made_or_noted(Result<Watch> made, std::string_view setting, std::vector<std::string>& notes) {
  if (made) return std::move(*made);
  notes.push_back(fmt::format("{}; `{}` has no effect", made.error().message, setting));
  return std::nullopt;
}

}  // namespace

Watched watched_files(const Config& config, const std::string& settings_file, const std::string& program) {
  Watched watched{{config.app.empty() ? program : config.app}, config.reload_extra_files};
  if (!settings_file.empty()) watched.application.push_back(settings_file);
  return watched;
}

std::optional<ReloadWatch> watch_changes(Watched watched, const Config& config, std::vector<std::string>& notes) {
  if (!config.reload) return std::nullopt;
  return made_or_noted(ReloadWatch::make(std::move(watched)), "reload", notes);
}

void Service::take_changes() {
  if (!prepared_.changes) return;
  const std::vector<std::string> paths = prepared_.changes->changed(base::monotonic_now());
  if (paths.empty() || !supervisor_.serving()) return;
  // The master runs the program: no worker of it could have the new code.
  starts_anew_ = std::ranges::find(paths, program_.path()) != paths.end();
  act_on_changed(paths, starts_anew_ ? SIGINT : SIGHUP);
}

void Service::act_on_changed(const std::vector<std::string>& paths, int signo) {
  const std::string said = fmt::format("Reload: {} changed", spoken_files(paths));
  base::log_info("{}", said);
  note(os::EventKind::kNote, said);
  inbox_.emplace_back(SignalArrived{signo, ::getpid()});
  dispatch_inbox();
}

void Service::follow_changes(const Config& config, std::vector<std::string>& notes) {
  Watched watched = watched_files(config, parts_.settings_file, program_.path());
  if (config.reload && prepared_.changes) return prepared_.changes->aim(std::move(watched));
  prepared_.changes = watch_changes(std::move(watched), config, notes);
}

std::optional<CertificateWatch> watch_certificates(const Config& config, std::vector<std::string>& notes) {
  if (!config.tls_watch || !tls::is_wanted(config)) return std::nullopt;
  return made_or_noted(CertificateWatch::make(config), "tls_watch", notes);
}

void Service::take_certificates() {
  if (!prepared_.certificates) return;
  const std::vector<std::string> paths = prepared_.certificates->changed(base::monotonic_now());
  if (!paths.empty() && supervisor_.serving()) act_on_changed(paths, SIGHUP);
}

void Service::follow_certificates(const Config& config, std::vector<std::string>& notes) {
  if (config.tls_watch && tls::is_wanted(config) && prepared_.certificates) return prepared_.certificates->aim(config);
  prepared_.certificates = watch_certificates(config, notes);
}

}  // namespace orrery::master
