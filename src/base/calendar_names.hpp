// Names of months and days as protocols and logs write them (RFC 9110, 5.6.7): three letters each, one after the other,
// whatever the locale is.
//
// Pure; any thread. strftime's %b and %a follow the locale, so nothing that a program reads may use them.
#pragma once

#include <cstddef>
#include <string_view>

namespace orrery::base {

inline constexpr std::string_view kMonthNames = "JanFebMarAprMayJunJulAugSepOctNovDec";
inline constexpr std::string_view kDayNames = "SunMonTueWedThuFriSat";

/// `month` 1..12.
constexpr std::string_view month_name(unsigned month) { return kMonthNames.substr((month - 1) * std::size_t{3}, 3); }
/// `day` 0..6 from Sunday.
constexpr std::string_view day_name(unsigned day) { return kDayNames.substr(day * std::size_t{3}, 3); }

}  // namespace orrery::base
