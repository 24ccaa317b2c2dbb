#include "master/obstacles.hpp"

#include <utility>

#include "base/bind.hpp"
#include "os/inherited_binds.hpp"
#include "os/process.hpp"
#include "os/would_open.hpp"
#include "tls/context.hpp"

namespace orrery::master {

namespace {

class Finder {
 public:
  explicit Finder(const Config& config) : config_(config) {}

  Rehearsal find() {
    // Every later path is seen from there.
    if (!config_.chdir.empty() && !note("chdir", os::change_directory(config_.chdir))) return std::move(found_);
    note("raw_env", os::set_environment(config_.raw_env));
    auto identity = os::resolve_identity(config_.user, config_.group, config_.initgroups);
    if (identity)
      found_.workers = std::move(*identity);
    else
      note(config_.user.empty() ? "group" : "user", fail(identity));
    if (!config_.pidfile.empty()) note("pidfile", os::would_lock(config_.pidfile));
    look_at_log("errorlog", config_.errorlog);
    look_at_log("accesslog", config_.accesslog);
    look_at_certificates();
    // The service manager's addresses stand for `bind`.
    if (os::take_inherited_binds().binds.empty()) look_at_binds();
    return std::move(found_);
  }

 private:
  bool note(std::string_view setting, const Result<void>& result) {
    if (!result) found_.obstacles.push_back({setting, result.error().message});
    return result.has_value();
  }

  void look_at_log(std::string_view setting, const std::string& path) {
    if (!path.empty() && path != "-") note(setting, os::would_append(path, found_.workers));
  }

  void look_at_certificates() {
    if (!tls::is_wanted(config_)) return;
    std::vector<std::string> notes;
    if (const auto made = tls::Context::make(config_, nullptr, notes); !made) note("certfile", fail(made));
  }

  void look_at_binds() {
    for (const std::string& bind : config_.bind) {
      const auto target = base::parse_bind(bind);
      note("bind", target ? os::would_bind(*target, found_.workers) : fail(target));
    }
  }

  const Config& config_;
  Rehearsal found_;
};

}  // namespace

Rehearsal rehearse(const Config& config) { return Finder{config}.find(); }

}  // namespace orrery::master
