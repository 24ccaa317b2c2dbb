// Orders: the routes of the admin process by which a person or a program steers the service.
//
// Each is a POST that is answered when its outcome is known: the order goes to the master over the Desk, and the
// handler waits, for as long as `wait` says. Admin process, loop thread. Decides nothing itself: whether an order is
// obeyed, and what became of it, are the master's words.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "orrery/app.hpp"
#include "orrery/result.hpp"

#include "admin/desk.hpp"
#include "admin/door.hpp"
#include "os/order.hpp"

namespace orrery::admin {

/// `/reload`, `/scale?workers=N` and so on.
void add_orders(App& app, const std::shared_ptr<Desk>& desk, const std::shared_ptr<const Door>& door);

/// An order as the parameters of its request say it.
struct Question {
  os::Order order;
  std::chrono::milliseconds wait{0};
};
/// Fails with a sentence that names the parameter.
Result<Question> read_question(os::OrderKind kind, const Request& request);

/// `asked` as the master takes it, and its answer, or its first word when `at_once`; throws TimedOut after `limit`.
Task<os::OrderAnswer> give(std::shared_ptr<Desk> desk, os::Order order, bool at_once, std::chrono::milliseconds limit);

/// {"order":"reload","outcome":"done","text":"..."}, with the status that fits.
Response tell_outcome(std::string_view order, std::string_view outcome, std::string_view text);

}  // namespace orrery::admin
