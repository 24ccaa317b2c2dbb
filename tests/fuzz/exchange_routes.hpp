// The routes behind a fuzzed connection: every method and path, and those with options of their own.
#pragma once

#include <chrono>
#include <vector>

#include "orrery/app.hpp"

#include "fuzz/claim.hpp"
#include "http/router.hpp"

namespace orrery::fuzz {

inline std::vector<Route> routes() {
  const auto route = [](const char* method, const char* pattern, RouteOptions options = {}) {
    Route made;
    made.method = method;
    made.pattern = pattern;
    made.options = options;
    return made;
  };
  RouteOptions stream;
  stream.stream_body = true;
  RouteOptions small;
  small.limit_request_body = 10;
  RouteOptions quick;
  quick.request_deadline = std::chrono::milliseconds{100};
  RouteOptions endless;
  endless.request_deadline = std::chrono::milliseconds{0};
  return {route("*", "/{all...}"),        route("GET", "/get"),        route("*", "/stream", stream),
          route("POST", "/small", small), route("*", "/quick", quick), route("GET", "/endless", endless)};
}

inline http::Router router_of(const std::vector<Route>& table) {
  http::Router router;
  for (const Route& route : table)
    claim(router.add(route.method, route.pattern).has_value(), "the routes are good");
  return router;
}

}  // namespace orrery::fuzz
