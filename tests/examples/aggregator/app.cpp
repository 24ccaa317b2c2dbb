#include "app.hpp"

#include <chrono>
#include <exception>
#include <utility>

namespace {

using namespace std::chrono_literals;
using orrery::HttpError;
using orrery::Request;
using orrery::Response;
using orrery::Task;

constexpr auto kPatience = 800ms;

/// What the source says, or null: half an answer in time is better than none. Cancelled is no std::exception and
/// passes.
Task<std::string> ask(Source source, const Request& request, std::string city) {
  try {
    co_return co_await orrery::within(kPatience, source(request, std::move(city)));
  } catch (const HttpError&) {
    // It took too long, or says what it is by itself.
  } catch (const std::exception&) {
    // It cannot be reached.
  }
  co_return "null";
}

}  // namespace

orrery::App make_app(const Sources& sources, orrery::App app) {
  app.get("/day/{city}", [sources](const Request& request) -> Task<Response> {
    const std::string city{request.param("city")};
    auto weather = ask(sources.weather, request, city);
    auto events = ask(sources.events, request, city);
    const auto [sky, things] = co_await orrery::all(std::move(weather), std::move(events));
    if (sky == "null" && things == "null") throw HttpError{502, "Neither upstream answers."};
    co_return Response::json("{\"weather\":" + sky + ",\"events\":" + things + "}");
  });
  return app;
}
