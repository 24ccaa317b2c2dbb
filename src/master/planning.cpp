// What the supervisor must know of a configuration. Part of class Service.
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "config/cpus.hpp"
#include "master/service.hpp"

namespace orrery::master {

os::CanaryTerms canary_terms(const Config& config) {
  os::CanaryTerms terms;
  terms.requests = static_cast<std::uint32_t>(std::max(config.canary_requests, 1));
  terms.limit = static_cast<std::uint32_t>(std::chrono::ceil<std::chrono::seconds>(config.canary_limit).count());
  terms.promotes = config.canary_verdict == CanaryVerdict::kPromote;
  terms.probe = decltype(terms.probe){config.canary_probe};
  return terms;
}

Plan Service::plan_of(const Config& config) const {
  Plan plan;
  plan.workers = worker_count(parts_, config);
  const config::WorkerBounds bounds = config::worker_bounds(config);
  plan.workers_min = bounds.least;
  plan.workers_max = std::max(bounds.most, plan.workers);
  plan.autoscale = config.autoscale;
  plan.timeout = config.timeout;
  plan.graceful_timeout = config.graceful_timeout;
  plan.boot_timeout = config.boot_timeout;
  plan.drain_delay = config.drain_delay;
  plan.max_lifetime = config.max_worker_lifetime;
  plan.max_memory = config.max_worker_memory;
  plan.max_memory_hard = config.max_worker_memory_hard;
  plan.min_ready = static_cast<unsigned>(std::max(config.min_ready, 1));
  plan.upgrade = config.upgrade;
  plan.strategy = config.reload_strategy;
  plan.max_surge = static_cast<unsigned>(std::max(config.max_surge, 0));
  plan.max_unavailable = static_cast<unsigned>(std::max(config.max_unavailable, 0));
  plan.canary = canary_terms(config);
  return plan;
}

}  // namespace orrery::master
