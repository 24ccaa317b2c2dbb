// Router: method and path -> the route that answers them.
//
// Built once in the master from the patterns of an App, then only read. A pattern is "/" and segments: literal, {name}
// (one segment, not empty), or a last {name...} (all that is left, may be empty). Literal beats {name} beats {name...},
// segment by segment. GET answers HEAD; a path with other methods only is kNoMethod with its Allow. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/app.hpp"
#include "orrery/pattern.hpp"
#include "orrery/result.hpp"

namespace orrery::http {

/// The most {name}s one pattern may have.
inline constexpr std::size_t kMaxPathParameters = patterns::kMostNames;
/// Of a match that no route stands behind.
inline constexpr std::uint16_t kNoRoute = 0xffff;

struct RouteMatch {
  enum class Kind : std::uint8_t { kNoPath, kNoMethod, kOptions, kFound };
  Kind kind = Kind::kNoPath;
  std::uint8_t parameter_count = 0;
  /// Index in the order of add(); kNoMethod, kOptions: of the first route that has the path, or kNoRoute of `*`.
  std::uint16_t route = kNoRoute;
  const std::string* allow = nullptr;  ///< kNoMethod, kOptions: value of Allow; lives as long as the router
  const std::vector<std::string>* names = nullptr;  ///< kFound: names of the parameters
  /// Where the values stand in the path, in the order of the pattern; the first `parameter_count` are set.
  struct Part {
    std::uint32_t begin;
    std::uint32_t length;
  };
  std::array<Part, kMaxPathParameters> parameters;

  /// As when nothing was found for it yet.
  void clear() {
    kind = Kind::kNoPath;
    parameter_count = 0;
    route = kNoRoute;
    allow = nullptr;
    names = nullptr;
  }
};

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// Of all routes of an application; or what is wrong with the first bad one.
  static Result<Router> make(const std::vector<Route>& routes);

  /// Registers the next route. Fails with a sentence when the pattern is malformed, has another number of names than
  /// its handler takes `values` (0 = any), or the pair is taken.
  Result<void> add(std::string_view method, std::string_view pattern, std::size_t values = 0);

  /// `path` is decoded and begins with "/", or is "*".
  [[nodiscard]] RouteMatch match(std::string_view method, std::string_view path) const {
    RouteMatch match;
    find(method, path, match);
    return match;
  }
  /// The same, in the place where it shall be; what was found there before is forgotten.
  void find(std::string_view method, std::string_view path, RouteMatch& match) const;

 private:
  struct Node;
  std::unique_ptr<Node> root_;
  std::string all_methods_;
  std::uint16_t count_ = 0;
};

}  // namespace orrery::http
