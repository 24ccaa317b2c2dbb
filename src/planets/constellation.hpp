// Constellation: in which of the 88 constellations a direction lies: the boundaries of Delporte 1930, which the IAU
// drew along the coordinates of 1875, from the table of Roman 1987 (PASP 99, 695; CDS VI/42). Pure and total; a scan of
// 357 rows. Any thread; it never allocates.
#pragma once

#include <string_view>

#include "planets/vector.hpp"

namespace orrery::planets {

// The IAU's three letters, "Leo", for a direction of any length in the ICRS. Nothing for what is no direction.
[[nodiscard]] std::string_view constellation_of(const Vector& direction) noexcept;

}  // namespace orrery::planets
