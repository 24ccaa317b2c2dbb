// Trailers: the fields behind the body of an answer (RFC 9110, 6.5): which may stand there, and the body that is pulled
// and has them.
//
// A client reads them when it has the body, or never: what frames, routes, authenticates or is needed before the body
// stays in the head, and a field that the head has not announced is not sent. Pure; it must never decide whether an
// answer can carry trailers, which is its protocol's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/response.hpp"
#include "orrery/result.hpp"

namespace orrery::http {

using FieldList = std::vector<Response::FieldPair>;

/// Why a field of this name may not stand behind the body of an answer.
Result<void> judge_trailer_name(std::string_view name);
/// Why these may not stand behind a body whose head has announced the names in `announced`, a list with commas.
Result<void> judge_trailers(std::string_view announced, const FieldList& trailers);
/// Puts the field `Trailer` into a head whose body has them.
[[gnu::cold]] void announce_trailers(Response& head);

/// A body that is made piece by piece, and what stands behind it.
class PulledBody {
 public:
  /// Takes both out of the response.
  explicit PulledBody(Response& response)
      : pull_(response.take_pull()), make_(response.take_trailers()), announced_(response.trailer_names()) {}

  /// See Response::Pull.
  bool operator()(std::string& out) { return pull_(out); }
  /// After the last piece. Throws std::runtime_error where what was made cannot be sent.
  [[nodiscard]] FieldList trailers() { return make_ ? make() : FieldList{}; }

 private:
  [[gnu::cold]] FieldList make();

  Response::Pull pull_;
  Response::MakeTrailers make_;
  std::string announced_;
};

}  // namespace orrery::http
