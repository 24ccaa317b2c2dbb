#include "planets/wording.hpp"

#include <array>
#include <cmath>
#include <string_view>

#include "planets/json.hpp"
#include "planets/rfc3339.hpp"

namespace orrery::planets {

std::string title_of(Body body) {
  std::string title{name_of(body)};
  title.front() = static_cast<char>(title.front() - 'a' + 'A');
  return title;
}

std::string place_text(const Observer& observer) {
  const auto side = [](double value, char positive, char negative) {
    JsonText out{32};
    return out.rounded<2>(std::abs(value)).raw("\u00b0 ").take() + (value < 0 ? negative : positive);
  };
  return side(observer.latitude.value, 'N', 'S') + ", " + side(observer.longitude.value, 'E', 'W');
}

std::string minute_text(Instant instant) {
  std::array<char, kTimestampRoom> room;
  std::string text{room.data(), write_rfc3339_seconds(room.data(), instant)};
  text[10] = ' ';
  return text.substr(0, 16) + " UTC";
}

std::string compass_point(Degrees azimuth) {
  constexpr std::array<std::string_view, 16> kPoints = {"N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE",
                                                        "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"};
  return std::string{kPoints[static_cast<std::size_t>(std::lround(azimuth.value / 22.5)) % kPoints.size()]};
}

}  // namespace orrery::planets
