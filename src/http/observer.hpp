// Observer: who is told what the connections of a worker decide: refusals, answers, failures.
//
// The worker's Recorder is one, and tests have theirs. Loop thread only; must not call back into the connection.
#pragma once

#include <cstdint>
#include <string_view>

#include "orrery/response.hpp"

#include "base/access_format.hpp"
#include "base/address.hpp"
#include "base/clock.hpp"
#include "base/reject.hpp"
#include "http/message.hpp"

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
  /// The same for a status that is no final one.
  virtual void on_bad_status(const Message& message, int) { on_unsendable(message); }
  /// A layer threw what is no HttpError; 500 goes out.
  virtual void on_layer_failed(const Message&, std::string_view /*layer*/, std::string_view /*why*/) {}
};

}  // namespace orrery::http
