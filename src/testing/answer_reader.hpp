// AnswerReader: reads one answer of HTTP/1.1 as a client does: its head, its framing, its body.
//
// Pure: bytes in, a TestAnswer out; the caller owns the connection. It is for what our own server sends, so it is
// strict and has no limits; it must never read what a service's clients or upstreams say.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/test_client.hpp"

namespace orrery::testing {

class AnswerReader {
 public:
  /// `to_head`: the request was a HEAD, so that no body follows.
  explicit AnswerReader(bool to_head) : to_head_(to_head) {}

  void take(std::string_view bytes);
  /// The connection has ended.
  void end();

  [[nodiscard]] const TestAnswer& answer() const { return answer_; }
  [[nodiscard]] bool has_head() const { return answer_.status != 0; }
  /// Whole, cut off, or no HTTP.
  [[nodiscard]] bool over() const { return state_ == State::kOver; }
  /// 100 (Continue) has come.
  [[nodiscard]] bool may_continue() const { return may_continue_; }
  /// Another request may follow on the connection.
  [[nodiscard]] bool keeps() const { return over() && answer_.whole && keeps_; }
  /// Why this is no answer of HTTP; empty = it is one.
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  enum class State : std::uint8_t { kHead, kSized, kChunkSize, kChunk, kChunkEnd, kTrailers, kUntilEnd, kOver };
  using Fields = std::vector<std::pair<std::string, std::string>>;
  /// One part of the answer; false when more bytes are needed.
  bool step();
  bool read_head();
  bool read_hints(std::string_view lines);
  /// False, and it is over, when these are none.
  bool read_fields(std::string_view lines, Fields& fields);
  void choose_framing();
  bool read_data(State then);
  bool read_chunk_size();
  bool read_trailers();
  bool take_line(std::string_view& line);
  bool refuse(std::string why);

  TestAnswer answer_{.status = 0, .fields = {}, .body = {}, .whole = false};
  State state_ = State::kHead;
  bool to_head_;
  bool keeps_ = true;
  bool may_continue_ = false;
  std::string held_;        ///< came, not read yet
  std::size_t at_ = 0;      ///< what of it is read
  std::uint64_t left_ = 0;  ///< of the body or the chunk
  std::string fault_;
};

}  // namespace orrery::testing
