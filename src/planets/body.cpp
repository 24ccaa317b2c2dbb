#include "planets/body.hpp"

#include <algorithm>

namespace orrery::planets {
namespace {

constexpr std::array<std::string_view, kBodyCount> kNames = {
    "sun", "moon", "mercury", "venus", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto",
};

// Not std::tolower: a name must not depend on the process's locale.
constexpr char lowered(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view given, std::string_view name) noexcept {
  return std::ranges::equal(given, name, {}, lowered);
}

}  // namespace

std::optional<Body> body_named(std::string_view name) noexcept {
  for (Body body : kBodies)
    if (same_name(name, name_of(body))) return body;
  return std::nullopt;
}

std::string_view name_of(Body body) noexcept {
  const auto index = static_cast<std::size_t>(body);
  return index < kNames.size() ? kNames[index] : std::string_view{};
}

}  // namespace orrery::planets
