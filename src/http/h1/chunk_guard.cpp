#include "http/h1/chunk_guard.hpp"

#include <algorithm>

#include "http/characters.hpp"
#include "http/policy.hpp"

namespace orrery::http::h1 {

using base::Reject;

namespace {

/// Length of the leading chunk-ext-val without its `"` at the end: a token, or what may stand in a quoted-string (no
/// quoted-pair).
std::size_t extension_value_length(std::string_view text) {
  if (!text.starts_with('"')) return token_length(text);
  std::size_t i = 1;
  while (i < text.size() && text[i] >= 0x20 && text[i] < 0x7f && text[i] != '"' && text[i] != '\\') ++i;
  return i;
}

/// True when `text` is `*( ";" name [ "=" value ] )` of RFC 9112, 7.1.1, without white space; or may become it, when
/// not `whole`.
bool are_extensions(std::string_view text, bool whole) {
  while (!text.empty()) {
    if (text.front() != ';') return false;
    text.remove_prefix(1);
    const std::size_t name = token_length(text);
    text.remove_prefix(name);
    if (name == 0) return text.empty() && !whole;
    if (!text.starts_with('=')) continue;
    text.remove_prefix(1);
    const bool quoted = text.starts_with('"');
    const std::size_t value = extension_value_length(text);
    text.remove_prefix(value);
    if (text.empty()) return !whole || (value > 0 && !quoted);
    if (value == 0 || (quoted && text.front() != '"')) return false;
    if (quoted) text.remove_prefix(1);
  }
  return true;
}

/// True when `text` is, or may become, `1*16HEXDIG extensions CR`.
bool may_begin_size_line(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && hex_value(text[digits]) >= 0) ++digits;
  if (digits > 16) return false;
  text.remove_prefix(digits);
  if (digits == 0) return text.empty();
  const bool whole = text.ends_with('\r');
  return are_extensions(text.substr(0, text.size() - (whole ? 1 : 0)), whole);
}

}  // namespace

void ChunkGuard::reset() {
  state_ = State::kSizeLine;
  data_left_ = 0;
  data_announced_ = 0;
  trailer_fields_ = 0;
  trailer_bytes_ = 0;
  partial_.clear();
}

/// Judges a line, or as much of it as has come, without its LF.
std::optional<Reject> ChunkGuard::check_beginning(std::string_view line, const Config& limits) const {
  switch (state_) {
    case State::kSizeLine:
      if (!may_begin_size_line(line.substr(0, kMaxSizeLine + 1))) return Reject::bad_chunk;
      if (line.size() > kMaxSizeLine + 1) return Reject::long_chunk_extension;
      break;
    case State::kDataEnd:
      if (!line.empty() && line != "\r") return Reject::bad_chunk;
      break;
    case State::kTrailer:
      if (line.size() > limits.limit_request_field_size + 1) return Reject::long_field;
      break;
    case State::kData: break;
  }
  return {};
}

std::optional<Reject> ChunkGuard::take_size_line(std::string_view line, std::uint64_t body_limit) {
  std::uint64_t size = 0;
  for (const char c : line.substr(0, line.find(';'))) size = size << 4 | static_cast<std::uint64_t>(hex_value(c));
  if (line.empty()) return Reject::bad_chunk;
  if (size > body_limit - data_announced_) return Reject::large_body;
  data_announced_ += size;
  data_left_ = size;
  state_ = size == 0 ? State::kTrailer : State::kData;
  return {};
}

std::optional<Reject> ChunkGuard::take_trailer_line(std::string_view line, const Config& limits) {
  trailer_bytes_ += line.size() + 2;
  if (++trailer_fields_ > limits.limit_request_fields) return Reject::too_many_fields;
  if (trailer_bytes_ > limits.limit_request_head) return Reject::long_head;
  if (const auto reason = check_field_line(line)) return reason;
  return judge_trailer(line.substr(0, line.find(':')), limits);
}

std::optional<Reject> ChunkGuard::take_line(std::string_view line, const Config& limits, std::uint64_t body_limit,
                                            bool& done) {
  if (line.empty() || line.back() != '\r') return Reject::bad_chunk;
  line.remove_suffix(1);
  switch (state_) {
    case State::kSizeLine: return take_size_line(line, body_limit);
    case State::kDataEnd: state_ = State::kSizeLine; return {};
    case State::kTrailer:
      if (!line.empty()) return take_trailer_line(line, limits);
      done = true;
      return {};
    case State::kData: break;
  }
  return {};
}

Verdict ChunkGuard::scan(std::string_view bytes, const Config& limits, std::uint64_t body_limit) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    if (state_ == State::kData) {
      const std::uint64_t step = std::min<std::uint64_t>(data_left_, bytes.size() - at);
      at += static_cast<std::size_t>(step);
      data_left_ -= step;
      if (data_left_ == 0) state_ = State::kDataEnd;
      continue;
    }
    const std::size_t lf = bytes.find('\n', at);
    const bool whole = lf != std::string_view::npos;
    const std::size_t end = whole ? lf : bytes.size();
    std::string_view line = bytes.substr(at, end - at);
    if (!whole || !partial_.empty()) line = partial_.append(line);
    if (const auto reason = check_beginning(line, limits)) return Verdict::refused(*reason, at);
    if (!whole) return Verdict::more(at);
    bool done = false;
    const auto reason = take_line(line, limits, body_limit, done);
    partial_.clear();
    if (reason) return Verdict::refused(*reason, at);
    at = end + 1;
    if (done) return Verdict::complete(at);
  }
  return Verdict::more(at);
}

}  // namespace orrery::http::h1
