#include "worker/last_answer.hpp"

#include <fmt/core.h>

#include "orrery/response.hpp"

#include "base/reject.hpp"
#include "http/problem.hpp"
#include "http/status.hpp"

namespace orrery::worker {

LastAnswer::LastAnswer(const Config& config) {
  const auto& reason = base::row(base::Reject::request_deadline);
  const Response response = http::problem(reason.status, reason.sentence, http::media_type_of(config.error_form));
  text_ = fmt::format("HTTP/1.1 {} {}\r\n{}", reason.status, http::reason_phrase(reason.status),
                      config.hide_server ? "" : "Server: orrery\r\n");
  text_ += fmt::format("Content-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", response.media_type(),
                       response.body().size());
  head_size_ = text_.size();
  text_ += response.body();
}

}  // namespace orrery::worker
