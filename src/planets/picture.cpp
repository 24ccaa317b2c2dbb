#include "planets/picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/compression.hpp"

#include "planets/answer.hpp"
#include "planets/appearance.hpp"
#include "planets/freshness.hpp"
#include "planets/json.hpp"
#include "planets/refraction.hpp"
#include "planets/wording.hpp"

namespace orrery::planets {
namespace {

constexpr double kRadius = 230;     // of the horizon
constexpr double kRim = 272;        // of what lies below it
constexpr double kMiddle = 300;     // of the drawing, from its left and top
constexpr double kLetter = 7.4;     // how wide a letter of a name is, at most
constexpr double kLineHeight = 15;  // of names
constexpr std::string_view kFont = "system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,sans-serif";

struct Point {
  double x = 0;
  double y = 0;
};

/// North is up and east is left, as one sees it looking up.
Point polar(double azimuth, double distance) {
  return {-distance * std::sin(radians({azimuth})), -distance * std::cos(radians({azimuth}))};
}

/// The centre is overhead and the edge the horizon; what is below stands on the rim, the deeper the further out.
Point project(double azimuth, double altitude) {
  const double below = kRadius + 11 + (kRim - kRadius - 20) * -altitude / 90;
  return polar(azimuth, altitude >= 0 ? kRadius * (90 - altitude) / 90 : below);
}

// --- colours ---

struct Colour {
  int red, green, blue;
};

struct Tint {
  double altitude;  // of the Sun
  Colour zenith, middle, horizon;
};

/// From night to day; the page's own (page/tint.js).
constexpr std::array kTints = {
    Tint{-18, {4, 8, 23}, {8, 16, 43}, {16, 27, 63}},        Tint{-12, {7, 14, 40}, {13, 26, 68}, {28, 44, 96}},
    Tint{-6, {15, 30, 76}, {34, 57, 122}, {67, 79, 140}},    Tint{-1, {29, 63, 127}, {64, 101, 159}, {125, 126, 164}},
    Tint{4, {33, 90, 159}, {70, 130, 187}, {134, 163, 189}}, Tint{12, {29, 102, 181}, {61, 136, 204}, {113, 170, 219}},
    Tint{35, {21, 92, 174}, {51, 127, 203}, {95, 163, 221}},
};

int mix(int from, int to, double share) { return static_cast<int>(std::lround(from + (to - from) * share)); }

Colour mix(const Colour& a, const Colour& b, double share) {
  return {mix(a.red, b.red, share), mix(a.green, b.green, share), mix(a.blue, b.blue, share)};
}

Tint tint_of(double altitude) {
  const double clamped = std::clamp(altitude, kTints.front().altitude, kTints.back().altitude);
  const auto high =
      std::find_if(kTints.begin() + 1, kTints.end() - 1, [&](const Tint& t) { return t.altitude >= clamped; });
  const Tint& low = *(high - 1);
  const double share = (clamped - low.altitude) / (high->altitude - low.altitude);
  return {clamped, mix(low.zenith, high->zenith, share), mix(low.middle, high->middle, share),
          mix(low.horizon, high->horizon, share)};
}

constexpr std::array<std::string_view, kBodyCount> kColours = {"#ffd75e", "#f2efe4", "#cdc4b8", "#fff1c4", "#ff8458",
                                                               "#f4d8a4", "#ecd086", "#a9ece6", "#86a6ff", "#cfb399"};

// --- what is drawn ---

struct Shown {
  Body body;
  double azimuth;
  double altitude;  // as it is seen
  double phase;
  double size;
  Point at;
};

double size_of(Body body, double magnitude) {
  if (body == Body::kSun) return 11;
  if (body == Body::kMoon) return 10;
  return std::clamp(4.7 - 0.36 * magnitude, 2.2, 6.2);
}

/// From the back to the front: the faint behind the bright, the Moon before the Sun.
std::vector<Shown> shown_of(const Query& query, const EarthRotation& rotation) {
  const Sky sky = rotation.sky(query.instant, query.observer);
  std::vector<Shown> all;
  for (const Body body : kBodies) {
    const Horizontal direction = sky.direction(body);
    const Appearance seen = appearance(body, sky.geometry(body), query.instant);
    const double altitude =
        direction.altitude.value + refraction(direction.altitude, query.pressure, query.temperature).value;
    all.push_back({body, direction.azimuth.value, altitude, seen.illuminated, size_of(body, seen.magnitude),
                   project(direction.azimuth.value, altitude)});
  }
  std::reverse(all.begin() + 2, all.end());
  std::rotate(all.begin(), all.begin() + 2, all.end());
  return all;
}

const Shown& of(const std::vector<Shown>& all, Body body) { return *std::ranges::find(all, body, &Shown::body); }

Vector unit(const Shown& shown) {
  const double flat = std::cos(radians({shown.altitude}));
  return {flat * std::sin(radians({shown.azimuth})), flat * std::cos(radians({shown.azimuth})),
          std::sin(radians({shown.altitude}))};
}

/// The direction on the drawing, in degrees clockwise from rightward, in which `to` is seen from `from`.
double bearing(const Shown& from, const Shown& to) {
  const Vector step = unit(from) + 0.01 * unit(to);
  const double azimuth = degrees(std::atan2(step.x, step.y)).value;
  const double altitude = degrees(std::atan2(step.z, std::hypot(step.x, step.y))).value;
  const Point start = polar(from.azimuth, 90 - from.altitude);
  const Point end = polar(azimuth, 90 - altitude);
  return degrees(std::atan2(end.y - start.y, end.x - start.x)).value;
}

// --- names ---

struct Box {
  double left, right, top, bottom;

