// The routes behind a connection under test or under fuzz: every method and path, and those with options of their own.
//
// Beside `*` /{all...}: /get (GET only), /stream (reads its body as it comes), /small (POST, a body of at most 10
// bytes), /quick (deadline 100 ms), /endless (no deadline) and /status/{code}.
#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include "orrery/app.hpp"

#include "http/router.hpp"

namespace orrery::test {

inline std::vector<Route> echo_routes() {
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
          route("POST", "/small", small), route("*", "/quick", quick), route("GET", "/endless", endless),
          route("*", "/status/{code}")};
}

/// Throws std::runtime_error when a pattern is malformed or there twice.
inline http::Router router_of(const std::vector<Route>& routes) {
  http::Router router;
  for (const Route& route : routes) {
    if (const auto added = router.add(route.method, route.pattern); !added)
      throw std::runtime_error(added.error().message);
  }
  return router;
}

}  // namespace orrery::test
