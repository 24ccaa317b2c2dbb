#include "master/logs.hpp"

#include <fmt/core.h>
#include <unistd.h>
#include <utility>

#include "base/log.hpp"
#include "os/owned_file.hpp"

namespace orrery::master {

namespace {

bool is_file(const std::string& path) { return !path.empty() && path != "-"; }

Result<base::UniqueFd> open_file(const std::string& path, const std::optional<os::Identity>& owner,
                                 std::vector<std::string>& notes) {
  auto file = os::open_log(path, owner);
  if (!file) return fail(file);
  if (!file->reopens) {
    notes.push_back(
        fmt::format("{} may not open {}: after a rotation the workers cannot reopen it at USR1; give that user "
                    "the file and the right to enter its directory",
                    owner->name, path));
  }
  return std::move(file->fd);
}

}  // namespace

Result<Logs> Logs::open(const Config& config, const std::optional<os::Identity>& owner,
                        std::vector<std::string>& notes) {
  Logs logs;
  logs.error_path_ = config.errorlog;
  logs.access_path_ = config.accesslog;
  logs.level_ = config.loglevel;
  logs.format_ = config.log_format;
  if (const auto opened = logs.open_error(owner, notes); !opened) return fail(opened);
  if (const auto opened = logs.open_access(owner, notes); !opened) return fail(opened);
  if (!config.syslog) return logs;
  auto syslog = os::Syslog::open(config);
  if (!syslog) return fail(syslog);
  logs.syslog_ = std::move(*syslog);
  logs.syslog_takes_accesses_ = !config.disable_redirect_access_to_syslog;
  return logs;
}

Result<void> Logs::open_error(const std::optional<os::Identity>& owner, std::vector<std::string>& notes) {
  if (!is_file(error_path_)) return {};
  auto file = open_file(error_path_, owner, notes);
  if (!file) return fail(base::log_failed(error_path_, file.error().message));
  error_ = std::move(*file);
  return {};
}

Result<void> Logs::open_access(const std::optional<os::Identity>& owner, std::vector<std::string>& notes) {
  if (!is_file(access_path_)) return {};
  auto file = open_file(access_path_, owner, notes);
  if (!file) return fail(fmt::format("cannot open the access log {}: {}", access_path_, file.error().message));
  access_ = std::move(*file);
  return {};
}

std::vector<std::string> Logs::reopen(const std::optional<os::Identity>& owner) {
  std::vector<std::string> failures;
  std::vector<std::string> notes;  // each worker that cannot reopen says so itself
  if (const auto opened = open_error(owner, notes); !opened) failures.push_back(opened.error().message);
  if (const auto opened = open_access(owner, notes); !opened) failures.push_back(opened.error().message);
  return failures;
}

void Logs::use() const {
  base::take_log(error_ ? base::duplicated(error_.get()) : base::UniqueFd{}, error_path_, level_, format_);
  base::set_log_copy(syslog_);
}

void Logs::use_for_good() const {
  base::take_log(base::UniqueFd{error_.get()}, error_path_, level_, format_);
  base::set_log_copy(syslog_);
}

int Logs::access() const { return access_path_ == "-" ? STDOUT_FILENO : access_.get(); }

std::vector<int> Logs::descriptors() const {
  std::vector<int> open;
  for (const auto* file : {&error_, &access_}) {
    if (*file) open.push_back(file->get());
  }
  if (syslog_) open.push_back(syslog_->fd());
  return open;
}

}  // namespace orrery::master