  [[nodiscard]] double overlap(const Box& other) const {
    const double width = std::min(right, other.right) - std::max(left, other.left);
    const double height = std::min(bottom, other.bottom) - std::max(top, other.top);
    return width > 0 && height > 0 ? width * height : 0;
  }
};

Box around(Point at, double half_width, double half_height) {
  return {at.x - half_width, at.x + half_width, at.y - half_height, at.y + half_height};
}

/// Where the middle of a body's name stands: beside it, where it covers least of what is there already.
Point name_place(const Shown& shown, double width, std::vector<Box>& taken) {
  Point best;
  double least = 1e9;
  for (const double far : {0.0, 14.0, 30.0}) {
    for (const double angle : {0.0, -45.0, 45.0, 180.0, 135.0, -135.0, 90.0, -90.0}) {
      const double cosine = std::cos(radians({angle}));
      const double sine = std::sin(radians({angle}));
      const Point at{shown.at.x + cosine * (shown.size + 5 + far + width / 2),
                     shown.at.y + sine * (shown.size + 5 + far + kLineHeight / 2)};
      const Box box = around(at, width / 2, kLineHeight / 2);
      double cost = far * 3 + (angle == 0 ? 0 : 4);
      for (const Box& other : taken) cost += 10 * box.overlap(other);
      const double outside =
          std::max({box.right - kMiddle, -kMiddle - box.left, box.bottom - kMiddle, -kMiddle - box.top, 0.0});
      cost += 1000 * outside;
      if (cost < least) {
        least = cost;
        best = at;
      }
    }
  }
  taken.push_back(around(best, width / 2, kLineHeight / 2));
  return best;
}

// --- the drawing: one part after the other ---

class Drawing {
 public:
  Drawing(const Query& query, const EarthRotation& rotation) : query_(query), all_(shown_of(query, rotation)) {}

  std::string take() {
    put_head();
    put_ground();
    for (const Shown& shown : all_) put_body(shown);
    put_names();
    put_caption();
    return text_.raw("</svg>\n").take();
  }

 private:
  JsonText& raw(std::string_view text) { return text_.raw(text); }
  void number(double value) { text_.rounded<2>(value); }
  void attribute(std::string_view name, double value) { raw(" ").raw(name).raw("=\"").rounded<2>(value).raw("\""); }
  void circle(double radius, std::string_view looks, Point at = {}) {
    raw("<circle");
    if (at.x != 0) attribute("cx", at.x);
    if (at.y != 0) attribute("cy", at.y);
    attribute("r", radius);
    raw(" ").raw(looks).raw("/>");
  }
  void words(std::string_view text, Point at, std::string_view looks) {
    raw("<text");
    attribute("x", at.x);
    attribute("y", at.y);
    raw(" ").raw(looks).raw(">").raw(text).raw("</text>");
  }

  void put_head() {
    raw("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"600\" height=\"640\" viewBox=\"-300 -300 600 640\" "
        "role=\"img\" "
        "aria-labelledby=\"t d\" font-family=\"")
        .raw(kFont)
        .raw("\" text-anchor=\"middle\"><title id=\"t\">The sky over ")
        .raw(place())
        .raw(", ")
        .raw(time())
        .raw("</title><desc id=\"d\">")
        .raw(told())
        .raw("</desc>");
  }

  void put_ground() {
    const Tint tint = tint_of(of(all_, Body::kSun).altitude);
    raw("<radialGradient id=\"s\" gradientUnits=\"userSpaceOnUse\" cx=\"0\" cy=\"0\" r=\"230\">");
    stop("0", tint.zenith);
    stop("0.6", tint.middle);
    stop("1", tint.horizon);
    raw("</radialGradient><rect x=\"-300\" y=\"-300\" width=\"600\" height=\"640\" fill=\"#0a0e18\"/>");
    circle(kRim, "fill=\"#141d33\" stroke=\"#4a5678\"");
    circle(kRadius, "fill=\"url(#s)\" stroke=\"#dfe8ff\" stroke-opacity=\".6\"");
    for (const double altitude : {30.0, 60.0})
      circle(kRadius * (90 - altitude) / 90, "fill=\"none\" stroke=\"#fff\" stroke-opacity=\".16\"");
    raw("<path d=\"M0-230V230M-230 0H230\" stroke=\"#fff\" stroke-opacity=\".16\"/>");
    constexpr std::array<std::pair<std::string_view, double>, 4> kCardinals = {
        {{"N", 0}, {"E", 90}, {"S", 180}, {"W", 270}}};
    for (const auto& [name, azimuth] : kCardinals) {
      const Point at = polar(azimuth, kRim + 14);
      words(name, {at.x, at.y + 6}, "fill=\"#a3adc4\" font-size=\"17\" font-weight=\"600\"");
    }
  }
  void stop(std::string_view offset, const Colour& colour) {
    raw("<stop offset=\"").raw(offset).raw("\" stop-color=\"rgb(").raw(std::to_string(colour.red)).raw(",");
    raw(std::to_string(colour.green)).raw(",").raw(std::to_string(colour.blue)).raw(")\"/>");
  }

