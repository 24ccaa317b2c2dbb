// The layout of planets.eph, shared by the generator that writes it and the table that reads it.
// The file is one TableImage, little-endian: a header, then kRecordCount records of kRecordDays days TT. A
// record holds every series over those days, so one instant touches one stretch of memory. A series splits
// the record into equal subintervals; each holds its Chebyshev coefficients order by order, the lanes (x, y,
// z) of an order together. The last orders, which are small beside the first, come first and have 16 bits; then
// come the others with 32. coefficient = integer * quantum of that order. Changing anything here needs a new
// kTableVersion and a new file.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace orrery::planets {

enum class Series : std::uint8_t {
  kSun,  // barycentric ICRS, au, as all that follow but the last three
  kMercury,
  kVenus,
  kMars,
  kJupiter,
  kSaturn,
  kUranus,
  kNeptune,
  kPluto,
  kEarthMoon,  // barycentre of the Earth and the Moon: barycentric ICRS, au
  kMoon,       // geocentric ICRS, au
  kPole,       // CIP X, Y, CIO locator s, equation of the origins; radians (IAU 2006/2000A)
};

inline constexpr std::size_t kSeriesCount = 12;

struct Shape {
  std::int32_t subintervals;
  std::int32_t terms;
  std::int32_t lanes;
  std::int32_t wide;  // orders of 32 bits; terms - wide have 16
  // Words of 32 bits that the narrow orders of a subinterval take; half a word may be left over.
  constexpr std::int32_t narrow_words() const noexcept { return ((terms - wide) * lanes + 1) / 2; }
  constexpr std::int32_t words_each() const noexcept { return narrow_words() + wide * lanes; }
  constexpr std::int32_t words() const noexcept { return subintervals * words_each(); }
  bool operator==(const Shape&) const = default;
};

// The fewest terms that stay within the noise of the source (about 0.3 mas seen from the Earth). An order is of
// 16 bits where its quantum is then no coarser than that of the series' first order; for kPole, whose first is 3
// microarcseconds, four times as coarse. kPole comes last: the evaluation reads four words at a time, past the end
// of a series of three lanes.
inline constexpr std::array<Shape, kSeriesCount> kShapes = {{
    {1, 8, 3, 3},
    {2, 19, 3, 11},
    {2, 9, 3, 5},
    {1, 10, 3, 5},
    {1, 6, 3, 3},
    {1, 6, 3, 3},
    {1, 5, 3, 2},
    {1, 5, 3, 2},
    {1, 5, 3, 2},
    {2, 12, 3, 5},
    {8, 14, 3, 8},
    {4, 13, 4, 2},
}};

constexpr const Shape& shape_of(Series series) noexcept { return kShapes[static_cast<std::size_t>(series)]; }

constexpr std::int32_t words_before(std::size_t series) noexcept {
  std::int32_t words = 0;
  for (std::size_t i = 0; i < series; ++i) words += kShapes[i].words();
  return words;
}

inline constexpr auto kOffsets = [] {
  std::array<std::int32_t, kSeriesCount> offsets{};
  for (std::size_t i = 0; i < kSeriesCount; ++i) offsets[i] = words_before(i);
  return offsets;
}();

constexpr std::int32_t offset_of(Series series) noexcept { return kOffsets[static_cast<std::size_t>(series)]; }

inline constexpr std::int32_t kRecordDays = 64;
inline constexpr std::int32_t kRecordCount = 1714;
inline constexpr std::int32_t kRecordWords = words_before(kSeriesCount);
inline constexpr std::int32_t kFirstDay = -43890;  // 1849-11-01, 61 days before 1850; the end is 62 days into 2150
inline constexpr std::int32_t kEndDay = kFirstDay + kRecordDays * kRecordCount;
inline constexpr std::size_t kMaxTerms = 20;
inline constexpr std::uint32_t kTableVersion = 2;
inline constexpr std::array<char, 8> kTableMagic = {'O', 'R', 'R', 'E', 'R', 'Y', 'E', 'P'};

struct SeriesHeader {
  Shape shape;
  std::int32_t offset;  // in words, within a record
  std::int32_t unused;
  std::array<double, kMaxTerms> quanta;
};

struct TableHeader {
  std::array<char, 8> magic;
  std::uint32_t version;
  std::uint32_t header_bytes;
  std::int32_t first_day;  // since 1970-01-01, TT
  std::int32_t record_days;
  std::int32_t record_count;
  std::int32_t record_words;
  std::uint64_t checksum;  // checksum_of the coefficients
  std::array<SeriesHeader, kSeriesCount> series;
};

using Record = std::array<std::int32_t, static_cast<std::size_t>(kRecordWords)>;

struct TableImage {
  TableHeader header;
  std::array<Record, static_cast<std::size_t>(kRecordCount)> records;
};

static_assert(std::endian::native == std::endian::little, "planets.eph is little-endian");
static_assert(sizeof(TableHeader) == 40 + kSeriesCount * 184 && sizeof(TableImage) % 8 == 0, "no hidden padding");

// FNV-1a over 32-bit words.
constexpr std::uint64_t checksum_of(
    const std::array<Record, static_cast<std::size_t>(kRecordCount)>& records) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const Record& record : records)
    for (std::int32_t word : record) hash = (hash ^ static_cast<std::uint32_t>(word)) * 0x100000001b3;
  return hash;
}

}  // namespace orrery::planets
