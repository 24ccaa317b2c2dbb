// Layer: what happens around handlers: authentication, CORS, security headers, a limit, a header for all answers.
//
// It has two halves instead of a call around the handler, so it holds for every shape of handler, and `after` sees the
// head of every answer, wherever it comes from: a handler, a stream, another layer, or the server itself (404, 405,
// 413, 503, 504 and what else it refuses once the request line is read). Both halves run on the loop thread of a
// worker, in every class, and must never block.
//
// Layers of the App stand around those of a Group, and these around those of a route: `before` runs from the outside to
// the inside, `after` back. A layer is made in the master, before the fork; each worker has a copy of what it captures.
#pragma once

#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orrery/request.hpp"
#include "orrery/response.hpp"

namespace orrery {

struct Layer {
  std::string name;  ///< for the log
  /// Runs when the head is complete and the route is known, before the body is read and before 100 Continue is sent.
  /// An answer given here is the answer: neither the layers further inside nor the handler see the request, and its
  /// body is not read. Does not run for what the server refuses before (400, 413, 431…).
  std::function<std::optional<Response>(Request&)> before = {};
  /// Runs before the head of an answer is sent; may change its status and its fields. A request that was refused before
  /// its head was understood has its method() and target() only. When the server answers while a handler still works
  /// (504), the request may be in use on another thread: query(), peer() and client() are not asked then.
  std::function<void(const Request&, Response&)> after = {};
};
// What a layer throws is answered as if a handler had thrown it: HttpError with its status, others with 500 and a line
// in the log. That answer passes the `after` of the other layers.

/// Layers in their order, from the outside to the inside: `{cors(…), bearer<User>(…)}`. Copies share them.
class Layers {
 public:
  using Shared = std::shared_ptr<const Layer>;

  Layers() = default;
  Layers(std::initializer_list<Layer> layers) {
    for (const Layer& layer : layers) add(layer);
  }
  void add(Layer layer) { all_.push_back(std::make_shared<const Layer>(std::move(layer))); }
  void add(const Layers& others) { all_.insert(all_.end(), others.all_.begin(), others.all_.end()); }
  [[nodiscard]] const std::vector<Shared>& all() const { return all_; }

 private:
  std::vector<Shared> all_;
};

}  // namespace orrery
