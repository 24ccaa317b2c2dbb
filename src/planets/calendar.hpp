// Calendar: phenomena as an iCalendar file (RFC 5545), which calendars of people subscribe to. Pure: text out; the same
// phenomena give the same bytes, and each its own UID, so that a calendar that reads it again doubles nothing.
//
// It never reads a clock: DTSTAMP is the begin of what was asked for.
#pragma once

#include <span>
#include <string>

#include "planets/phenomena.hpp"

namespace orrery::planets {

/// "Full Moon", "Moon and Mars, 1.2° apart", "Saturn at opposition".
[[nodiscard]] std::string words_of(const Phenomenon& phenomenon);

/// A VCALENDAR with an event of no length for each.
[[nodiscard]] std::string calendar(std::span<const Phenomenon> phenomena, Instant stamp);

}  // namespace orrery::planets
