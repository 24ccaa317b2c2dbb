#include "planets/table.hpp"

#include "embedded_data.hpp"

// Assembled straight into .rodata: as an array in C++ source it would cost a minute of compiling.
asm(R"(
  .pushsection .rodata
  .balign 64
  .globl orrery_planets_table
  .hidden orrery_planets_table
  .type orrery_planets_table, @object
orrery_planets_table:
  .incbin ")" ORRERY_PLANETS_DATA_DIR R"(/planets.eph"
  .size orrery_planets_table, . - orrery_planets_table
  .popsection
)");

extern "C" __attribute__((visibility("hidden"))) const orrery::planets::TableImage orrery_planets_table;

namespace orrery::planets {
namespace {

bool header_fits(const TableHeader& header) noexcept {
  return header.magic == kTableMagic && header.version == kTableVersion && header.header_bytes == sizeof(TableHeader) &&
         header.first_day == kFirstDay && header.record_days == kRecordDays && header.record_count == kRecordCount &&
         header.record_words == kRecordWords;
}

bool series_fit(const TableHeader& header) noexcept {
  for (std::size_t i = 0; i < kSeriesCount; ++i)
    if (header.series[i].shape != kShapes[i] || header.series[i].offset != kOffsets[i]) return false;
  return true;
}

}  // namespace

// A C++ name for it: link-time optimisation does not see that the assembly defines a symbol, and would not
// draw this file from a library for it.
constinit const TableImage& kTable = orrery_planets_table;

std::span<const std::byte> table_bytes() noexcept { return std::as_bytes(std::span{&kTable, 1}); }

bool table_is_intact() noexcept {
  const TableHeader& header = kTable.header;
  return header_fits(header) && series_fit(header) && header.checksum == checksum_of(kTable.records);
}

}  // namespace orrery::planets
