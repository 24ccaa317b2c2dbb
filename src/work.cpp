#include "work.hpp"

#include <algorithm>
#include <cstddef>
#include <fmt/core.h>
#include <utility>

#include "base/log.hpp"
#include "base/thrown.hpp"
#include "metrics/family.hpp"
#include "module.hpp"
#include "worker/worker.hpp"

namespace orrery {

namespace {

/// The application that only the worker loads. It is never destroyed, as nothing of a worker is.
int run_module(os::WorkerBirth birth, const sections::Sources& sources) {
  const std::string& name = birth.config->app;
  const auto module = Module::load(*birth.app, name);
  auto app = module ? module->make(sources) : Result<App>{fail(module)};
  if (!app) return base::log_error("{}", app.error().message), os::kExitAppLoad;
  const auto made = deploy(std::move(*app));
  if (!made) return base::log_error("{}: {}", name, made.error().message), os::kExitAppLoad;
  static const std::shared_ptr<const Deployed> kept = *made;
  return worker::run_worker(std::move(birth), kept->app, kept->router);
}

/// Which settings of the application differ, as lines for the log.
std::vector<std::string> differences(const config::AppSettings& old, const config::AppSettings& fresh) {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < fresh.shown.size(); ++i) {
    const config::AppValue& value = fresh.shown[i];
    const auto before = std::ranges::find(old.shown, value.name, &config::AppValue::name);
    const std::string name = fmt::format("{}.{}", config::kAppSettings, value.name);
    if (before == old.shown.end())
      lines.push_back(fmt::format("{}: {}", name, value.yaml));
    else if (before->yaml != value.yaml)
      lines.push_back(fmt::format("{}: {} -> {}", name, before->yaml, value.yaml));
    else if (i < old.values.size() && i < fresh.values.size() && old.values[i] != fresh.values[i])
      lines.push_back(fmt::format("{}: its file holds something else", name));
  }
  for (const config::AppValue& value : old.shown)
    if (std::ranges::find(fresh.shown, value.name, &config::AppValue::name) == fresh.shown.end())
      lines.push_back(fmt::format("{}.{}: {} -> its default", config::kAppSettings, value.name, value.yaml));
  return lines;
}

/// Of a module nobody here knows which of its settings are secrets: their files may hold something else now.
bool has_other_settings(const config::Outcome& old, const config::Outcome& fresh) {
  if (fresh.app.settings) return old.app.values != fresh.app.values;
  return fresh.config.preload_app && !(old.app.shown.empty() && fresh.app.shown.empty());
}

/// What the old application counted goes on.
void share_metrics(const App& old, const App& fresh, std::vector<std::string>& notes) {
  for (const auto& family : fresh.metric_families()) {
    const auto older =
        std::ranges::find_if(old.metric_families(), [&](const auto& other) { return other->name() == family->name(); });
    if (older == old.metric_families().end() || !family->share(**older))
      notes.push_back(fmt::format("the metric {} is new, or has another form; it is shown after a restart or USR2",
                                  family->name()));
  }
}

}  // namespace

int Work::operator()(os::WorkerBirth birth) const {
  if (birth.app) return run_module(std::move(birth), read.app_sources);
  return worker::run_worker(std::move(birth), own->app, own->router);
}

Result<std::shared_ptr<const Deployed>> deploy(App app) {
  auto router = http::Router::make(app.routes());
  if (!router) return fail(router);
  return std::make_shared<const Deployed>(Deployed{std::move(app), std::move(*router)});
}

Result<App> make_fenced(const Maker& make, const config::Outcome& read) {
  try {
    return make(read);
  } catch (...) {
    return fail(fmt::format("the application cannot be made: {}", base::describe_exception()));
  }
}

Result<std::shared_ptr<const Deployed>> deploy(const Maker& make, const config::Outcome& read) {
  auto app = make_fenced(make, read);
  return app ? deploy(std::move(*app)) : fail(app);
}

Result<Work> renew(const Work& running, const Maker& make, config::Outcome read, std::vector<std::string>& notes) {
  for (std::string& line : differences(running.read.app, read.app)) notes.push_back(std::move(line));
  Work work{running.own, std::move(read)};
  if (!has_other_settings(running.read, work.read)) return work;
  auto made = deploy(make, work.read);
  if (!made) return fail(made);
  share_metrics(running.own->app, (*made)->app, notes);
  work.own = std::move(*made);
  return work;
}

}  // namespace orrery
