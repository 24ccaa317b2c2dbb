#include "orrery/app.hpp"

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "metrics/family.hpp"

namespace orrery {

App& App::add(Route route) {
  routes_.push_back(std::move(route));
  return *this;
}

App& App::layer(Layer layer) {
  layers_.add(std::move(layer));
  return *this;
}

App& App::on_error(ErrorHandler handler) {
  error_handler_ = std::move(handler);
  return *this;
}

App& App::add(std::shared_ptr<metrics::Family> metric) {
  for (const auto& other : metrics_) {
    if (other->name() == metric->name())
      throw std::invalid_argument("the metric `" + metric->name() + "` is there twice");
  }
  metrics_.push_back(std::move(metric));
  return *this;
}

App& App::on_worker_start(StartHook hook) {
  start_hooks_.push_back(std::move(hook));
  return *this;
}

App& App::on_worker_end(EndHook hook) {
  end_hooks_.push_back(std::move(hook));
  return *this;
}

App& App::on_check(CheckHook hook) {
  check_hooks_.push_back(std::move(hook));
  return *this;
}

}  // namespace orrery
