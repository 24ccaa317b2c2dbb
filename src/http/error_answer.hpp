// The answers that tell of an error: made by App::on_error, or, without it, in the form that the client wants.
//
// On the loop thread, and on threads that run handlers. It never throws what the application throws.
#pragma once

#include <string_view>

#include "orrery/response.hpp"

#include "http/message.hpp"

namespace orrery::http {

class Observer;

/// `name`: see Problem::name. Without a `sentence` it is that of the status.
[[gnu::cold]] Response error_answer(const Message& message, int status, std::string_view name = {},
                                    std::string_view sentence = {});

/// To what a handler or a layer threw, which says `why`. That is for the log, and under development (`reload`) also for
/// a client on this machine.
[[gnu::cold]] Response failure_answer(const Message& message, std::string_view name, std::string_view why);

/// In the place of a response that cannot be sent, of which the observer is told.
[[gnu::cold]] Response answer_unsendable(const Message& message, const Response& unsendable, Observer& observer);

}  // namespace orrery::http
