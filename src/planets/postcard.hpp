// Postcard: the sky as a picture of 1200 by 630 pixels, as messengers show one beside a link: the dome as /sky.svg
// draws it, and in words the place, the time and what is up.
//
// Drawn in the thread of the handler, in some milliseconds, and kept: a link that many people get is drawn once.
#pragma once

#include <cstddef>
#include <string>

#include "orrery/request.hpp"
#include "orrery/response.hpp"

#include "planets/earth_rotation.hpp"
#include "planets/kept.hpp"
#include "planets/query.hpp"

namespace orrery::planets {

inline constexpr int kPostcardWidth = 1200;
inline constexpr int kPostcardHeight = 630;

/// A PNG. The same query gives the same bytes.
[[nodiscard]] std::string postcard(const Query& query, const EarthRotation& rotation);

/// Those that were sent last, as many as fit into some bytes. Any thread; one a worker.
class Postcards {
 public:
  explicit Postcards(std::size_t most_bytes = std::size_t{4} << 20) : kept_(most_bytes) {}

  /// `GET /sky.png`: the picture, or 400. One of now is that of the minute, and may be kept for one.
  [[nodiscard]] Response answer(const Request& request, const EarthRotation& rotation);

  /// How many are kept, and their bytes.
  [[nodiscard]] std::size_t count() const { return kept_.count(); }
  [[nodiscard]] std::size_t bytes() const { return kept_.bytes(); }

 private:
  std::string picture_of(const Query& query, const EarthRotation& rotation);

  Kept<std::string> kept_;
};

}  // namespace orrery::planets
