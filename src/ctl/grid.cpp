#include "ctl/grid.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "base/check.hpp"
#include "ctl/phrases.hpp"

namespace orrery::ctl {

namespace {

constexpr std::size_t kGap = 2;

/// The cell with the blanks that align it; the last one of a line has none behind it.
std::string aligned(const std::string& text, std::size_t width, Grid::Side side, bool last, Paint paint,
                    const Style& style) {
  const std::size_t used = columns_of(text);
  const std::string blanks(width > used ? width - used : 0, ' ');
  const std::string shown = painted(text, paint, style);
  if (side == Grid::Side::kRight) return blanks + shown;
  return last ? shown : shown + blanks;
}

}  // namespace

void Grid::add(std::vector<Cell> row) {
  ORRERY_CHECK(row.size() == columns_.size());
  for (Cell& cell : row) cell.text = printable(cell.text);
  rows_.push_back(std::move(row));
}

std::vector<std::size_t> Grid::widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t widest = columns_of(columns_[i].title);
    for (const auto& row : rows_) widest = std::max(widest, columns_of(row[i].text));
    widths.push_back(widest);
  }
  return widths;
}

std::string Grid::print(const Style& style) const {
  const std::vector<std::size_t> wide = widths();
  std::size_t before_last = 0;
  for (std::size_t i = 0; i + 1 < wide.size(); ++i) before_last += wide[i] + kGap;
  std::string out;
  const auto line = [&](auto cell_at) {
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      Cell cell = cell_at(i);
      const bool last = i + 1 == columns_.size();
      if (last && style.width > before_last) cell.text = cut(cell.text, style.width - before_last);
      out += aligned(cell.text, wide[i], columns_[i].side, last, cell.paint, style);
      if (!last) out.append(kGap, ' ');
    }
    while (out.ends_with(' ')) out.pop_back();
    out += '\n';
  };
  line([&](std::size_t i) { return Cell{columns_[i].title, Paint::kBold}; });
  for (const auto& row : rows_) line([&](std::size_t i) { return row[i]; });
  return out;
}

}  // namespace orrery::ctl
