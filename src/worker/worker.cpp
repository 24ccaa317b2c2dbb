#include "worker/worker.hpp"

#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "base/log.hpp"
#include "worker/runtime.hpp"

namespace orrery::worker {

namespace {

Result<std::optional<AccessLog>> open_access_log(os::WorkerBirth& birth) {
  const Config& config = *birth.config;
  if (config.accesslog.empty() && birth.syslog == nullptr) return std::nullopt;
  auto format = base::AccessFormat::compile(config.access_log_format);
  if (!format) return fail(format);
  auto log = AccessLog::open(config.accesslog, std::move(*format), config.access_log_skip, *birth.slot,
                             std::move(birth.access_log), birth.syslog);
  if (!log) return fail(log);
  return std::optional<AccessLog>{std::move(*log)};
}

int fail_to_boot(const std::string& why) {
  base::log_error("worker could not boot: {}", why);
  return os::kExitWorkerBoot;
}

}  // namespace

int run_worker(os::WorkerBirth birth, const App& app, const http::Router& router) {
  try {
    auto proxies = http::Proxies::make(*birth.config);
    if (!proxies) return fail_to_boot(proxies.error().message);
    auto access_log = open_access_log(birth);
    if (!access_log) return fail_to_boot(access_log.error().message);
    // The access log may be standard output: it has it already.
    if (birth.config->capture_output) base::capture_output();
    // Never destroyed: handler threads, and Responders the application keeps, may still point into it when the process
    // ends.
    static Runtime* runtime = nullptr;
    runtime = new Runtime(std::move(birth), app, router, std::move(*proxies), std::move(*access_log));
    return runtime->run();
  } catch (const std::exception& error) {
    return fail_to_boot(error.what());
  }
}

}  // namespace orrery::worker
