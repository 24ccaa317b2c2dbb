// AnswerReader: one response of another server, read from the bytes as they come. Beside Parser the only user of
// llhttp.
//
// Pure: bytes in, a status and a body out, by Content-Length, chunked, or up to the end. For the commands of the
// program (src/ctl), which ask the admin process; no worker ever reads a response. One reader reads one response.
#pragma once

#include <cstddef>
#include <cstdint>
#include <llhttp.h>
#include <string>
#include <string_view>

namespace orrery::http::h1 {

class AnswerReader {
 public:
  /// A body may be so large between two calls of take_body().
  static constexpr std::size_t kLargestBody = std::size_t{64} << 20;
  enum class State : std::uint8_t { kMore, kWhole, kBroken };

  AnswerReader();
  AnswerReader(const AnswerReader&) = delete;
  AnswerReader& operator=(const AnswerReader&) = delete;

  State take(std::string_view bytes);
  /// The server closed its side.
  State end();

  /// 0 until the whole head was read.
  [[nodiscard]] int status() const { return status_; }
  /// What has come of the body since the last call.
  std::string take_body();

 private:
  static const llhttp_settings_t* settings();

  llhttp_t parser_;
  std::string body_;
  int status_ = 0;
  State state_ = State::kMore;
};

}  // namespace orrery::http::h1
