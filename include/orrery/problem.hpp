// Problem: an error before it becomes an answer, of a handler or of the server itself.
//
// `App::on_error` takes a function of it that makes the one form all errors of a service have. Without one, the setting
// `error_form` decides. It runs on the thread on which the error arose: the loop thread, or one that runs a handler.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "orrery/request.hpp"
#include "orrery/response.hpp"

namespace orrery {

struct Problem {
  int status = 500;
  /// What happened, for programs: of a refusal its name in the log ("large_body", "queue_full"), else "no_path",
  /// "no_method", "handler_failed", "layer_failed", "unsendable" or "given_up"; "" of an HttpError.
  std::string_view name;
  std::string message;               ///< a sentence, fit for the client; may have bytes that are no UTF-8
  const Request* request = nullptr;  ///< null when not even a request line could be read
};

/// The server adds what the status asks for (Allow, Retry-After) to the answer. Where it throws, the error is answered
/// as without it, and the log gets a line.
using ErrorHandler = std::function<Response(const Problem&)>;

}  // namespace orrery
