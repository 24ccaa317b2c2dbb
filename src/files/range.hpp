// Range: which bytes of a body a client asks for (RFC 9110, 14). Pure; any thread.
//
// One range of bytes is answered. Of a field that asks for several, of another unit, or that cannot be read, nothing is
// done, as 14.2 allows: the client gets the whole body with 200. So nobody can have one file sent many times in one
// answer.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery::files {

struct Range {
  enum class Kind : std::uint8_t {
    kWhole,          ///< 200
    kPart,           ///< 206, of `length` bytes from `offset` on; at least one
    kUnsatisfiable,  ///< 416
  } kind = Kind::kWhole;
  std::uint64_t offset = 0;
  std::uint64_t length = 0;

  friend bool operator==(const Range&, const Range&) = default;
};

/// What `field`, the value of a Range field, means for a body of `size` bytes.
[[nodiscard]] Range read_range(std::string_view field, std::uint64_t size) noexcept;

/// `bytes 0-499/1234`, or `bytes */1234`.
[[nodiscard]] std::string content_range(const Range& range, std::uint64_t size);

}  // namespace orrery::files
