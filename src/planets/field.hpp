// What a client may ask of a body with `fields=`, by name, and sets of it. The names are the JSON's. A set is one
// word, so that a query carries it for nothing.
// Pure; any thread. It knows names only, and never computes what they stand for.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace orrery::planets {

// In the order in which an answer has them.
enum class Field : std::uint8_t {
  kAzimuth,
  kAltitude,
  kAirlessAltitude,
  kRightAscension,
  kDeclination,
  kDistance,
  kLightTime,
  kMagnitude,
  kPhase,
  kElongation,
  kPositionAngle,
  kAngularDiameter,
  kSight,
  kConstellation,
  kGeocentric,
  kHeliocentric,
  kRise,
  kTransit,
  kSet,
};

inline constexpr std::array<std::string_view, 19> kFieldNames = {
    "az",
    "alt",
    "airless_alt",
    "ra",
    "dec",
    "distance",
    "light_time",
    "magnitude",
    "phase",
    "elongation",
    "position_angle",
    "angular_diameter",
    "sight",
    "constellation",
    "geocentric",
    "heliocentric",
    "rise",
    "transit",
    "set",
};

class FieldSet {
 public:
  constexpr FieldSet() = default;
  constexpr FieldSet(std::initializer_list<Field> fields) {
    for (const Field field : fields) add(field);
  }

  constexpr void add(Field field) noexcept { bits_ |= bit(field); }
  [[nodiscard]] constexpr bool has(Field field) const noexcept { return (bits_ & bit(field)) != 0; }
  [[nodiscard]] constexpr bool has_any(FieldSet other) const noexcept { return (bits_ & other.bits_) != 0; }
  bool operator==(const FieldSet&) const = default;

 private:
  static constexpr std::uint32_t bit(Field field) noexcept { return 1U << static_cast<unsigned>(field); }

  std::uint32_t bits_ = 0;
};

inline constexpr FieldSet kDefaultFields{Field::kAzimuth, Field::kAltitude};

[[nodiscard]] constexpr std::string_view name_of(Field field) noexcept {
  return kFieldNames[static_cast<std::size_t>(field)];
}

[[nodiscard]] constexpr std::optional<Field> field_named(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kFieldNames.size(); ++i)
    if (kFieldNames[i] == name) return static_cast<Field>(i);
  return std::nullopt;
}

}  // namespace orrery::planets
