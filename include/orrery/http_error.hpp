// HttpError: an answer that a handler, or what it calls, throws from any depth.
//
// It becomes that status with that sentence, in the form that all errors of the service have (App::on_error, or the
// setting `error_form`). Nothing is logged: it is the client's to read. Any thread that runs a handler or a layer.
#pragma once

#include <exception>
#include <string>
#include <utility>

#include "orrery/export.hpp"

namespace orrery {

struct ORRERY_EXPORT HttpError : std::exception {
  /// `status`: 200 to 599. `message`: a sentence for the client.
  HttpError(int its_status, std::string its_message) : status(its_status), message(std::move(its_message)) {}
  [[nodiscard]] const char* what() const noexcept override { return message.c_str(); }

  int status;
  std::string message;
};

}  // namespace orrery
