#include "http/h1/framing.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "http/characters.hpp"
#include "http/message.hpp"
#include "http/policy.hpp"

namespace orrery::http::h1 {

using base::Protocol;
using base::Reject;
using Refusal = std::optional<Reject>;

namespace {

constexpr std::string_view kConnection = "connection";
constexpr std::string_view kTransferEncoding = "transfer-encoding";

/// What the fields say that only HTTP/1.1 has.
class Seen final : public OwnFields {
 public:
  Seen() : OwnFields(length_bit(kConnection.size()) | length_bit(kTransferEncoding.size())) {}
  Refusal judge(std::string_view name, std::string_view value) override;

  bool transfer_encoding = false;
  bool chunked = false;         ///< a transfer coding, and as yet the last
  bool unknown_coding = false;  ///< a transfer coding of another name
  bool close = false;
  bool keep_alive = false;
};

/// Length of the blanks `text` begins with.
std::size_t blanks(std::string_view text) { return std::min(text.find_first_not_of(" \t"), text.size()); }

/// Length of the token, or of the quoted-string, that `text` begins with; 0 when it begins with neither.
std::size_t word_length(std::string_view text) {
  if (!text.starts_with('"')) return token_length(text);
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1;
    if (text[i] == '\\') ++i;
  }
  return 0;
}

/// Length of the transfer-parameters that `text` begins with (RFC 9112, 7); nothing when one is malformed.
std::optional<std::size_t> parameters_length(std::string_view text) {
  std::string_view left = text;
  const auto skip_blanks = [&] { left.remove_prefix(blanks(left)); };
  for (;;) {
    const std::string_view before = left;
    skip_blanks();
    if (!left.starts_with(';')) return text.size() - before.size();
    left.remove_prefix(1);
    skip_blanks();
    const std::size_t name = token_length(left);
    left.remove_prefix(name);
    skip_blanks();
    if (name == 0 || !left.starts_with('=')) return {};
    left.remove_prefix(1);
    skip_blanks();
    const std::size_t value = word_length(left);
    if (value == 0) return {};
    left.remove_prefix(value);
  }
}

/// One line of what may be several (RFC 9110, 5.3). Empty elements are refused: what frames a body is not guessed at.
[[gnu::noinline]] Refusal take_transfer_encoding(Seen& seen, std::string_view value) {
  seen.transfer_encoding = true;
  if (!seen.chunked && equals_ignoring_case(value, "chunked")) {
    seen.chunked = true;
    return {};
  }
  for (;;) {
    value.remove_prefix(blanks(value));
    const std::string_view name = value.substr(0, token_length(value));
    const auto parameters = parameters_length(value.substr(name.size()));
    const bool chunked = equals_ignoring_case(name, "chunked");
    // `chunked` before another, twice or with parameters is a framing trick.
    if (name.empty() || !parameters || seen.chunked || (chunked && *parameters > 0)) return Reject::bad_transfer_coding;
    (chunked ? seen.chunked : seen.unknown_coding) = true;
    value.remove_prefix(name.size() + *parameters);
    value.remove_prefix(blanks(value));
    if (value.empty()) return {};
    if (value.front() != ',') return Reject::bad_transfer_coding;
    value.remove_prefix(1);
  }
}

void take_connection(Seen& seen, std::string_view value) {
  for_each_element(value, [&](std::string_view option) {
    seen.close = seen.close || equals_ignoring_case(option, "close");
    seen.keep_alive = seen.keep_alive || equals_ignoring_case(option, "keep-alive");
  });
}

Refusal decide_framing(const Seen& seen, const PolicyFindings& findings, Message& message) {
  if (seen.transfer_encoding) {
    if (findings.content_length) return Reject::length_with_coding;
    if (message.protocol == Protocol::kHttp10) return Reject::coding_on_1_0;
    if (seen.unknown_coding) return Reject::unknown_transfer_coding;
    message.framing = BodyFraming::kChunked;
  } else if (message.content_length > 0) {
    message.framing = BodyFraming::kLength;
  }
  if (message.framing == BodyFraming::kNone) message.expects_continue = false;
  return {};
}

Refusal Seen::judge(std::string_view name, std::string_view value) {
  if (equals_ignoring_case(name, kTransferEncoding)) return take_transfer_encoding(*this, value);
  if (equals_ignoring_case(name, kConnection)) take_connection(*this, value);
  return {};
}

}  // namespace

Refusal judge_head(Message& message, const Config& config, PolicyFindings& findings) {
  Seen seen;
  if (const auto reason = judge_fields(message, config, seen, findings)) return reason;
  if (!findings.host && message.protocol != Protocol::kHttp10) return Reject::missing_host;
  if (const auto reason = decide_framing(seen, findings, message)) return reason;
  message.keep_alive = !seen.close && (message.protocol != Protocol::kHttp10 || seen.keep_alive);
  return judge_target(message, config, findings);
}

}  // namespace orrery::http::h1
