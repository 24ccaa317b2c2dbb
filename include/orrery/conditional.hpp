// Conditional answers: what If-Match, If-Unmodified-Since, If-None-Match, If-Modified-Since and If-Range make of an
// answer that would be 200 (RFC 9110, 13).
//
// Several fields of one name are one list (RFC 9110, 5.3). For GET and HEAD only: what changes something must look at
// its own state before it acts. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/export.hpp"
#include "orrery/http_date.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"

namespace orrery {

enum class Precondition : std::uint8_t {
  kMet,          ///< the answer
  kNotModified,  ///< 304: the client has it
  kFailed,       ///< 412: the client wants this answer or none
};

/// What tells one state of an answer from another.
struct Validators {
  std::string_view entity_tag = {};  ///< as its field has it, `"…"` or `W/"…"`; empty = it has none
  std::optional<HttpTime> last_modified = {};
};

/// In the order of 13.2.2. Without an entity tag no If-Match but `*` holds, and If-None-Match is not asked; without a
/// time the two conditions about time are not asked either.
[[nodiscard]] ORRERY_EXPORT Precondition evaluate(const Request& request, const Validators& validators) noexcept;

/// What If-Range says (13.1.5): false when the client's part is of another state, so that Range must be ignored.
[[nodiscard]] ORRERY_EXPORT bool range_holds(const Request& request, const Validators& validators) noexcept;

/// A strong entity tag made from the bytes: `"0123456789abcdef"`. It tells states of one thing apart, and is no proof
/// against somebody who chooses the bytes.
[[nodiscard]] ORRERY_EXPORT std::string entity_tag(std::string_view bytes);

/// Makes of a 200 for GET or HEAD what the request's conditions ask for: it stays, or becomes 304 with the fields such
/// an answer keeps, or 412. The validators are its own ETag and Last-Modified; a body in memory without an ETag gets
/// one from its bytes, unless its Cache-Control says no-store. Any other response stays as it is.
ORRERY_EXPORT void make_conditional(const Request& request, Response& response);

}  // namespace orrery
