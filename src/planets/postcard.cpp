#include "planets/postcard.hpp"

#include <array>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/conditional.hpp"

#include "planets/answer.hpp"
#include "planets/freshness.hpp"
#include "planets/json.hpp"
#include "planets/png.hpp"
#include "planets/raster.hpp"
#include "planets/scene.hpp"
#include "planets/wording.hpp"

namespace orrery::planets {
namespace {

constexpr double kScale = 1.04;     // of the scene's units
constexpr Point kMiddle{315, 315};  // of the dome
constexpr double kLeft = 668;       // of the words
constexpr double kFirstLine = 290;  // of the list
constexpr double kLine = 34;
constexpr std::size_t kMostLines = 10;

constexpr Colour kWhite{255, 255, 255};
constexpr Colour kQuiet{163, 173, 196};
constexpr Colour kPale{223, 232, 255};

Point on_card(Point point) { return {kMiddle.x + kScale * point.x, kMiddle.y + kScale * point.y}; }

class Card {
 public:
  explicit Card(const Scene& sky) : sky_(sky) {
    put_ground();
    for (const Shown& shown : sky_.bodies) put_body(shown);
    for (auto shown = sky_.bodies.rbegin(); shown != sky_.bodies.rend(); ++shown) put_name(*shown);
    put_words();
  }

  [[nodiscard]] std::string_view pixels() const { return raster_.pixels(); }

 private:
  void put_ground() {
    const double radius = kScale * scene::kRadius;
    raster_.disc(kMiddle, kScale * scene::kRim, {scene::kBelow});
    raster_.circle(kMiddle, kScale * scene::kRim, 1, {{74, 86, 120}});
    raster_.glow(kMiddle, radius, 0.6, {sky_.tint.zenith, sky_.tint.middle, sky_.tint.horizon});
    raster_.circle(kMiddle, radius, 1.4, {kPale, 0.6});
    for (const double altitude : {30.0, 60.0})
      raster_.circle(kMiddle, radius * (90 - altitude) / 90, 1.2, {kWhite, 0.16});
    raster_.line({kMiddle.x, kMiddle.y - radius}, {kMiddle.x, kMiddle.y + radius}, 1.2, {kWhite, 0.16});
    raster_.line({kMiddle.x - radius, kMiddle.y}, {kMiddle.x + radius, kMiddle.y}, 1.2, {kWhite, 0.16});
    constexpr std::array<std::pair<std::string_view, double>, 4> kCardinals = {
        {{"N", 0}, {"E", 90}, {"S", 180}, {"W", 270}}};
    for (const auto& [name, azimuth] : kCardinals) {
      const Point at = on_card(polar(azimuth, scene::kCardinal));
      raster_.text({at.x, at.y + 6}, name, {13, 2, {kQuiet}, Align::kMiddle});
    }
  }

  void put_body(const Shown& shown) {
    const Point at = on_card(shown.at);
    const double size = kScale * shown.size;
    const double opacity = shown.altitude < 0 ? 0.6 : 1;
    if (shown.body == Body::kMoon) {
      raster_.disc(at, size, {scene::kMoonDark, opacity});
      raster_.circle(at, size, 0.7, {{141, 148, 171}, opacity});
      raster_.crescent(at, size, shown.phase, sky_.moon_turn, {scene::kMoonLit, opacity});
      return;
    }
    raster_.disc(at, size, {scene::kColours[static_cast<std::size_t>(shown.body)], opacity});
    if (shown.body == Body::kSaturn) raster_.oval(at, {2 * size, 0.6 * size}, -18, 1.5, {{255, 240, 192}, opacity});
  }

  void put_name(const Shown& shown) {
    const Point middle = on_card(shown.name);
    const Point at{middle.x, middle.y + 5};
    const std::string title = title_of(shown.body);
    raster_.text(at, title, {10.5, 4.5, {{10, 20, 48}, 0.6}, Align::kMiddle});
    raster_.text(at, title, {10.5, 1.5, {shown.altitude < 0 ? Colour{195, 204, 223} : kWhite}, Align::kMiddle});
  }

  void put_words() {
    raster_.text({kLeft, 84}, "The sky over", {22, 2.2, {kQuiet}});
    raster_.text({kLeft, 142}, sky_.place, {34, 4, {kWhite}});
    raster_.text({kLeft, 196}, sky_.time, {25, 2.8, {kPale}});
    std::vector<const Shown*> up;
    for (auto shown = sky_.bodies.rbegin(); shown != sky_.bodies.rend(); ++shown)
      if (shown->altitude >= 0) up.push_back(&*shown);
    const std::string_view headline = up.empty() ? "No body is above the horizon." : "Above the horizon";
    raster_.text({kLeft, kFirstLine - 42}, headline, {17, 1.8, {kQuiet}});
    for (std::size_t i = 0; i < up.size() && i < kMostLines; ++i)
      put_line(*up[i], kFirstLine + kLine * static_cast<double>(i));
  }

  void put_line(const Shown& shown, double y) {
    const Lettering letters{18, 2.1, {kWhite}};
    raster_.disc({kLeft + 8, y - 9}, 6, {scene::kColours[static_cast<std::size_t>(shown.body)]});
    raster_.text({kLeft + 34, y}, title_of(shown.body), letters);
    Lettering right = letters;
    right.align = Align::kRight;
    raster_.text({kLeft + 270, y}, std::to_string(std::lround(shown.altitude)) + "\u00b0", right);
    raster_.text({kLeft + 300, y}, compass_point({shown.azimuth}), letters);
  }

  const Scene& sky_;
  Raster raster_{kPostcardWidth, kPostcardHeight, scene::kGround};
};

}  // namespace

std::string postcard(const Query& query, const EarthRotation& rotation) {
  const Scene sky = scene_of(query, rotation);
  return png(Card{sky}.pixels(), kPostcardWidth);
}

Response Postcards::answer(const Request& request, const EarthRotation& rotation) {
  Query query = read_picture_query(request);
  if (!query.problems.empty()) return of_now(refusal(query.problems));
  constexpr std::string_view kPng = "image/png";
  if (!query.is_now) return lasting(request, kPng, picture_of(query, rotation));
  begin_minute(query);
  std::string body = picture_of(query, rotation);
  std::string tag = entity_tag(body);
  const Precondition precondition = evaluate(request, {tag, {}});
  if (precondition == Precondition::kFailed) return precondition_failed();
  const bool unchanged = precondition == Precondition::kNotModified;
  Response response = unchanged ? Response::status(304) : Response::bytes(kPng, std::move(body));
  response.add_field("ETag", std::move(tag));
  response.add_field("Access-Control-Allow-Origin", "*");
  response.add_field("Cache-Control", "public, max-age=60");
  return response;
}

std::string Postcards::picture_of(const Query& query, const EarthRotation& rotation) {
  return *kept_.get(key_of(query), [&] { return postcard(query, rotation); });
}

}  // namespace orrery::planets
