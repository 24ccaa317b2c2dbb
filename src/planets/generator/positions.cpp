// Writes planets.eph: `positions DIRECTORY-OF-SWISS-FILES OUTPUT`.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <numbers>
#include <vector>

#include "planets/generator/source.hpp"

namespace orrery::planets {
namespace {

using Lanes = std::array<double, 4>;
using Coefficients = std::vector<Lanes>;  // by order

constexpr int kNodes = 40;  // twice the highest order: what the fit leaves out does not alias into what it keeps
constexpr double kUnixEpoch = 2440587.5;

// The orthogonal projection at Chebyshev nodes, cut after `terms`.
Coefficients projection(const std::array<Lanes, kNodes>& samples, int terms) {
  Coefficients result(static_cast<std::size_t>(terms), Lanes{});
  for (int order = 0; order < terms; ++order)
    for (int node = 0; node < kNodes; ++node) {
      const double weight = std::cos(std::numbers::pi * order * (node + 0.5) / kNodes) * (order ? 2.0 : 1.0) / kNodes;
      for (std::size_t lane = 0; lane < 4; ++lane)
        result[static_cast<std::size_t>(order)][lane] += weight * samples[static_cast<std::size_t>(node)][lane];
    }
  return result;
}

Coefficients fit(const Source& source, Series series, double jd, double days) {
  std::array<Lanes, kNodes> samples;
  for (int node = 0; node < kNodes; ++node) {
    const double x = std::cos(std::numbers::pi * (node + 0.5) / kNodes);
    samples[static_cast<std::size_t>(node)] = source.value(series, jd + days * (1 + x) / 2);
  }
  return projection(samples, shape_of(series).terms);
}

std::vector<Coefficients> fit_all(const Source& source, Series series) {
  const Shape& shape = shape_of(series);
  const double days = double{kRecordDays} / shape.subintervals;
  std::vector<Coefficients> fits;
  for (int i = 0; i < kRecordCount * shape.subintervals; ++i)
    fits.push_back(fit(source, series, kUnixEpoch + kFirstDay + i * days, days));
  return fits;
}

double largest(const std::vector<Coefficients>& fits, std::size_t order) {
  double result = 0;
  for (const Coefficients& coefficients : fits)
    for (double value : coefficients[order]) result = std::max(result, std::abs(value));
  return result;
}

// A quantum an order: the first orders are as large as the orbit, the last ones need no such range.
SeriesHeader header_of(Series series, const std::vector<Coefficients>& fits) {
  SeriesHeader header{shape_of(series), offset_of(series), 0, {}};
  for (std::size_t order = 0; order < fits.front().size(); ++order) {
    const bool wide = order < static_cast<std::size_t>(header.shape.wide);
    // 2^31 itself is no number of 32 bits.
    header.quanta[order] = wide ? std::ldexp(largest(fits, order), -31) * (1 + 1e-9) : largest(fits, order) / INT16_MAX;
  }
  return header;
}

template <typename Integer>
Integer* write_integers(const Lanes& coefficients, double quantum, std::int32_t lanes, Integer* out) {
  for (std::size_t lane = 0; lane < static_cast<std::size_t>(lanes); ++lane)
    *out++ = static_cast<Integer>(std::llround(coefficients[lane] / quantum));
  return out;
}

void write_integers(const Coefficients& coefficients, const SeriesHeader& header, std::int32_t* out) {
  const Shape& shape = header.shape;
  std::vector<std::int16_t> narrow(static_cast<std::size_t>(shape.narrow_words()) * 2, 0);
  std::int16_t* half = narrow.data();
  std::int32_t* word = out + shape.narrow_words();
  for (std::size_t order = 0; order < coefficients.size(); ++order) {
    const double quantum = header.quanta[order];
    if (order < static_cast<std::size_t>(shape.wide))
      word = write_integers(coefficients[order], quantum, shape.lanes, word);
    else
      half = write_integers(coefficients[order], quantum, shape.lanes, half);
  }
  std::memcpy(out, narrow.data(), narrow.size() * sizeof(std::int16_t));
}

void tabulate(const Source& source, Series series, TableImage& image) {
  const std::vector<Coefficients> fits = fit_all(source, series);
  SeriesHeader& header = image.header.series[static_cast<std::size_t>(series)] = header_of(series, fits);
  for (std::size_t i = 0; i < fits.size(); ++i) {
    const auto subintervals = static_cast<std::size_t>(header.shape.subintervals);
    const auto words = static_cast<std::size_t>(header.shape.words_each());
    Record& record = image.records[i / subintervals];
    write_integers(fits[i], header, record.data() + header.offset + i % subintervals * words);
  }
}

std::unique_ptr<TableImage> make_image(const Source& source) {
  auto image = std::make_unique<TableImage>();
  for (std::size_t i = 0; i < kSeriesCount; ++i) tabulate(source, static_cast<Series>(i), *image);
  TableHeader& header = image->header;
  header.magic = kTableMagic;
  header.version = kTableVersion;
  header.header_bytes = sizeof(TableHeader);
  header.first_day = kFirstDay;
  header.record_days = kRecordDays;
  header.record_count = kRecordCount;
  header.record_words = kRecordWords;
  header.checksum = checksum_of(image->records);
  return image;
}

bool save(const TableImage& image, const char* path) {
  std::FILE* file = std::fopen(path, "wb");
  if (!file) return false;
  const bool written = std::fwrite(&image, sizeof image, 1, file) == 1;
  return std::fclose(file) == 0 && written;
}

}  // namespace
}  // namespace orrery::planets

int main(int argc, char** argv) {
  using namespace orrery::planets;
  if (argc != 3) return std::fprintf(stderr, "usage: positions SWISS_EPHEMERIS_DIRECTORY OUTPUT\n"), 2;
  const Source source(argv[1]);
  if (!save(*make_image(source), argv[2])) return std::perror(argv[2]), 1;
  return 0;
}
