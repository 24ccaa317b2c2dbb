// Places: the cities of the world by name, for who does not know coordinates. `GET /places?q=` answers with those of
// which a word begins so, marks on letters apart; a name that is exactly what was asked comes first, then the most
// populous.
//
// The table is part of the binary (data/places.bin) and never changes: a search reads it once from begin to end,
// allocates only what it answers, and is bounded by `limit`. It never tells anything about a place beyond what stands
// in the table. Pure, in a worker.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/request.hpp"
#include "orrery/response.hpp"

namespace orrery::planets {

struct Place {
  std::string_view name;     ///< UTF-8
  std::string_view country;  ///< ISO 3166-1 alpha-2
  double lon;                ///< degrees, east positive
  double lat;                ///< degrees, north positive
  std::string_view zone;     ///< an IANA time zone
  std::uint32_t population;
};

inline constexpr std::size_t kMostPlaces = 50;
inline constexpr std::size_t kUsualPlaces = 10;
inline constexpr std::size_t kLongestPlaceName = 100;

/// How a name is searched: lower case letters and digits of ASCII with single spaces between words. Bytes that are no
/// UTF-8, and letters of which the table knows nothing, become spaces.
[[nodiscard]] std::string folded(std::string_view utf8);

/// At most `limit` places with a word that begins with `name`.
[[nodiscard]] std::vector<Place> find_places(std::string_view name, std::size_t limit);

/// How many there are.
[[nodiscard]] std::size_t place_count() noexcept;

/// `{"places":[{"name":"Paris","country":"FR","lon":…,"lat":…,"zone":"Europe/Paris","population":…},…]}`, or 400.
[[nodiscard]] Response answer_places(const Request& request);

}  // namespace orrery::planets
