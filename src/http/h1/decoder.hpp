// Decoder: what reads the bytes of one HTTP/1.1 request: the guards, and the parser behind them.
//
// Borrowed from the worker's DecoderPool while a request is unfinished: an idle connection has none. It holds nothing
// of the request itself, which goes into the Message. Loop thread only; a handler never sees it.
#pragma once

#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "http/h1/chunk_guard.hpp"
#include "http/h1/guard.hpp"
#include "http/h1/parser.hpp"

namespace orrery::http::h1 {

struct Decoder {
  Guard guard;
  ChunkGuard chunk_guard;  ///< reset() where a chunked body begins
  Parser parser;

  /// Reads the fields of `head`, which lies at message.bytes and which the guard has passed.
  bool parse_head(Message& message, std::string_view head) {
    head.remove_prefix(guard.request_line_length());
    return parser.parse_fields(message, head, guard.field_count());
  }
};

/// Decoders of one worker, kept for the next request.
class DecoderPool {
 public:
  DecoderPool() { free_.reserve(kKept); }

  /// For a new request.
  std::unique_ptr<Decoder> take() {
    if (free_.empty()) return std::make_unique<Decoder>();
    std::unique_ptr<Decoder> decoder = std::move(free_.back());
    free_.pop_back();
    decoder->guard.reset();
    return decoder;
  }
  void give_back(std::unique_ptr<Decoder> decoder) {
    if (free_.size() < kKept) free_.push_back(std::move(decoder));
  }

 private:
  static constexpr std::size_t kKept = 64;
  std::vector<std::unique_ptr<Decoder>> free_;
};

}  // namespace orrery::http::h1
