// Postcard: the sky as a picture of 1200 by 630 pixels, as messengers show one beside a link: the dome as /sky.svg
// draws it, and in words the place, the time and what is up.
//
// Drawn in the thread of the handler, in some milliseconds, and kept: a link that many people get is drawn once.
#pragma once

#include <cstddef>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "orrery/request.hpp"
#include "orrery/response.hpp"

#include "planets/earth_rotation.hpp"
#include "planets/query.hpp"

namespace orrery::planets {

inline constexpr int kPostcardWidth = 1200;
inline constexpr int kPostcardHeight = 630;

/// A PNG. The same query gives the same bytes.
[[nodiscard]] std::string postcard(const Query& query, const EarthRotation& rotation);

/// Those that were sent last, as many as fit into some bytes. Any thread; one a worker.
class Postcards {
 public:
  explicit Postcards(std::size_t most_bytes = std::size_t{4} << 20) : most_bytes_(most_bytes) {}

  /// `GET /sky.png`: the picture, or 400. One of now is that of the minute, and may be kept for one.
  [[nodiscard]] Response answer(const Request& request, const EarthRotation& rotation);

  /// How many are kept, and their bytes.
  [[nodiscard]] std::size_t count() const;
  [[nodiscard]] std::size_t bytes() const;

 private:
  struct Kept {
    std::string key;
    std::string png;
  };

  std::string picture_of(const Query& query, const EarthRotation& rotation);
  [[nodiscard]] std::string find(const std::string& key);
  void keep(const std::string& key, const std::string& png);

  std::size_t most_bytes_;
  mutable std::mutex mutex_;
  std::list<Kept> kept_;  ///< the one that was asked for last comes first
  std::unordered_map<std::string_view, std::list<Kept>::iterator> places_;
  std::size_t bytes_ = 0;
};

}  // namespace orrery::planets
