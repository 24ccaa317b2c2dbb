// Orrery in one include. A whole service:
//
//   #include <orrery/orrery.hpp>
//
//   int main(int argc, char** argv) {
//     orrery::App app;
//     app.get("/hello/{name}", [](const orrery::Request& request) {
//       return orrery::Response::text("hello, " + std::string{request.param("name")} + "\n");
//     });
//     return orrery::run(argc, argv, std::move(app));
//   }
//
// Start here: app.hpp (routes, handlers, hooks), then request.hpp and response.hpp (what a handler sees), task.hpp
// (handlers that wait), config.hpp (every setting), server.hpp (running it), result.hpp (errors). `./service --help`
// has the operator's side.
#pragma once

#include "orrery/app.hpp"
#include "orrery/bearer.hpp"
#include "orrery/blocking.hpp"
#include "orrery/callbacks.hpp"
#include "orrery/compression.hpp"
#include "orrery/conditional.hpp"
#include "orrery/config.hpp"
#include "orrery/cookie.hpp"
#include "orrery/cors.hpp"
#include "orrery/files.hpp"
#include "orrery/form.hpp"
#include "orrery/json_codec.hpp"
#include "orrery/layer.hpp"
#include "orrery/log.hpp"
#include "orrery/metrics.hpp"
#include "orrery/multipart.hpp"
#include "orrery/negotiation.hpp"
#include "orrery/problem.hpp"
#include "orrery/request.hpp"
#include "orrery/request_limits.hpp"
#include "orrery/response.hpp"
#include "orrery/result.hpp"
#include "orrery/section.hpp"
#include "orrery/security_headers.hpp"
#include "orrery/server.hpp"
#include "orrery/shared_memory.hpp"
#include "orrery/task.hpp"
#include "orrery/timing.hpp"
#include "orrery/topic.hpp"
#include "orrery/typed.hpp"
#include "orrery/version.hpp"
#include "orrery/websocket.hpp"
