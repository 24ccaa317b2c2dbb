// Content codings: which form of a file a client gets, by its Accept-Encoding (RFC 9110, 12.5.3).
//
// Pure; any thread. It chooses among forms that were made when the program was built, and never compresses.
#pragma once

#include <optional>
#include <string_view>

namespace orrery::planets {

enum class ContentCoding { kIdentity, kGzip, kBrotli };

/// Which forms there are beside identity.
struct CodingsMade {
  bool gzip = false;
  bool brotli = false;
};

/// The acceptable form the client weighs highest; of equal ones the smallest (brotli, gzip, identity). A client that
/// says nothing gets identity. Nothing when the client refuses all there are, identity too. `accept_encoding` is the
/// value of the field, several fields joined by commas.
[[nodiscard]] std::optional<ContentCoding> choose_coding(std::optional<std::string_view> accept_encoding,
                                                         CodingsMade made) noexcept;

}  // namespace orrery::planets
