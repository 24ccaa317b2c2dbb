// ChunkGuard: refuses what no honest client sends in a chunked body (RFC 9112, 7.1), before the parser sees it.
//
// What Guard is for the head. Pure: no clock, no socket; it keeps a copy of a line that is not complete, and of nothing
// else. It must never let a line pass that two readers could read in two ways.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "orrery/config.hpp"

#include "base/reject.hpp"
#include "http/h1/guard.hpp"

namespace orrery::http::h1 {

/// Watches the framing of one chunked body: sizes, extensions, CRLFs, trailers. A size is judged against the limit of
/// the body before its data comes. What is wrong is found, and named, at the same byte however the bytes are split.
class ChunkGuard {
 public:
  /// Longest chunk-size line in bytes, extensions included.
  static constexpr std::size_t kMaxSizeLine = 256;

  /// Judges the next bytes. kMore: nothing is wrong so far; kComplete: the body ends after `consumed` of them.
  Verdict scan(std::string_view bytes, const Config& limits, std::uint64_t body_limit);
  /// The beginning of a line whose end has not come: seen, but not judged.
  [[nodiscard]] std::string_view unfinished() const { return partial_; }

  void reset();

 private:
  enum class State : std::uint8_t { kSizeLine, kData, kDataEnd, kTrailer };
  [[nodiscard]] std::optional<base::Reject> check_beginning(std::string_view line, const Config& limits) const;
  std::optional<base::Reject> take_size_line(std::string_view line, std::uint64_t body_limit);
  std::optional<base::Reject> take_trailer_line(std::string_view line, const Config& limits);
  std::optional<base::Reject> take_line(std::string_view line, const Config& limits, std::uint64_t body_limit,
                                        bool& done);

  State state_ = State::kSizeLine;
  std::uint64_t data_left_ = 0;       ///< of the current chunk
  std::uint64_t data_announced_ = 0;  ///< in all chunks so far
  std::uint32_t trailer_fields_ = 0;
  std::uint64_t trailer_bytes_ = 0;
  std::string partial_;  ///< beginning of a line that is not complete yet
};

}  // namespace orrery::http::h1
