// Picture: the sky of a place and a moment as an SVG drawing, for pages of other people: the dome with the ten bodies,
// their names, the Moon's phase and the colours of the hour. The same query gives the same bytes.
//
// Pure: a query and the Earth's rotation in, text out; in a worker. It needs no font, script or style of anybody, and
// never reads a clock or a file.
#pragma once

#include <string>

#include "orrery/request.hpp"
#include "orrery/response.hpp"

#include "planets/earth_rotation.hpp"
#include "planets/query.hpp"

namespace orrery::planets {

inline constexpr int kPictureWidth = 600;
inline constexpr int kPictureHeight = 640;

/// A whole SVG document.
[[nodiscard]] std::string picture(const Query& query, const EarthRotation& rotation);

/// `GET /sky.svg`: the picture, or 400. One of now may be kept for a minute.
[[nodiscard]] Response answer_picture(const Request& request, const EarthRotation& rotation);

}  // namespace orrery::planets
