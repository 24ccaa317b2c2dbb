#include "orrery/app.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "metrics/family.hpp"

namespace orrery {

namespace {

constexpr std::size_t kMostThreads = 256;
constexpr std::size_t kMostQueued = 1'000'000;

void check_pool(const std::string& name, PoolSize size) {
  if (name.empty()) throw std::invalid_argument("a pool needs a name, by which the log and people know it");
  if (size.threads < 1 || size.threads > kMostThreads)
    throw std::invalid_argument("the pool `" + name + "` wants " + std::to_string(size.threads) +
                                " threads: 1 to 256 can be had");
  if (size.queue > kMostQueued)
    throw std::invalid_argument("the queue of the pool `" + name + "` is for " + std::to_string(size.queue) +
                                " jobs: 0 to 1,000,000 can be had");
}

constexpr std::chrono::milliseconds kShortestPing{100};

void check_websocket(const std::string& pattern, const WebSocketOptions& options) {
  if (options.largest < 1)
    throw std::invalid_argument("the WebSockets of " + pattern + " take no message: `largest` is 0 bytes");
  if (options.ping.count() != 0 && options.ping < kShortestPing)
    throw std::invalid_argument("the WebSockets of " + pattern +
                                " want pings too often: at least 100 ms, or 0 for none");
}

}  // namespace

Pool::Pool(App& app, std::string name, PoolSize size) {
  check_pool(name, size);
  plan_ = std::make_shared<const Plan>(Plan{std::move(name), size});
  app.add(*this);
}

Route handlers::websocket_route(std::string pattern, WebSocketHandler handler, WebSocketOptions options,
                                RouteOptions around) {
  check_websocket(pattern, options);
  Route made{"GET", std::move(pattern), {}, {}, std::move(around)};
  made.options.stream_body = false;
  made.websocket = std::make_shared<const WebSocketRoute>(WebSocketRoute{std::move(handler), std::move(options)});
  return made;
}

App& App::websocket(Pattern<0, PatternPart::kWhole> pattern, WebSocketHandler handler, WebSocketOptions options,
                    RouteOptions around) {
  return add(handlers::websocket_route(std::string{pattern.text()}, std::move(handler), std::move(options),
                                       std::move(around)));
}

App& App::add(Route route) {
  routes_.push_back(std::move(route));
  return *this;
}

App& App::layer(Layer layer) {
  layers_.add(std::move(layer));
  return *this;
}

App& App::layer_below(PrefixLayers layers) {
  prefix_layers_.push_back(std::move(layers));
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

App& App::add(const Pool& pool) {
  for (const Pool& other : pools_) {
    if (other.name() == pool.name()) throw std::invalid_argument("the pool `" + pool.name() + "` is there twice");
  }
  pools_.push_back(pool);
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
