#include "orrery/server.hpp"

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fmt/core.h>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "orrery/section.hpp"
#include "orrery/version.hpp"

#include "admin/app.hpp"
#include "admin/settings.hpp"
#include "base/joined.hpp"
#include "base/log.hpp"
#include "check_config.hpp"
#include "config/cpus.hpp"
#include "config/description.hpp"
#include "config/load.hpp"
#include "config/token.hpp"
#include "ctl/command.hpp"
#include "http/router.hpp"
#include "master/master.hpp"
#include "master/single.hpp"
#include "migrate/command.hpp"
#include "module.hpp"
#include "os/signals.hpp"
#include "work.hpp"
#include "worker/worker.hpp"

namespace orrery {

namespace {

std::string describe(const config::Change& change) {
  const std::string text = change.name + ": " + change.from + " -> " + change.to;
  return change.impact == config::Impact::kRestart ? text + " (needs a restart or USR2; not applied)" : text;
}

std::vector<std::string> sentences_of(const std::vector<config::Complaint>& complaints) {
  std::vector<std::string> sentences;
  for (const config::Complaint& complaint : complaints) sentences.push_back(complaint.where + ": " + complaint.message);
  return sentences;
}

std::string absolute_path(const std::string& path) {
  std::error_code ignored;
  return path.empty() ? path : std::filesystem::absolute(path, ignored).lexically_normal().string();
}

/// Where `app` and what is watched lie, wherever `chdir` leads.
void find_files(Config& config) {
  config.app = absolute_path(config.app);
  for (std::string& path : config.reload_extra_files) path = absolute_path(path);
}

/// What HUP reads and makes anew.
struct Renewal {
  config::Sources sources;
  std::filesystem::path start;  ///< where the service was started
  Maker make;
};

/// What HUP does: the same sources, read again. Relative paths in them mean what they meant at the start, though
/// `chdir` has taken the master elsewhere since.
master::Reload reload(const Renewal& renewal, const Config& current, const os::WorkerMain& running) {
  std::error_code ignored;
  const auto here = std::filesystem::current_path(ignored);
  std::filesystem::current_path(renewal.start, ignored);
  config::Outcome outcome = config::load(renewal.sources);
  find_files(outcome.config);
  std::filesystem::current_path(here, ignored);
  master::Reload result;
  result.complaints = sentences_of(outcome.complaints);
  result.changes = outcome.notes;
  std::vector<config::Change> kept;
  for (const config::Change& change : config::compare(current, outcome.config)) {
    result.changes.push_back(describe(change));
    if (change.impact == config::Impact::kRestart) kept.push_back(change);
  }
  config::keep_restart_settings(outcome.config, current);
  result.description = config::describe(outcome, kept);
  result.config = outcome.config;
  if (!result.complaints.empty()) return result;
  auto work = renew(*running.target<Work>(), renewal.make, std::move(outcome), result.changes);
  if (!work) return result.complaints.push_back(work.error().message), result;
  result.worker_main = std::move(*work);
  return result;
}

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

/// The processes that tell of the service.
std::vector<master::SidecarParts> make_sidecars(const Config& service, const std::string& token,
                                                const admin::RouteOf& route, const admin::Families& families,
                                                const admin::Names& names) {
  std::vector<master::SidecarParts> sidecars;
  const auto add = [&](os::Role role, std::vector<std::string> addresses, bool has_other_work,
                       std::function<App(os::WorkerBirth&)> make) {
    if (addresses.empty() && !has_other_work) return;
    const auto run = [make = std::move(make)](os::WorkerBirth birth) -> int {
      const App own = make(birth);
      const auto router = http::Router::make(own.routes());
      return router ? worker::run_worker(std::move(birth), own, *router) : int{os::kExitAppLoad};
    };
    const bool admin = role == os::Role::kAdmin;
    sidecars.push_back(
        {role, admin::settings_for(service, std::move(addresses)), admin, admin && token.empty(), run, has_other_work});
  };
  const admin::Directories directories{variable("RUNTIME_DIRECTORY"), variable("XDG_RUNTIME_DIR")};
  const admin::StatsdTarget statsd{service.statsd_host, service.statsd_prefix, service.dogstatsd_tags};
  add(os::Role::kAdmin, admin::admin_addresses(service, directories), !statsd.host.empty(),
      [token, route, families, names, statsd, worker_class = service.worker_class](os::WorkerBirth& birth) {
        return admin::make_admin(*birth.board, {std::move(birth.orders), token, route, families, names, statsd,
                                                worker_class, static_cast<double>(config::allowed_cpus())});
      });
  add(os::Role::kMonitor, service.monitor, false,
      [families, names](os::WorkerBirth& birth) { return admin::make_monitor(*birth.board, families, names); });
  return sidecars;
}

admin::RouteOf route_of(const App& app, const http::Router& router) {
  return [&app, &router](std::string_view method, std::string_view path) -> std::string {
    const http::RouteMatch match = router.match(method, path);
    return match.kind == http::RouteMatch::Kind::kFound ? app.routes()[match.route].pattern : std::string{};
  };
}

admin::Names names_of(const App& app) {
  admin::Names names;
  for (const Pool& pool : app.pools()) names.pools.push_back(pool.name());
  return names;
}

/// How this process makes what it needs of the application: all of it, unless the workers will load it.
Result<Maker> maker_of(const config::Outcome& outcome, Maker own) {
  if (outcome.config.app.empty()) return own;
  const bool checks = outcome.action == config::Action::kCheckConfig;
  if (!checks && !outcome.config.preload_app) return Maker{[](const config::Outcome&) { return App{}; }};
  const auto copy = os::SealedFile::copy(outcome.config.app);
  if (!copy) return fail(copy);
  auto module = Module::load(*copy, outcome.config.app);
  if (!module) return fail(module);
  return Maker{[module = std::move(*module)](const config::Outcome& read) { return module.make(read.app_sources); }};
}

enum class How : std::uint8_t { kSupervised, kSingle };

struct Service {
  Work work;
  About about;
  std::string description;
  std::string settings_file{};
  std::function<master::Reload(const Config&, const os::WorkerMain&)> reload{};
};

int serve(How how, Service service) {
  const About& about = service.about;
  const Config& config = service.work.read.config;
  const std::shared_ptr<const Deployed> own = service.work.own;
  const App& app = own->app;
  const Result<std::string> token = config.admin_token.empty() ? std::string{} : config::read_token(config.admin_token);
  if (!token) {
    std::fprintf(stderr, "%s: %s\n", about.name.c_str(), token.error().message.c_str());
    return os::kExitUsage;
  }
  master::MasterParts parts;
  if (how == How::kSupervised)
    parts.sidecars = make_sidecars(config, *token, route_of(app, own->router), app.metric_families(), names_of(app));
  parts.enter_counts = [families = app.metric_families(), names = names_of(app)](const os::Scoreboard& board) {
    admin::enter_counts(board, families, names);
  };
  parts.description = std::move(service.description);
  parts.settings_file = std::move(service.settings_file);
  parts.config = config;
  parts.notes = service.work.read.notes;
  parts.reload = std::move(service.reload);
  parts.worker_count = config::effective_workers;
  parts.service = about.name + " " + about.version;
  parts.worker_main = std::move(service.work);
  return how == How::kSingle ? master::run_single(std::move(parts)) : master::run_master(std::move(parts));
}

About completed(About about) {
  if (about.version.empty()) about.version = version();
  return about;
}

/// What keeps the service from its start, for the log of its start, and for the service that it was to take over from.
int give_up(const std::string& printed, const std::string& sentence, int code) {
  std::fputs(printed.c_str(), stderr);
  master::tell_predecessor(sentence);
  return code;
}

/// `table`: of the settings that the program's own application has; null: it has none.
int run_program(int argc, char** argv, const sections::Table* table, const Maker& own, About about) {
  config::Sources sources = config::capture_sources(argc, argv, environ);
  sources.application = table;
  if (migrate::is_command(argc, argv)) return migrate::run_command(sources);
  if (ctl::is_command(argc, argv)) return ctl::run_command(sources);
  os::hold_signals();
  os::ignore_write_signals();
  about = completed(std::move(about));
  sources.version = about.version;
  std::error_code ignored;
  const auto start = std::filesystem::current_path(ignored);
  config::Outcome outcome = config::load(sources);
  if (!outcome.complaints.empty())
    return give_up(config::print_complaints(sources.program, outcome.complaints),
                   base::joined(sentences_of(outcome.complaints), "; "), os::kExitUsage);
  if (outcome.action == config::Action::kPrintText) {
    std::fputs(outcome.text.c_str(), stdout);
    return os::kExitOk;
  }
  find_files(outcome.config);
  const bool checks = outcome.action == config::Action::kCheckConfig;
  const How how = outcome.action == config::Action::kServeSingle ? How::kSingle : How::kSupervised;
  const auto refuse = [&](const Error& why) {
    return give_up(fmt::format("{}: {}\n", sources.program, why.message), why.message,
                   checks ? os::kExitUsage : os::kExitAppLoad);
  };
  const auto make = maker_of(outcome, own);
  if (!make) return refuse(make.error());
  if (checks) {
    const auto app = make_fenced(*make, outcome);
    return app ? check_config(outcome, *app, sources.program) : refuse(app.error());
  }
  auto deployed = deploy(*make, outcome);
  if (!deployed) return refuse(deployed.error());
  std::string description = config::describe(outcome);
  std::string file = absolute_path(outcome.file);
  return serve(how, {{std::move(*deployed), std::move(outcome)},
                     about,
                     std::move(description),
                     std::move(file),
                     [renewal = Renewal{sources, start, *make}](const Config& current, const os::WorkerMain& running) {
                       return reload(renewal, current, running);
                     }});
}

}  // namespace

const char* version() { return ORRERY_VERSION; }

int run(int argc, char** argv, App app, About about) {
  return run(
      argc, argv, [&app] { return std::move(app); }, std::move(about));
}

int run(int argc, char** argv, const std::function<App()>& make_app, About about) {
  return run_program(
      argc, argv, nullptr, [&make_app](const config::Outcome&) { return make_app(); }, std::move(about));
}

int sections::run(int argc, char** argv, const Table& table, const MakeApp& make_app, About about) {
  return run_program(
      argc, argv, &table, [&make_app](const config::Outcome& read) { return make_app(read.app.settings.get()); },
      std::move(about));
}

Server::Server(Config config, App app, About about)
    : config_(std::move(config)), app_(std::move(app)), about_(completed(std::move(about))) {}

int Server::run() { return run_checked(false); }
int Server::run_single() { return run_checked(true); }

int Server::run_checked(bool single) {
  os::hold_signals();
  os::ignore_write_signals();
  const auto problems = config::validate(config_);
  for (const config::Problem& problem : problems) {
    std::fprintf(stderr, "%s: %s: %s\n", about_.name.c_str(), std::string{problem.name}.c_str(),
                 problem.message.c_str());
  }
  if (!problems.empty()) return os::kExitUsage;
  find_files(config_);
  auto deployed = deploy(std::move(app_));
  if (!deployed) {
    std::fprintf(stderr, "%s: %s\n", about_.name.c_str(), deployed.error().message.c_str());
    return os::kExitAppLoad;
  }
  Work work{std::move(*deployed)};
  work.read.config = config_;
  return serve(single ? How::kSingle : How::kSupervised, {std::move(work), about_, config::describe(config_)});
}

}  // namespace orrery
