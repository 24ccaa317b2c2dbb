// Negotiation: which of several media types a client wants (Accept, RFC 9110, 12.5.1), and links to related things
// (Link, RFC 8288).
//
// Codings have content_coding.hpp. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "orrery/export.hpp"
#include "orrery/request.hpp"

namespace orrery {

/// The index of the one of `offered` that the client weighs highest; of equal ones the first. The most specific range
/// that an offer matches gives it its weight: `text/html;level=1` before `text/html`, `text/*` and `*/*`. A client that
/// says nothing takes the first. Nothing when it refuses all: answer 406, or the first all the same.
[[nodiscard]] ORRERY_EXPORT std::optional<std::size_t> choose_media_type(std::optional<std::string_view> accept,
                                                                         std::span<const std::string_view> offered);
/// The same for all Accept fields of the request. Send `Vary: Accept` with what is chosen by it.
[[nodiscard]] ORRERY_EXPORT std::optional<std::size_t> choose_media_type(const Request& request,
                                                                         std::span<const std::string_view> offered);

/// One value of a Link field: `</items?page=2>; rel="next"`. Bytes that cannot stand in `target` are percent-encoded,
/// quotes in `relation` and `title` are escaped, and line breaks are spaces.
[[nodiscard]] ORRERY_EXPORT std::string link(std::string_view target, std::string_view relation,
                                             std::string_view title = {});

}  // namespace orrery
