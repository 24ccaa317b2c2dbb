#include "http/error_answer.hpp"

#include <optional>
#include <string>
#include <utility>

#include "orrery/problem.hpp"

#include "base/log.hpp"
#include "base/thrown.hpp"
#include "http/observer.hpp"
#include "http/problem.hpp"
#include "http/sendable.hpp"

namespace orrery::http {

namespace {

/// What the application makes of it; nothing when it fails at that.
std::optional<Response> answer_of_application(const Message& message, int status, std::string_view name,
                                              std::string_view sentence) {
  const Request request = message.borrow();
  try {
    Response response =
        (*message.error_handler)({status, name, std::string{sentence}, message.bytes != nullptr ? &request : nullptr});
    if (is_sendable(response)) return response;
    base::log_error("App::on_error made an answer that cannot be sent (request {})", message.id_view());
  } catch (...) {
    base::log_error("App::on_error failed: {} (request {})", base::describe_exception(), message.id_view());
  }
  return {};
}

}  // namespace

Response error_answer(const Message& message, int status, std::string_view name, std::string_view sentence) {
  if (sentence.empty()) sentence = sentence_of(status);
  if (message.error_handler) {
    if (auto response = answer_of_application(message, status, name, sentence)) return *std::move(response);
  }
  return problem(status, sentence, message.error_accept());
}

Response failure_answer(const Message& message, std::string_view name, std::string_view why) {
  return error_answer(message, 500, name, message.failures_are_told() ? why : std::string_view{});
}

Response answer_unsendable(const Message& message, const Response& unsendable, Observer& observer) {
  const int status = unsendable.status();
  if (status < 200 || status > 599)
    observer.on_bad_status(message, status);
  else
    observer.on_unsendable(message);
  return error_answer(message, 500, "unsendable");
}

}  // namespace orrery::http
