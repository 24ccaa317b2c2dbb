// Scene: the sky of a place and a moment as it is drawn, whatever draws it: where on the dome each body and its name
// stand, how large, and the colours of the hour. The dome's middle is (0, 0), y goes down, and the horizon is kRadius
// away.
//
// Pure: a query and the Earth's rotation in, numbers and words out; in a worker. It never knows a file format.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "planets/earth_rotation.hpp"
#include "planets/query.hpp"

namespace orrery::planets {

struct Point {
  double x = 0;
  double y = 0;
};

struct Colour {
  int red = 0;
  int green = 0;
  int blue = 0;
};

/// The sky's colours from the zenith to the horizon.
struct Tint {
  double altitude;  ///< of the Sun
  Colour zenith, middle, horizon;
};

namespace scene {

inline constexpr double kRadius = 230;      ///< of the horizon
inline constexpr double kRim = 272;         ///< of what lies below it
inline constexpr double kMiddle = 300;      ///< as far as anything of the drawing reaches
inline constexpr double kCardinal = 286;    ///< how far out the names of the compass stand
inline constexpr double kNameLetters = 14;  ///< the height of a body's name

inline constexpr Colour kGround{10, 14, 24};
inline constexpr Colour kBelow{20, 29, 51};
inline constexpr Colour kMoonDark{43, 50, 71};
inline constexpr Colour kMoonLit{242, 239, 228};

/// By Body.
inline constexpr std::array<Colour, kBodyCount> kColours = {{{255, 215, 94},
                                                             {242, 239, 228},
                                                             {205, 196, 184},
                                                             {255, 241, 196},
                                                             {255, 132, 88},
                                                             {244, 216, 164},
                                                             {236, 208, 134},
                                                             {169, 236, 230},
                                                             {134, 166, 255},
                                                             {207, 179, 153}}};

}  // namespace scene

struct Shown {
  Body body;
  double azimuth;
  double altitude;  ///< as it is seen
  double phase;
  double size;  ///< its radius
  Point at;
  Point name;  ///< the middle of its name
};

struct Scene {
  Tint tint;
  std::vector<Shown> bodies;  ///< from the back to the front: the faint behind the bright, the Moon before the Sun
  double moon_turn;           ///< where the Moon's lit side points: degrees clockwise from rightward
  std::string place;          ///< "51.48° N, 0.00° W"
  std::string time;           ///< "2026-11-23 20:00 UTC"
};

/// Where azimuth and a distance from the middle lead: north is up and east is left, as one sees it looking up.
[[nodiscard]] Point polar(double azimuth, double distance);

[[nodiscard]] Scene scene_of(const Query& query, const EarthRotation& rotation);

}  // namespace orrery::planets
