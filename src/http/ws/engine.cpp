#include "http/ws/engine.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace orrery::http::ws {

namespace {

unsigned byte_of(char c) { return static_cast<unsigned char>(c); }

/// Appends `bytes` without their mask, whose next byte is mask[at].
void append_unmasked(std::string& to, std::string_view bytes, const std::array<char, 4>& mask, std::size_t at) {
  const std::size_t begin = to.size();
  to.append(bytes);
  char* const room = to.data() + begin;
  std::array<char, 8> twice{};
  for (std::size_t i = 0; i < twice.size(); ++i) twice[i] = mask[(at + i) % 4];
  std::uint64_t key = 0;
  std::memcpy(&key, twice.data(), sizeof key);
  std::size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, room + i, sizeof word);
    word ^= key;
    std::memcpy(room + i, &word, sizeof word);
  }
  for (; i < bytes.size(); ++i) room[i] = static_cast<char>(byte_of(room[i]) ^ byte_of(twice[i % 8]));
}

}  // namespace

void Engine::receive(std::string_view bytes, Listener& listener) {
  bool more = true;
  while (more && state_ != State::kOver)
    more = state_ == State::kHead ? take_head(bytes, listener) : take_payload(bytes, listener);
}

bool Engine::take_head(std::string_view& bytes, Listener& listener) {
  while (head_size_ < head_length()) {
    if (bytes.empty()) return false;
    head_[head_size_++] = bytes.front();
    bytes.remove_prefix(1);
    if (head_size_ != 2) continue;
    if (const std::uint16_t fault = judge_first_two()) return fail(fault, listener);
  }
  begin_payload();
  if (const std::uint16_t fault = judge_length()) return fail(fault, listener);
  state_ = State::kPayload;
  return true;
}

/// As far as it is known.
std::size_t Engine::head_length() const {
  if (head_size_ < 2) return 2;
  const unsigned length = byte_of(head_[1]) & 0x7fU;
  return 2 + (length < 126 ? 0U : length == 126 ? 2U : 8U) + mask_.size();
}

std::uint16_t Engine::judge_first_two() const {
  // The first frame of a message says for all of it whether it is compressed (RFC 7692, 6).
  const bool may_compress = coder_ && (opcode() == Opcode::kText || opcode() == Opcode::kBinary);
  const unsigned reserved = byte_of(head_[0]) & (may_compress ? 0x70U & ~kCompressed : 0x70U);
  const bool masked = (byte_of(head_[1]) & 0x80U) != 0;
  if (reserved != 0 || !masked) return code::kProtocolError;
  switch (opcode()) {
    case Opcode::kContinuation: return inside_ ? std::uint16_t{0} : code::kProtocolError;
    case Opcode::kText:
    case Opcode::kBinary: return inside_ ? code::kProtocolError : std::uint16_t{0};
    case Opcode::kClose:
    case Opcode::kPing:
    case Opcode::kPong: {
      const bool good = last() && (byte_of(head_[1]) & 0x7fU) <= kLargestControl;
      return good ? std::uint16_t{0} : code::kProtocolError;
    }
  }
  return code::kProtocolError;
}

void Engine::begin_payload() {
  const std::size_t bytes = head_length() - 2 - mask_.size();
  left_ = byte_of(head_[1]) & 0x7fU;
  if (bytes > 0) {
    left_ = 0;
    for (std::size_t i = 0; i < bytes; ++i) left_ = left_ << 8U | byte_of(head_[2 + i]);
  }
  std::copy_n(head_.begin() + 2 + static_cast<std::ptrdiff_t>(bytes), mask_.size(), mask_.begin());
  masked_ = 0;
  if (is_control(opcode()) || inside_) return;
  text_ = opcode() == Opcode::kText;
  compressed_ = (byte_of(head_[0]) & kCompressed) != 0;
  inside_ = true;
  check_.reset();
}

std::uint16_t Engine::judge_length() const {
  const unsigned said = byte_of(head_[1]) & 0x7fU;
  // The shortest form is the only one (RFC 6455, 5.2).
  const bool too_long = (said == 126 && left_ < 126) || (said == 127 && left_ <= 0xffff) || left_ >> 63U != 0;
  if (too_long) return code::kProtocolError;
  if (is_control(opcode())) return 0;
  return left_ > allowed() - message_.size() ? code::kTooLarge : std::uint16_t{0};
}

/// Bytes that cannot be compressed grow by less than this.
std::size_t Engine::allowed() const {
  const std::size_t grown = largest_ + (largest_ >> 10U) + 64;
  return compressed_ && grown > largest_ ? grown : largest_;
}

bool Engine::take_payload(std::string_view& bytes, Listener& listener) {
  const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  const bool data = !is_control(opcode());
  std::string& to = data ? message_ : control_;
  const std::size_t before = to.size();
  append_unmasked(to, bytes.substr(0, size), mask_, masked_);
  bytes.remove_prefix(size);
  left_ -= size;
  masked_ = static_cast<std::uint8_t>((masked_ + size) % mask_.size());
  if (data && text_ && !compressed_ && !check_.take(std::string_view{to}.substr(before)))
    return fail(code::kNoText, listener);
  return left_ == 0 && end_frame(listener);
}

bool Engine::end_frame(Listener& listener) {
  state_ = State::kHead;
  head_size_ = 0;
  if (!is_control(opcode())) return !last() || end_data(listener);
  const std::string payload = std::exchange(control_, {});
  switch (opcode()) {
    case Opcode::kPing: listener.on_ping(payload); return true;
    case Opcode::kPong: listener.on_pong(); return true;
    default: return end_close(payload, listener);
  }
}

bool Engine::end_data(Listener& listener) {
  const std::uint16_t fault = compressed_ ? inflate() : text_ && !check_.whole() ? code::kNoText : std::uint16_t{0};
  if (fault != 0) return fail(fault, listener);
  inside_ = false;
  listener.on_message(text_, std::exchange(message_, {}));
  return true;
}

std::uint16_t Engine::inflate() {
  using Outcome = coding::MessageDeflate::Outcome;
  std::string bytes;
  const Outcome outcome = coder_->inflate(message_, largest_, bytes);
  if (outcome == Outcome::kTooLarge) return code::kTooLarge;
  if (outcome == Outcome::kBad || (text_ && !is_utf8(bytes))) return code::kNoText;
  message_ = std::move(bytes);
  return 0;
}

bool Engine::end_close(std::string_view payload, Listener& listener) {
  if (payload.size() == 1) return fail(code::kProtocolError, listener);
  std::uint16_t said = code::kNone;
  std::string_view reason;
  if (!payload.empty()) {
    said = static_cast<std::uint16_t>(byte_of(payload[0]) << 8U | byte_of(payload[1]));
    reason = payload.substr(2);
    if (!is_sendable_code(said)) return fail(code::kProtocolError, listener);
    if (!is_utf8(reason)) return fail(code::kNoText, listener);
  }
  state_ = State::kOver;
  message_ = {};
  listener.on_close(said, reason);
  return false;
}

bool Engine::fail(std::uint16_t code, Listener& listener) {
  state_ = State::kOver;
  message_ = {};
  control_ = {};
  listener.on_fault(code);
  return false;
}

}  // namespace orrery::http::ws
