#include "orrery/app.hpp"

#include <string>
#include <utility>

namespace orrery {

App& App::route(std::string method, std::string pattern, Handler handler, RouteOptions options) {
  routes_.push_back({std::move(method), std::move(pattern), std::move(handler), {}, options});
  return *this;
}

App& App::route(std::string method, std::string pattern, ResponderHandler handler, RouteOptions options) {
  routes_.push_back({std::move(method), std::move(pattern), {}, std::move(handler), options});
  return *this;
}

App& App::route(std::string method, std::string pattern, TaskHandler handler, RouteOptions options) {
  options.stream_body = false;
  routes_.push_back({std::move(method), std::move(pattern), {}, {}, options, std::move(handler)});
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
