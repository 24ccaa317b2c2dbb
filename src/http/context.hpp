// Context: what all connections of one worker share: settings, routes, buffers, the date, and who is told what
// happened.
//
// Made once per worker, after the fork; loop thread only.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/app.hpp"
#include "orrery/config.hpp"

#include "base/access_format.hpp"
#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/reject.hpp"
#include "http/date_line.hpp"
#include "http/forwarding.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/request_id.hpp"
#include "http/router.hpp"

namespace orrery::http {

/// A response that has left, or never will, as the access log and the counters see it.
struct Answer {
  int status = 0;
  std::uint64_t body_bytes = 0;        ///< those that left, without framing
  const Response* response = nullptr;  ///< its fields; null when nobody logs any
  base::Monotonic finished{};          ///< the epoch = at this moment
  base::Ending ending = base::Ending::kClosed;
};

/// Told of what the connections decide. Must not call back into the connection.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A peer was refused or cut off. `message` may be null (nothing of a request had come).
  virtual void on_rejected(base::Reject reason, const base::Address& peer, const Message* message) = 0;
  /// The last byte of a response has left, or the connection broke before (its status stands all the same).
  virtual void on_answered(const Message& message, const Answer& answer) = 0;
  /// Whether on_answered() looks at the fields of a response, which are kept until then. Asked once.
  [[nodiscard]] virtual bool logs_fields() const { return true; }
  /// A handler set a field that could forge a message; 500 goes out instead.
  virtual void on_unsendable(const Message& message) = 0;
};

/// A callback of Request::on_cancelled that is not needed any more.
struct Cancellation {
  std::function<void()> callback;
  bool due;  ///< to be called; else its request is answered
};

inline constinit const std::atomic<bool> kNotClosing{false};

struct Context {
  Context(const Config& settings, const Router& table, const std::vector<Route>& all_routes, Observer& listener,
          Proxies trusted_proxies, std::uint64_t id_seed)
      : config(settings),
        router(table),
        routes(all_routes),
        observer(listener),
        fields_logged(listener.logs_fields()),
        proxies(std::move(trusted_proxies)),
        error_media_type(media_type_of(settings.error_form)),
        ids(id_seed) {}

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
  MessagePool pool;
  DateLine date;
  /// Left by the connections for the one that drives them: to be called, or dropped, outside of what they are doing.
  std::vector<Cancellation> cancellations;
};

}  // namespace orrery::http
