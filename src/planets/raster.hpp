// Raster: a drawing in pixels: shapes and letters with smooth edges, one over the other. The only home of Anti-Grain
// Geometry, whose letters are strokes: no font file is read.
//
// Pure: one owner, one thread at a time; the same calls give the same pixels. It never knows what it draws.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "planets/scene.hpp"

namespace orrery::planets {

struct Paint {
  Colour colour;
  double opacity = 1;
};

enum class Align { kLeft, kMiddle, kRight };

struct Lettering {
  double height = 14;  ///< of capitals and figures
  double weight = 1.5;
  Paint paint;
  Align align = Align::kLeft;
};

class Raster {
 public:
  Raster(int width, int height, const Colour& ground);
  ~Raster();
  Raster(const Raster&) = delete;
  Raster& operator=(const Raster&) = delete;

  void disc(Point at, double radius, const Paint& paint);
  /// `colours` at the middle, at `middle` of the radius, and at the edge.
  void glow(Point at, double radius, double middle, const std::array<Colour, 3>& colours);
  void circle(Point at, double radius, double width, const Paint& paint);
  /// Its longer axis is turned by `turn` degrees clockwise.
  void oval(Point at, Point radii, double turn, double width, const Paint& paint);
  void line(Point from, Point to, double width, const Paint& paint);
  /// The lit part of a disc, `phase` of it, on the side that `turn` degrees clockwise from rightward is.
  void crescent(Point at, double radius, double phase, double turn, const Paint& paint);
  /// One line of ASCII, and of `°` and `·`; `at` is on its base line. Anything else is left out.
  void text(Point at, std::string_view words, const Lettering& lettering);

  /// Three bytes a pixel, red first, row by row from the top.
  [[nodiscard]] std::string_view pixels() const;

 private:
  struct Canvas;
  std::unique_ptr<Canvas> canvas_;
};

}  // namespace orrery::planets
