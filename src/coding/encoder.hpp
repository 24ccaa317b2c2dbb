// Encoder: one body on its way into a content coding, piece by piece.
//
// Each coding is a file of its own, the only one that knows its library: gzip.cpp (zlib), zstd.cpp, brotli.cpp. An
// encoder belongs to one body and ends with it; no two threads use it at once. Throws std::bad_alloc where there is no
// memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "orrery/content_coding.hpp"

namespace orrery::coding {

enum class Flush : std::uint8_t {
  kPiece,  ///< all that was given so far can be decoded from what is written
  kEnd,    ///< the body is complete; nothing may follow
};

class Encoder {
 public:
  Encoder() = default;
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;
  virtual ~Encoder() = default;

  /// Appends what becomes of `bytes` to `out`.
  virtual void encode(std::string_view bytes, std::string& out, Flush flush) = 0;
};

/// `level`: 1 to 9. `size`: of the whole body where it is known, else 0.
std::unique_ptr<Encoder> make_gzip_encoder(int level);
std::unique_ptr<Encoder> make_zstd_encoder(int level, std::size_t size);
std::unique_ptr<Encoder> make_brotli_encoder(int level, std::size_t size);

/// Null for kIdentity.
std::unique_ptr<Encoder> make_encoder(ContentCoding coding, int level, std::size_t size);

}  // namespace orrery::coding
