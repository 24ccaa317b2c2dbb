// Parameters: what a planet request has in its query, by name, and which names its route reads.
//
// A name that the route does not read is a problem, with the nearest one that it does: a misspelt parameter must not be
// answered as if it had not been given. Views into the request; used within one call of a handler.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/request.hpp"

namespace orrery::planets {

enum class Name : std::uint8_t {
  kLongitude,
  kLatitude,
  kElevation,
  kPressure,
  kTemperature,
  kTime,
  kFields,
  kFrom,
  kTo,
  kStep,
  kDays,
  kInterval,
  kCount
};

/// In the order of Name: every name that some route reads. The API's description is compared with it.
inline constexpr std::array<std::string_view, static_cast<std::size_t>(Name::kCount)> kParameterNames{
    "lon", "lat", "elevation", "pressure", "temperature", "time", "fields", "from", "to", "step", "days", "interval"};

[[nodiscard]] constexpr std::string_view text_of(Name name) noexcept {
  return kParameterNames[static_cast<std::size_t>(name)];
}

/// The names that a route reads.
class NameSet {
 public:
  constexpr NameSet(std::initializer_list<Name> names) {
    for (const Name name : names) bits_ |= 1U << static_cast<unsigned>(name);
  }
  [[nodiscard]] constexpr bool has(Name name) const noexcept {
    return (bits_ >> static_cast<unsigned>(name) & 1U) != 0;
  }
  friend constexpr NameSet operator|(NameSet a, NameSet b) noexcept {
    a.bits_ |= b.bits_;
    return a;
  }

 private:
  std::uint32_t bits_ = 0;
};

/// Of each name the first value it came with.
class Parameters {
 public:
  Parameters(const Request& request, NameSet read) : read_(read) {
    const std::size_t count = request.query_count();
    for (std::size_t i = 0; i < count; ++i) {
      const orrery::Field field = request.query_at(i);
      if (!take(field, std::make_index_sequence<kParameterNames.size()>{})) refuse(field);
    }
  }
  [[nodiscard]] bool have(Name name) const { return (*this)[name].data() != nullptr; }
  /// Empty where it did not come.
  [[nodiscard]] std::string_view operator[](Name name) const { return values_[static_cast<std::size_t>(name)]; }
  /// A sentence for each name that nobody reads.
  [[nodiscard]] std::vector<std::string> take_problems() { return std::move(problems_); }

 private:
  template <std::size_t... kIndex>
  bool take(const orrery::Field& field, std::index_sequence<kIndex...>) {
    return (take_as<kIndex>(field) || ...);
  }
  /// True when this is its name, and read: of a length known here, a name is compared without a call.
  template <std::size_t kIndex>
  bool take_as(const orrery::Field& field) {
    constexpr std::string_view kName = kParameterNames[kIndex];
    if (field.name.size() != kName.size() || std::memcmp(field.name.data(), kName.data(), kName.size()) != 0)
      return false;
    if (values_[kIndex].data() == nullptr) values_[kIndex] = field.value;
    return read_.has(static_cast<Name>(kIndex));
  }
  [[gnu::cold, gnu::noinline]] void refuse(const orrery::Field& field);

  NameSet read_;
  std::array<std::string_view, kParameterNames.size()> values_;
  std::vector<std::string> problems_;
};

}  // namespace orrery::planets
