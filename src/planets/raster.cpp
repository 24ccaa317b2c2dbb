#include "planets/raster.hpp"

#include <agg_color_rgba.h>
#include <agg_conv_stroke.h>
#include <agg_gsv_text.h>
#include <agg_path_storage.h>
#include <agg_pixfmt_rgb.h>
#include <agg_rasterizer_scanline_aa.h>
#include <agg_renderer_scanline.h>
#include <agg_scanline_u.h>
#include <agg_span_allocator.h>
#include <agg_span_gradient.h>
#include <agg_span_interpolator_linear.h>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <vector>

#include "planets/units.hpp"

namespace orrery::planets {
namespace {

using Format = agg::pixfmt_rgb24;
using Base = agg::renderer_base<Format>;

agg::rgba8 colour_of(const Colour& colour, double opacity = 1) {
  const auto channel = [](double value) { return static_cast<unsigned>(std::lround(value)); };
  return {channel(colour.red), channel(colour.green), channel(colour.blue), channel(255 * opacity)};
}

/// Colours from one to the next and to a third, as AGG's spans ask for them.
class Gradient {
 public:
  /// `middle`: where the second one is, above 0 and below 1.
  Gradient(const std::array<Colour, 3>& colours, double middle) {
    for (unsigned i = 0; i < kSize; ++i) {
      const double along = i / (kSize - 1.0);
      const bool inner = along < middle;
      const double part = inner ? along / middle : (along - middle) / (1 - middle);
      steps_[i] = between(colours[inner ? 0 : 1], colours[inner ? 1 : 2], part);
    }
  }
  static unsigned size() { return kSize; }
  const agg::rgba8& operator[](unsigned step) const { return steps_[step]; }

 private:
  static constexpr unsigned kSize = 256;
  static agg::rgba8 between(const Colour& from, const Colour& to, double part) {
    const auto mixed = [part](int a, int b) { return static_cast<unsigned>(std::lround(a + part * (b - a))); };
    return {mixed(from.red, to.red), mixed(from.green, to.green), mixed(from.blue, to.blue), 255};
  }
  std::array<agg::rgba8, kSize> steps_;
};

/// So many corners that none is seen.
unsigned corners(double radius) { return 16 + static_cast<unsigned>(16 * std::sqrt(radius)); }

/// A point of an ellipse, or of what is turned and moved like it.
struct Place {
  Point middle;
  double cosine, sine;

  Place(Point at, double turn) : middle(at), cosine(std::cos(radians({turn}))), sine(std::sin(radians({turn}))) {}
  void add_to(agg::path_storage& path, double x, double y) const {
    const double right = middle.x + cosine * x - sine * y;
    const double down = middle.y + sine * x + cosine * y;
    path.total_vertices() == 0 ? path.move_to(right, down) : path.line_to(right, down);
  }
};

agg::path_storage ellipse(Point at, Point radii, double turn = 0) {
  agg::path_storage path;
  const Place place{at, turn};
  const unsigned count = corners(std::max(radii.x, radii.y));
  for (unsigned i = 0; i < count; ++i) {
    const double angle = 2 * std::numbers::pi * i / count;
    place.add_to(path, radii.x * std::cos(angle), radii.y * std::sin(angle));
  }
  path.close_polygon();
  return path;
}

constexpr std::string_view kDegree = "\u00b0";
constexpr std::string_view kDot = "\u00b7";

}  // namespace

struct Raster::Canvas {
  Canvas(int width, int height, const Colour& ground)
      : bytes(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3),
        rows(bytes.data(), static_cast<unsigned>(width), static_cast<unsigned>(height), width * 3) {
    base.clear(colour_of(ground));
  }

  template <class Path>
  void fill(Path& path, const Paint& paint) {
    shapes.reset();
    shapes.add_path(path);
    agg::render_scanlines_aa_solid(shapes, line, base, colour_of(paint.colour, paint.opacity));
  }
  template <class Path>
  void stroke(Path& path, double width, const Paint& paint) {
    agg::conv_stroke<Path> outline{path};
    outline.width(width);
    outline.line_cap(agg::round_cap);
    outline.line_join(agg::round_join);
    fill(outline, paint);
  }

