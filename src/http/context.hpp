// Context: what all connections of one worker share: settings, routes, buffers, the date, and who is told what
// happened.
//
// Made once per worker, after the fork; loop thread only.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/app.hpp"
#include "orrery/config.hpp"

#include "base/spare_blocks.hpp"
#include "http/date_line.hpp"
#include "http/forwarding.hpp"
#include "http/layer_watch.hpp"
#include "http/layers.hpp"
#include "http/message.hpp"
#include "http/observer.hpp"
#include "http/problem.hpp"
#include "http/request_id.hpp"
#include "http/router.hpp"

namespace orrery::http {

/// A callback of Request::on_cancelled that is not needed any more.
struct Cancellation {
  std::function<void()> callback;
  bool due;  ///< to be called; else its request is answered
};

inline constinit const std::atomic<bool> kNotClosing{false};

struct Context {
  Context(const Config& settings, const Router& table, const std::vector<Route>& all_routes, Observer& listener,
          Proxies trusted_proxies, std::uint64_t id_seed, const Layers& global_layers = {}, ErrorHandler on_error = {},
          const std::vector<PrefixLayers>& prefix_layers = {})
      : config(settings),
        router(table),
        routes(all_routes),
        observer(listener),
        fields_logged(listener.logs_fields()),
        proxies(std::move(trusted_proxies)),
        error_media_type(media_type_of(settings.error_form)),
        ids(id_seed),
        error_handler(std::move(on_error)),
        layers(LayerTable::make(all_routes, global_layers, prefix_layers)) {
    pool.tells_failures = settings.reload;
  }

  /// Of a body that is handed over whole.
  [[nodiscard]] std::uint64_t largest_in_memory() const {
    const std::uint64_t size = config.client_body_buffer_size;
    return size > 0 && spools ? size : std::numeric_limits<std::uint64_t>::max();
  }

  const Config& config;
  const Router& router;
  const std::vector<Route>& routes;
  Observer& observer;
  bool fields_logged;
  Proxies proxies;
  /// While it holds true each response ends its connection.
  const std::atomic<bool>* closing = &kNotClosing;
  std::string_view error_media_type;  ///< of the server's own answers; empty = what the request accepts
  RequestIds ids;
  ErrorHandler error_handler;
  std::unique_ptr<const LayerTable> layers;  ///< null: there are none
  LayerWatch* layer_watch = nullptr;         ///< null: which request a layer sees is not asked
  MessagePool pool;
  base::SpareBlocks blocks;  ///< of what a request takes beside its message
  DateLine date;
  /// Left by the connections for the one that drives them: to be called, or dropped, outside of what they are doing.
  std::vector<Cancellation> cancellations;
  bool spools = false;  ///< what drives the connections brings large bodies into files
};

}  // namespace orrery::http
