// The ephemeris table, planets.eph, as part of the program: it lies in .rodata, is mapped with the binary and
// shared by every worker, and nothing ever writes, loads or checks it at run time (a unit test does the
// checking). Positions and pole from JPL DE431 (Folkner et al. 2014; Park et al. 2021 on the series) and IAU
// 2006/2000A precession-nutation, 1850 to 2149 with two months beyond both ends. Layout: layout.hpp; origin:
// data/README.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "planets/layout.hpp"
#include "planets/time_scales.hpp"

namespace orrery::planets {

extern const TableImage& kTable;

// Where an instant of TT lies in the table.
struct TablePlace {
  std::int32_t record = 0;
  double days = 0;  // since the record began, [0, kRecordDays]
};

// Nothing outside the table, or when the time is not a number.
[[nodiscard]] inline std::optional<TablePlace> place_of(DayTime tt) noexcept {
  if (tt.day < kFirstDay || tt.day >= kEndDay || !(tt.fraction >= 0 && tt.fraction <= 1)) return std::nullopt;
  const std::int32_t day = tt.day - kFirstDay;
  return TablePlace{day / kRecordDays, day % kRecordDays + tt.fraction};
}

[[nodiscard]] std::span<const std::byte> table_bytes() noexcept;

// The header says what this program was compiled for, and the coefficients are those it was written with.
[[nodiscard]] bool table_is_intact() noexcept;

}  // namespace orrery::planets