  std::vector<agg::int8u> bytes;
  agg::rendering_buffer rows;
  Format format{rows};
  Base base{format};
  agg::rasterizer_scanline_aa<> shapes;
  agg::scanline_u8 line;
};

Raster::Raster(int width, int height, const Colour& ground)
    : canvas_(std::make_unique<Canvas>(width, height, ground)) {}

Raster::~Raster() = default;

std::string_view Raster::pixels() const {
  return {reinterpret_cast<const char*>(canvas_->bytes.data()), canvas_->bytes.size()};
}

void Raster::disc(Point at, double radius, const Paint& paint) {
  agg::path_storage path = ellipse(at, {radius, radius});
  canvas_->fill(path, paint);
}

void Raster::glow(Point at, double radius, double middle, const std::array<Colour, 3>& colours) {
  const Gradient gradient{colours, middle};
  agg::trans_affine to_middle = agg::trans_affine_translation(-at.x, -at.y);
  agg::span_interpolator_linear<> interpolator{to_middle};
  agg::gradient_radial_d shape;
  agg::span_gradient<agg::rgba8, agg::span_interpolator_linear<>, agg::gradient_radial_d, const Gradient> spans{
      interpolator, shape, gradient, 0, radius};
  agg::span_allocator<agg::rgba8> room;
  agg::path_storage path = ellipse(at, {radius, radius});
  canvas_->shapes.reset();
  canvas_->shapes.add_path(path);
  agg::render_scanlines_aa(canvas_->shapes, canvas_->line, canvas_->base, room, spans);
}

void Raster::circle(Point at, double radius, double width, const Paint& paint) {
  agg::path_storage path = ellipse(at, {radius, radius});
  canvas_->stroke(path, width, paint);
}

void Raster::oval(Point at, Point radii, double turn, double width, const Paint& paint) {
  agg::path_storage path = ellipse(at, radii, turn);
  canvas_->stroke(path, width, paint);
}

void Raster::line(Point from, Point to, double width, const Paint& paint) {
  agg::path_storage path;
  path.move_to(from.x, from.y);
  path.line_to(to.x, to.y);
  canvas_->stroke(path, width, paint);
}

void Raster::crescent(Point at, double radius, double phase, double turn, const Paint& paint) {
  agg::path_storage path;
  const double waist = 1 - 2 * phase;
  const Place place{at, turn};
  const unsigned count = corners(radius);
  // Down along the lit edge, and back along the line between light and dark.
  for (unsigned i = 0; i <= count; ++i) {
    const double angle = std::numbers::pi * (static_cast<double>(i) / count - 0.5);
    place.add_to(path, radius * std::cos(angle), radius * std::sin(angle));
  }
  for (unsigned i = 1; i < count; ++i) {
    const double angle = std::numbers::pi * (0.5 - static_cast<double>(i) / count);
    place.add_to(path, radius * waist * std::cos(angle), radius * std::sin(angle));
  }
  path.close_polygon();
  canvas_->fill(path, paint);
}

namespace {

/// A piece of a line: letters that the library has, or one sign that it has not.
struct Piece {
  std::string letters;  ///< empty: `sign`
  std::string_view sign;
};

/// Words and signs apart; what nobody can draw is left out.
std::vector<Piece> pieces_of(std::string_view words) {
  std::vector<Piece> pieces;
  while (!words.empty()) {
    const std::string_view sign = words.starts_with(kDegree) ? kDegree : words.starts_with(kDot) ? kDot : "";
    if (!sign.empty()) {
      pieces.push_back({{}, sign});
      words.remove_prefix(sign.size());
      continue;
    }
    if (words.front() >= ' ' && words.front() <= '~') {
      if (pieces.empty() || !pieces.back().sign.empty()) pieces.push_back({});
      pieces.back().letters += words.front();
    }
    words.remove_prefix(1);
  }
  return pieces;
}

/// How far the pen goes on; blanks count, which an outline does not have.
double width_of(const Piece& piece, double height) {
  if (piece.letters.empty()) return 0.55 * height;
  const auto reach = [height](const std::string& letters) {
    agg::gsv_text text;
    text.size(height);
    text.text(letters.c_str());
    return text.text_width();
  };
  // Between two letters, so that blanks at its ends count.
  return reach("I" + piece.letters + "I") - reach("II");
}

}  // namespace

void Raster::text(Point at, std::string_view words, const Lettering& lettering) {
  const double height = lettering.height;
  const std::vector<Piece> pieces = pieces_of(words);
  double width = 0;
  for (const Piece& piece : pieces) width += width_of(piece, height);
  if (lettering.align == Align::kMiddle) at.x -= width / 2;
  if (lettering.align == Align::kRight) at.x -= width;
  for (const Piece& piece : pieces) {
    if (piece.sign == kDegree) {
      circle({at.x + 0.25 * height, at.y - 0.85 * height}, 0.17 * height, lettering.weight * 0.8, lettering.paint);
    } else if (piece.sign == kDot) {
      disc({at.x + 0.25 * height, at.y - 0.4 * height}, lettering.weight * 0.8, lettering.paint);
    } else {
      agg::gsv_text text;
      text.flip(true);
      text.size(height);
      text.start_point(at.x, at.y);
      text.text(piece.letters.c_str());
      canvas_->stroke(text, lettering.weight, lettering.paint);
    }
    at.x += width_of(piece, height);
  }
}

}  // namespace orrery::planets
