// The ten bodies the planet service knows, and their names. Jupiter to Pluto mean the barycentre of the
// planet with its moons, as JPL's development ephemerides tabulate them (under 0.1" from the planet's own
// centre, save for Pluto, whose moon Charon pulls it that far).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orrery::planets {

enum class Body : std::uint8_t {
  kSun,
  kMoon,
  kMercury,
  kVenus,
  kMars,
  kJupiter,
  kSaturn,
  kUranus,
  kNeptune,
  kPluto,
};

inline constexpr std::size_t kBodyCount = 10;

inline constexpr std::array<Body, kBodyCount> kBodies = {
    Body::kSun,     Body::kMoon,   Body::kMercury, Body::kVenus,   Body::kMars,
    Body::kJupiter, Body::kSaturn, Body::kUranus,  Body::kNeptune, Body::kPluto,
};

// Lower case, in the order of Body.
inline constexpr std::array<std::string_view, kBodyCount> kBodyNames = {
    "sun", "moon", "mercury", "venus", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto",
};

// "mars", "Mars" and "MARS" are Mars (ASCII only); anything else is nothing.
[[nodiscard]] std::optional<Body> body_named(std::string_view name) noexcept;

// "mars". A value outside the enumeration has the empty name.
[[nodiscard]] constexpr std::string_view name_of(Body body) noexcept {
  const auto index = static_cast<std::size_t>(body);
  return index < kBodyNames.size() ? kBodyNames[index] : std::string_view{};
}

}  // namespace orrery::planets
