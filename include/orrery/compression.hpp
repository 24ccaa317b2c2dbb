// Compression: bodies as gzip, zstd or brotli, by the request's Accept-Encoding (RFC 9110, 8.4 and 12.5.3).
//
// compress() is what a handler calls on its response, or a layer on each one. What is secret stays as it is: a body
// that has a secret and something that others can choose, compressed and sent many times, gives the secret away by its
// length (BREACH). So an answer for one client alone is not compressed unless it is said to be harmless: see
// Compression::secrets. Uses processor time where it is called, in the thread of its caller. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/content_coding.hpp"
#include "orrery/export.hpp"
#include "orrery/request.hpp"
#include "orrery/response.hpp"

namespace orrery {

struct Compression {
  /// Of equal weight for the client, the first.
  std::vector<ContentCoding> codings = {ContentCoding::kBrotli, ContentCoding::kZstd, ContentCoding::kGzip};
  /// Bodies in memory that are shorter, in bytes, stay as they are; a stream is compressed whatever comes.
  std::size_t least = 1024;
  /// 1 (quick) to 9 (small).
  int level = 5;
  /// Compress also what is for one client alone: the answer to a request with Cookie or Authorization, an answer that
  /// sets a cookie or says `Cache-Control: private`. Without it such an answer is compressed only when its own
  /// Cache-Control says `public`.
  bool secrets = false;
};

/// Compresses the body of `response` when that pays and the client takes it: sets Content-Encoding and Vary, and makes
/// a strong ETag weak. A stream is compressed piece by piece, each piece flushed, so that the client has all that was
/// said. Left alone are: a Content-Encoding of its own, `Cache-Control: no-transform`, 206 and whatever answers ranges
/// (Accept-Ranges), parts of files, media types that compressing does not pay for, and 204, 304 and other answers
/// without a body.
ORRERY_EXPORT void compress(const Request& request, Response& response, const Compression& compression);
/// As a default Compression says.
ORRERY_EXPORT void compress(const Request& request, Response& response);

/// `bytes` in one of the codings, for constants that are compressed once; kIdentity gives them back.
[[nodiscard]] ORRERY_EXPORT std::string compressed(std::string_view bytes, ContentCoding coding, int level = 9);

}  // namespace orrery
