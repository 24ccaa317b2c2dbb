#include "planets/picture.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "orrery/compression.hpp"

#include "planets/answer.hpp"
#include "planets/freshness.hpp"
#include "planets/json.hpp"
#include "planets/scene.hpp"
#include "planets/wording.hpp"

namespace orrery::planets {
namespace {

using scene::kRadius;
using scene::kRim;

constexpr std::string_view kFont = "system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,sans-serif";

/// The drawing: one part after the other.
class Drawing {
 public:
  explicit Drawing(const Scene& scene) : scene_(scene) {}

  std::string take() {
    put_head();
    put_ground();
    for (const Shown& shown : scene_.bodies) put_body(shown);
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
        .raw(scene_.place)
        .raw(", ")
        .raw(scene_.time)
        .raw("</title><desc id=\"d\">")
        .raw(told())
        .raw("</desc>");
  }

  void put_ground() {
    const Tint& tint = scene_.tint;
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
      const Point at = polar(azimuth, scene::kCardinal);
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
      const std::string fill = "fill=\"" + hex(scene::kColours[static_cast<std::size_t>(shown.body)]) + "\"";
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
    number(scene_.moon_turn);
    raw(")\"/>");
  }

  void put_names() {
    raw("<g font-size=\"14\" stroke=\"#0a1430\" stroke-width=\"3\" stroke-opacity=\".6\" stroke-linejoin=\"round\" "
        "paint-order=\"stroke\">");
    for (auto shown = scene_.bodies.rbegin(); shown != scene_.bodies.rend(); ++shown) {
      words(title_of(shown->body), {shown->name.x, shown->name.y + 5},
            shown->altitude < 0 ? "fill=\"#c3ccdf\"" : "fill=\"#fff\" font-weight=\"500\"");
    }
    raw("</g>");
  }

  void put_caption() { words(scene_.place + " \u00b7 " + scene_.time, {0, 326}, "fill=\"#e8ecf6\" font-size=\"16\""); }

  /// Who is up and how high, for readers who do not see the drawing.
  [[nodiscard]] std::string told() const {
    std::string text;
    for (auto shown = scene_.bodies.rbegin(); shown != scene_.bodies.rend(); ++shown)
      if (shown->altitude >= 0)
        text += (text.empty() ? "Above the horizon: " : ", ") + title_of(shown->body) + " " +
                std::to_string(std::lround(shown->altitude)) + "\u00b0 up at azimuth " +
                std::to_string(std::lround(shown->azimuth)) + "\u00b0";
    return text.empty() ? "No body is above the horizon." : text + ".";
  }

  static std::string hex(const Colour& colour) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text = "#";
    for (const int channel : {colour.red, colour.green, colour.blue})
      for (const int digit : {channel / 16, channel % 16}) text += kDigits[static_cast<std::size_t>(digit)];
    return text;
  }

  const Scene& scene_;
  JsonText text_{8192};
};

}  // namespace

std::string picture(const Query& query, const EarthRotation& rotation) {
  const Scene scene = scene_of(query, rotation);
  return Drawing{scene}.take();
}

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
