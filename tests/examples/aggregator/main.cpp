// The aggregator as a service: `WEATHER=http://127.0.0.1:8001 EVENTS=http://127.0.0.1:8002/v2 aggregator`.
#include <cstdlib>
#include <orrery/upstream.hpp>
#include <stdexcept>
#include <string>
#include <utility>

#include "app.hpp"

namespace {

Source upstream(orrery::App& app, const char* variable) {
  const char* const base = std::getenv(variable);
  const orrery::Upstream asked{app, {.base = base ? base : "http://127.0.0.1:8001"}};
  return [asked](const orrery::Request& request, std::string city) -> orrery::Task<std::string> {
    const auto answer = co_await asked.get(request, "/" + std::move(city));
    if (!answer) throw std::runtime_error(answer.error().message);
    if (answer->status != 200) throw std::runtime_error("the upstream fails");
    co_return answer->body;
  };
}

}  // namespace

int main(int argc, char** argv) {
  orrery::App app;
  const Sources sources{upstream(app, "WEATHER"), upstream(app, "EVENTS")};
  return orrery::run(argc, argv, make_app(sources, std::move(app)), {.name = "aggregator", .version = "1.0"});
}
