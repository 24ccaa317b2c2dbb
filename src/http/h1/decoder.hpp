// Decoder: what reads the bytes of one HTTP/1.1 request: the guards, and the parser behind them.
//
// Borrowed from the worker's DecoderPool while a request is unfinished: an idle connection has none. It holds nothing
// of the request itself, which goes into the Message. Loop thread only; a handler never sees it.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "base/spares.hpp"
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
  /// For a new request.
  std::unique_ptr<Decoder> take() {
    std::unique_ptr<Decoder> decoder = spares_.take();
    if (!decoder) return std::make_unique<Decoder>();
    decoder->guard.reset();
    return decoder;
  }
  void give_back(std::unique_ptr<Decoder> decoder) { spares_.keep(decoder); }

 private:
  base::Spares<Decoder, 64> spares_;
};

}  // namespace orrery::http::h1