  void put_body(const Shown& shown) {
    raw("<g transform=\"translate(");
    number(shown.at.x);
    raw(" ");
    number(shown.at.y);
    raw(shown.altitude < 0 ? ")\" opacity=\".6\">" : ")\">");
    if (shown.body == Body::kMoon) {
      put_moon(shown);
    } else {
      const std::string fill = "fill=\"" + std::string{kColours[static_cast<std::size_t>(shown.body)]} + "\"";
      circle(shown.size, fill);
      if (shown.body == Body::kSaturn) {
        raw("<ellipse");
        attribute("rx", shown.size * 2);
        attribute("ry", shown.size * 0.6);
        raw(" transform=\"rotate(-18)\" fill=\"none\" stroke=\"#fff0c0\" stroke-width=\"1.4\"/>");
      }
    }
    raw("</g>");
  }

  /// The lit part is half a disc and half an ellipse, turned to where the Sun is.
  void put_moon(const Shown& moon) {
    circle(moon.size, "fill=\"#2b3247\" stroke=\"#8d94ab\" stroke-width=\".6\"");
    const double waist = moon.size * (1 - 2 * moon.phase);
    raw("<path d=\"M0-10A10 10 0 0 1 0 10A");
    number(std::abs(waist));
    raw(waist > 0 ? " 10 0 0 0 0-10Z\" fill=\"#f2efe4\" transform=\"rotate("
                  : " 10 0 0 1 0-10Z\" fill=\"#f2efe4\" transform=\"rotate(");
    number(bearing(moon, of(all_, Body::kSun)));
    raw(")\"/>");
  }

  void put_names() {
    std::vector<Box> taken;
    for (const Shown& shown : all_) taken.push_back(around(shown.at, shown.size, shown.size));
    raw("<g font-size=\"14\" stroke=\"#0a1430\" stroke-width=\"3\" stroke-opacity=\".6\" stroke-linejoin=\"round\" "
        "paint-order=\"stroke\">");
    for (auto shown = all_.rbegin(); shown != all_.rend(); ++shown) {
      const std::string title = title_of(shown->body);
      const Point at = name_place(*shown, static_cast<double>(title.size()) * kLetter, taken);
      words(title, {at.x, at.y + 5}, shown->altitude < 0 ? "fill=\"#c3ccdf\"" : "fill=\"#fff\" font-weight=\"500\"");
    }
    raw("</g>");
  }

  void put_caption() { words(place() + " \u00b7 " + time(), {0, 326}, "fill=\"#e8ecf6\" font-size=\"16\""); }

  [[nodiscard]] std::string place() const { return place_text(query_.observer); }
  [[nodiscard]] std::string time() const { return minute_text(query_.instant); }

  /// Who is up and how high, for readers who do not see the drawing.
  [[nodiscard]] std::string told() const {
    std::string text;
    for (auto shown = all_.rbegin(); shown != all_.rend(); ++shown)
      if (shown->altitude >= 0)
        text += (text.empty() ? "Above the horizon: " : ", ") + title_of(shown->body) + " " +
                std::to_string(std::lround(shown->altitude)) + "\u00b0 up at azimuth " +
                std::to_string(std::lround(shown->azimuth)) + "\u00b0";
    return text.empty() ? "No body is above the horizon." : text + ".";
  }

  const Query& query_;
  std::vector<Shown> all_;
  JsonText text_{8192};
};

}  // namespace

std::string picture(const Query& query, const EarthRotation& rotation) { return Drawing{query, rotation}.take(); }

Response answer_picture(const Request& request, const EarthRotation& rotation) {
  const Query query = read_picture_query(request);
  if (!query.problems.empty()) return of_now(refusal(query.problems));
  constexpr std::string_view kSvg = "image/svg+xml";
  if (!query.is_now) return lasting(request, kSvg, picture(query, rotation));
  if (evaluate(request, {}) == Precondition::kFailed) return precondition_failed();
  Response response = Response::bytes(kSvg, picture(query, rotation));
  response.add_field("Access-Control-Allow-Origin", "*");
  response.add_field("Cache-Control", "public, max-age=60");
  compress(request, response);
  return response;
}

}  // namespace orrery::planets
