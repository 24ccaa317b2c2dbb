#include "orrery/timing.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace orrery {

namespace {

using Clock = std::chrono::steady_clock;

struct Begun {
  Clock::time_point at;
};

}  // namespace

Layer timing(std::string name) {
  return {"timing",
          [](Request& request) -> std::optional<Response> {
            request.extras().set(Begun{Clock::now()});
            return {};
          },
          [name = std::move(name)](const Request& request, Response& response) {
            const Begun* const begun = request.extras().get<Begun>();
            if (!begun) return;
            const std::chrono::duration<double, std::milli> took = Clock::now() - begun->at;
            std::array<char, 32> text{};
            const auto end =
                std::to_chars(text.data(), text.data() + text.size(), took.count(), std::chars_format::fixed, 3);
            response.add_field("Server-Timing", name + ";dur=" + std::string(text.data(), end.ptr));
          }};
}

}  // namespace orrery
