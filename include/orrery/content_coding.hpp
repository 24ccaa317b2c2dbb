// Content codings: which form of a body a client gets, by its Accept-Encoding (RFC 9110, 12.5.3).
//
// It chooses among forms and never makes one; compression.hpp does. Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "orrery/export.hpp"
#include "orrery/request.hpp"

namespace orrery {

enum class ContentCoding : std::uint8_t { kIdentity, kGzip, kZstd, kBrotli };

/// As Content-Encoding has it: "gzip", "zstd", "br"; "identity", which no field ever has.
[[nodiscard]] ORRERY_EXPORT std::string_view name_of(ContentCoding coding) noexcept;

/// The acceptable one that the client weighs highest; of equal ones the first of `made`, and identity, which need not
/// stand there, last. A client that says nothing gets identity. Nothing when the client refuses all there are, identity
/// too. `accept_encoding` is the value of the field, several fields joined by commas.
[[nodiscard]] ORRERY_EXPORT std::optional<ContentCoding> choose_coding(std::optional<std::string_view> accept_encoding,
                                                                       std::span<const ContentCoding> made) noexcept;

/// All Accept-Encoding fields of the request as one; nothing when there is none.
[[nodiscard]] ORRERY_EXPORT std::optional<std::string> accepted_codings(const Request& request);

/// True when the media type is of text or of what is packed as badly as text: compressing it pays.
[[nodiscard]] ORRERY_EXPORT bool is_compressible(std::string_view media_type) noexcept;

}  // namespace orrery
