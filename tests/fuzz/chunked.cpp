// Chunked: a chunked request body, against a decoder of the test's own (RFC 9112, 7.1).
//
// What the server accepts has the same body, the same trailers and the same end for both; and a plain body is never
// refused. Input: a byte of flags (1: low limits), the size of the pieces (0: whole), then the body and what follows
// it.
#include <optional>

#include "fuzz/claim.hpp"
#include "fuzz/input.hpp"
#include "fuzz/limits.hpp"
#include "support/connection_driver.hpp"

namespace orrery::fuzz {
namespace {

constexpr std::string_view kHead = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

struct Decoded {
  std::string body;
  std::vector<std::pair<std::string, std::string>> trailers;
  std::size_t end = 0;
  bool plain = true;  ///< no extension, no trailer, no size of more than 16 digits
};

/// Reads the body step by step; each step is empty when the grammar is broken or the bytes end.
class Decoder {
 public:
  explicit Decoder(std::string_view bytes) : bytes_(bytes) {}

  std::optional<Decoded> decode() {
    for (;;) {
      const auto size = take_size();
      if (!size) return {};
      if (*size == 0) break;
      if (*size > bytes_.size() - at_) return {};
      out_.body += bytes_.substr(at_, *size);
      at_ += *size;
      if (bytes_.substr(at_, 2) != "\r\n") return {};
      at_ += 2;
    }
    if (!take_trailers()) return {};
    out_.end = at_;
    return out_;
  }

 private:
  /// A line without its CRLF; a CR or LF alone breaks it.
  std::optional<std::string_view> take_line() {
    const std::size_t stop = bytes_.find_first_of("\r\n", at_);
    if (stop == std::string_view::npos || bytes_.substr(stop, 2) != "\r\n") return {};
    const std::string_view line = bytes_.substr(at_, stop - at_);
    at_ = stop + 2;
    return line;
  }

  std::optional<std::size_t> take_size() {
    const auto line = take_line();
    if (!line) return {};
    const std::string_view digits = line->substr(0, line->find(';'));
    out_.plain = out_.plain && digits.size() == line->size() && digits.size() <= 16;
    if (digits.empty() || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) return {};
    const std::size_t first = digits.find_first_not_of('0');
    if (first == std::string_view::npos) return 0;
    if (digits.size() - first > 16) return {};
    return std::stoull(std::string{digits}, nullptr, 16);
  }

  bool take_trailers() {
    for (;;) {
      const auto line = take_line();
      if (!line) return false;
      if (line->empty()) return true;
      out_.plain = false;
      const std::size_t colon = line->find(':');
      if (colon == std::string_view::npos) return false;
      std::string_view value = line->substr(colon + 1);
      while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
      while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
      const std::string name{line->substr(0, colon)};
      if (name.find('_') == std::string::npos) out_.trailers.emplace_back(name, value);  // header_map: drop
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  Decoded out_;
};

/// Feeds the body in pieces; the number of bytes fed when the handler got the request, or nothing.
std::optional<std::size_t> feed(test::ConnectionDriver& driver, std::string_view bytes, std::size_t piece) {
  driver.receive(kHead);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min(piece, bytes.size() - at);
    driver.receive(bytes.substr(at, size));
    at += size;
    if (!driver.requests().empty()) return at;
  }
  return {};
}

void check_same(const test::ConnectionDriver& driver, const Decoded& decoded) {
  const test::SeenRequest& seen = driver.requests().front();
  claim(seen.body == decoded.body, "an accepted body is what the decoder reads");
  claim(seen.trailers == decoded.trailers, "accepted trailers are what the decoder reads");
}

void run(Input input) {
  const bool low = (input.take_byte() & 1) != 0;
  const std::size_t step = input.take_byte();
  const std::string_view bytes = input.take_rest();
  Config config = limits_for(low);
  config.limit_request_line = 100;
  config.limit_request_field_size = low ? 48 : 8190;
  const auto decoded = Decoder{bytes}.decode();

  test::ConnectionDriver pieces{config};
  feed(pieces, bytes, step == 0 ? bytes.size() : step);
  test::ConnectionDriver drip{config};
  const auto end = feed(drip, bytes, 1);
  claim(pieces.requests().empty() == drip.requests().empty(), "acceptance does not depend on the split");
  if (drip.requests().empty()) {
    const bool must = decoded && decoded->plain && decoded->body.size() <= config.limit_request_body;
    return claim(!must, "a plain body within its limit is accepted");
  }
  claim(decoded.has_value(), "an accepted body is a chunked body");
  claim(*end == decoded->end, "an accepted body ends where the decoder ends it");
  claim(decoded->body.size() <= config.limit_request_body, "an accepted body is within its limit");
  check_same(drip, *decoded);
  check_same(pieces, *decoded);
}

}  // namespace
}  // namespace orrery::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  orrery::fuzz::run({data, size});
  return 0;
}
