// Target: what a request asks for (RFC 9112, 3.2): origin form, absolute form, or `*`.
//
// Splits the target, decodes the path once, resolves dot segments. Pure. A path is refused rather than guessed at: bad
// escapes and %00 never reach a handler, and %2F never as a slash that separates segments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/config.hpp"

#include "base/reject.hpp"

namespace orrery::http {

/// Parts of a target; views into it.
struct Target {
  std::string_view authority;  ///< absolute form only: host[:port]
  std::string_view path;       ///< undecoded; "/" when an absolute form has none; "*" for the asterisk form
  std::string_view query;      ///< behind the first `?`
};

/// Splits `target`. Nothing when it is none of the forms this server answers (CONNECT's authority form among them).
std::optional<Target> split_target(std::string_view target);

/// True when the path needs no decoding and no dot segment has to be resolved.
bool is_plain_path(std::string_view path);

/// A path without escapes and dot segments.
struct NormalPath {
  std::string text;
  std::vector<std::uint32_t> slashes;  ///< where in it an encoded slash was kept, each as `%2F`
};

/// Decodes `path` and resolves its dot segments (RFC 3986, 5.2.4) into `out`; or says why not: an escape is bad or
/// decodes to NUL, or to `/` where that is not kept. Never climbs above the root.
std::optional<base::Reject> normalize_path(std::string_view path, EncodedSlash slash, NormalPath& out);

/// Appends `text`, of which `slashes` (offsets in ascending order, the first byte being at `begin`) are `%2F`, with
/// these as `/`.
void append_with_slashes(std::string& out, std::string_view text, std::size_t begin,
                         const std::vector<std::uint32_t>& slashes);

/// Decodes one component of a query: escapes, and `+` as a space. A bad escape stands for itself.
std::string decode_query_component(std::string_view text);

/// host[:port] as RFC 3986, 3.2 has it, without userinfo; not empty.
bool is_valid_authority(std::string_view authority);

}  // namespace orrery::http
