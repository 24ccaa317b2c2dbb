// Layers: those of an application, as each request meets them: one chain for each route, put together once.
//
// Made once per worker, then only read. What a layer throws ends here: it becomes an answer, and the observer is told.
// Loop thread only. It decides nothing about bytes.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/app.hpp"
#include "orrery/layer.hpp"
#include "orrery/response.hpp"

#include "http/message.hpp"
#include "http/router.hpp"

namespace orrery::http {

class Observer;

class LayerTable {
 public:
  LayerTable(const std::vector<Route>& routes, const Layers& global, const std::vector<PrefixLayers>& below);
  /// Null when there are no layers at all.
  static std::unique_ptr<const LayerTable> make(const std::vector<Route>& routes, const Layers& global,
                                                const std::vector<PrefixLayers>& below = {});

  /// Of a request whose route is not known.
  [[nodiscard]] const LayerChain* global() const { return &global_; }
  /// Of a message whose route was looked for. Of a path that has no such method: those of all its routes. Of no path:
  /// those of the group below whose prefix it would be, else the global ones.
  [[nodiscard]] const LayerChain* of(const Message& message) const;

 private:
  struct Prefix {
    std::string pattern;
    std::size_t segments = 0;
    LayerChain chain;
  };
  void add_prefix(const PrefixLayers& below);
  [[nodiscard]] const LayerChain* of_no_path(std::string_view path) const;

  LayerChain global_;
  std::vector<Prefix> prefixes_;  ///< those with the most segments first
  std::vector<LayerChain> of_routes_;
  std::vector<LayerChain> of_paths_;  ///< by the index of a path's first route; the others' are empty
  std::vector<Layers::Shared> kept_;
};

/// Whether a layer of it sees requests before their handlers do.
[[nodiscard]] bool sees_requests(const LayerChain& chain);
/// Whether a layer of it sees answers.
[[nodiscard]] bool sees_answers(const LayerChain& chain);

/// The answer of the first layer that gives one; then the handler is not to see the request.
std::optional<Response> run_before(const LayerChain& chain, Message& message, Observer& observer);

/// Lets the layers see, and change, the head of an answer. Afterwards it can be sent. False when a layer failed, or
/// made of it what cannot be sent: then it is the answer to that.
bool run_after(const LayerChain& chain, Message& message, Response& response, Observer& observer);

}  // namespace orrery::http
