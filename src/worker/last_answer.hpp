// LastAnswer: the 504 that a client gets when the worker is ended because a handler holds its only thread.
//
// Made once a worker: nothing can be made when it is needed (os/last_words.hpp). So it is in the form that `error_form`
// names, and text where that leaves the form to the client; App::on_error has no part in it, and it has no request id.
#pragma once

#include <string>
#include <string_view>

#include "orrery/config.hpp"

namespace orrery::worker {

class LastAnswer {
 public:
  explicit LastAnswer(const Config& config);

  /// `head`: of a response to HEAD.
  [[nodiscard]] std::string_view bytes(bool head) const { return {text_.data(), head ? head_size_ : text_.size()}; }

 private:
  std::string text_;
  std::size_t head_size_;
};

}  // namespace orrery::worker
