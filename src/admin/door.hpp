// Door: who may ask the admin process, and who may give it orders.
//
// Pure. With a token every request must bring it. Without one every client that can connect may ask; an order comes
// from no page of another site in somebody's browser, nor under a name that such a site made point to this machine.
// Compares secrets in a time that does not depend on where they differ.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "orrery/request.hpp"
#include "orrery/response.hpp"

namespace orrery::admin {

class Door {
 public:
  /// An empty token: none is asked for.
  explicit Door(std::string token = {}) : token_(std::move(token)) {}

  /// The answer to a request that may not be asked; nothing when it may.
  [[nodiscard]] std::optional<Response> refuse(const Request& request) const;
  /// The same of a request that gives an order.
  [[nodiscard]] std::optional<Response> refuse_order(const Request& request) const;

 private:
  std::string token_;
};

/// `host` ("localhost:9000") names this machine whatever a name server says.
bool is_own_name(std::string_view host);

/// The page at `origin` ("http://127.0.0.1:9000") is one of `host`.
bool is_same_origin(std::string_view origin, std::string_view host);

}  // namespace orrery::admin
