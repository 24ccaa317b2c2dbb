// How much the air lifts a body. A model of average air: at the horizon real weather differs by 2'. Every
// astronomer's library draws a line below which it means nothing; here it fades out linearly between -1 and
// -2 degrees, so that a body's path has no jump. Source: Saemundsson 1986 (Sky & Telescope 72, 70), for true
// altitude, scaled with pressure and temperature; within 0.1' of Bennett 1982 above the horizon.
#pragma once

#include "planets/units.hpp"

namespace orrery::planets {

// What to add to the airless altitude. Never negative. 0 in a vacuum (pressure 0 or less), at or below
// absolute zero, and when an argument is not a number.
[[nodiscard]] Degrees refraction(Degrees airless_altitude, Millibars pressure, Celsius temperature) noexcept;

}  // namespace orrery::planets
