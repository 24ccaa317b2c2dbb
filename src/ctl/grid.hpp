// Grid: a table of texts in aligned columns.
//
// Pure. Columns are as wide as their widest cell; on a terminal the last one is cut at its edge. Cells are made
// printable here, so no view can forget it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ctl/paint.hpp"

namespace orrery::ctl {

struct Cell {
  std::string text;
  Paint paint = Paint::kPlain;
};

class Grid {
 public:
  enum class Side : std::uint8_t { kLeft, kRight };
  struct Column {
    std::string title;
    Side side = Side::kLeft;
  };
  explicit Grid(std::vector<Column> columns) : columns_(std::move(columns)) {}

  /// As many cells as there are columns.
  void add(std::vector<Cell> row);
  [[nodiscard]] bool empty() const { return rows_.empty(); }
  /// Titles and rows, each line with its end.
  [[nodiscard]] std::string print(const Style& style) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths() const;

  std::vector<Column> columns_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace orrery::ctl
