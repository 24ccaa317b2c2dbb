// Frames of HTTP/2, built by hand and read back: what a client may send, and what no library would let it send.
//
// Header blocks are written as literals without indexing (RFC 7541, 6.2.2), so that a test sees its own bytes; those
// that come are read by nghttp2's decompressor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct nghttp2_hd_inflater;

namespace orrery::test::http2 {

enum Type : std::uint8_t {
  kData = 0,
  kHeaders = 1,
  kPriority = 2,
  kRstStream = 3,
  kSettings = 4,
  kPushPromise = 5,
  kPing = 6,
  kGoaway = 7,
  kWindowUpdate = 8,
  kContinuation = 9
};
inline constexpr std::uint8_t kEndStream = 1;
inline constexpr std::uint8_t kAck = 1;
inline constexpr std::uint8_t kEndHeaders = 4;
inline constexpr std::uint8_t kPadded = 8;
inline constexpr std::uint8_t kWithPriority = 32;
inline constexpr std::string_view kPreface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

using Fields = std::vector<std::pair<std::string, std::string>>;

std::string number(std::uint32_t value, int bytes = 4);
/// One frame, whatever stands in it.
std::string frame(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload = {});
/// The fields as one header block.
std::string block(const Fields& fields);
/// GET / and what is given beside or instead; a name that is there replaces the value, one with an empty value goes.
Fields get(const Fields& other = {});
std::string headers(std::uint32_t stream, const Fields& fields, std::uint8_t flags = kEndHeaders | kEndStream);
std::string data(std::uint32_t stream, std::string_view bytes, std::uint8_t flags = 0);
std::string settings(const std::vector<std::pair<std::uint16_t, std::uint32_t>>& entries = {});
std::string setting(std::uint16_t id, std::uint32_t value);
std::string reset(std::uint32_t stream, std::uint32_t error = 8);
std::string window(std::uint32_t stream, std::uint32_t size);
std::string ping(std::string_view eight = "12345678", std::uint8_t flags = 0);
std::string name_of_error(std::uint32_t code);

/// One response, or as much as has come of it.
struct Answer {
  int status = 0;
  std::vector<int> interim;
  Fields interim_fields;
  Fields fields;
  std::string body;
  Fields trailers;
  std::size_t block_bytes = 0;  ///< of its header blocks, compressed
  bool whole = false;
  [[nodiscard]] std::string field(std::string_view name) const;
};

/// Reads what a server sends.
class Reader {
 public:
  Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();

  /// Throws std::runtime_error for bytes that are no frames.
  void read(std::string_view bytes);
  /// What happened since the last call, but its first SETTINGS and the window of the connection: "200 1", "data 1 5",
  /// "trailers 1", "end 1", "reset 1 CANCEL", "goaway 3 NO_ERROR", "ping", "pong 12345678", "acked".
  std::vector<std::string> take_events() { return std::exchange(events_, {}); }
  [[nodiscard]] const Answer& answer(std::uint32_t stream) { return answers_[stream]; }
  [[nodiscard]] const std::map<std::uint32_t, Answer>& answers() const { return answers_; }
  /// Bytes by which the window of the stream was opened, beside the first 65,535.
  [[nodiscard]] std::uint64_t opened(std::uint32_t stream) { return opened_[stream]; }
  /// Of the server's first SETTINGS.
  [[nodiscard]] const std::map<std::uint16_t, std::uint32_t>& settings() const { return settings_; }

 private:
  void take(std::uint8_t type, std::uint8_t flags, std::uint32_t stream, std::string_view payload);
  void take_headers(std::uint32_t stream, std::string_view payload);
  /// Where the fields behind it belong.
  Fields& take_status(Answer& answer, std::uint32_t stream, const std::string& value);
  void take_settings(std::uint8_t flags, std::string_view payload);
  void end(std::uint32_t stream);

  struct Free {
    void operator()(nghttp2_hd_inflater* inflater) const noexcept;
  };
  std::unique_ptr<nghttp2_hd_inflater, Free> inflater_;
  std::string held_;
  std::vector<std::string> events_;
  std::map<std::uint32_t, Answer> answers_;
  std::map<std::uint32_t, std::uint64_t> opened_;
  std::map<std::uint16_t, std::uint32_t> settings_;
};

}  // namespace orrery::test::http2
