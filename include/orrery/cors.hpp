// CORS: which pages of other origins may read the answers of this service, as a ready-made layer.
//
// Put it in front of layers that ask who is there: a preflight carries no credentials. It answers the preflights of all
// paths around which it stands (of the App: of all), and errors have its fields too, so a page can read them.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "orrery/export.hpp"
#include "orrery/layer.hpp"

namespace orrery {

struct Cors {
  /// "https://app.example", as browsers send it; "*" = any, and then without credentials.
  std::vector<std::string> origins;
  std::string methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
  std::string fields = "Authorization, Content-Type";  ///< of requests, beyond those that every page may set
  std::string exposed = {};                            ///< fields of answers that a page may read beyond the usual ones
  bool credentials = false;                            ///< cookies, and fields of Authorization that the browser adds
  std::chrono::seconds max_age{600};                   ///< how long a browser keeps the answer to a preflight
};

/// Throws std::invalid_argument when there is no origin, or "*" together with others or with credentials.
ORRERY_EXPORT Layer cors(Cors options);

}  // namespace orrery
