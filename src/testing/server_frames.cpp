#include "testing/server_frames.hpp"

#include <array>
#include <utility>

#include "http/ws/frames.hpp"

namespace orrery::testing {

using http::ws::Opcode;

namespace {

constexpr std::array<char, 4> kMask{'m', 'a', 's', 'k'};
unsigned byte_of(char c) { return static_cast<unsigned char>(c); }

}  // namespace

std::string client_frame(unsigned opcode, std::string_view payload, bool compressed) {
  std::string frame;
  http::ws::append_frame(frame, static_cast<Opcode>(opcode), payload, compressed);
  const std::size_t head = frame.size() - payload.size();
  frame[1] = static_cast<char>(byte_of(frame[1]) | 0x80U);
  frame.insert(head, kMask.data(), kMask.size());
  for (std::size_t i = 0; i < payload.size(); ++i) {
    char& byte = frame[head + kMask.size() + i];
    byte = static_cast<char>(byte_of(byte) ^ byte_of(kMask[i % kMask.size()]));
  }
  return frame;
}

void ServerFrames::agree_on_deflate() {
  if (!coder_) coder_ = std::make_unique<coding::MessageDeflate>();
}

std::string ServerFrames::message(unsigned opcode, std::string_view payload) {
  if (!coder_) return client_frame(opcode, payload);
  std::string compressed;
  coder_->deflate(payload, coding::kLargestWindow, compressed);
  return client_frame(opcode, compressed, true);
}

std::string ServerFrames::inflated(std::string_view payload) {
  std::string bytes;
  if (coder_->inflate(payload, SIZE_MAX - 1, bytes) != coding::MessageDeflate::Outcome::kWhole)
    fault_ = "a compressed message cannot be inflated";
  return bytes;
}

std::string ServerFrames::take(std::string_view bytes) {
  std::string answers;
  held_.append(bytes);
  while (fault_.empty() && !closed_ && step(answers)) {
  }
  return answers;
}

std::optional<WebSocketMessage> ServerFrames::next() {
  if (messages_.empty()) return std::nullopt;
  std::optional<WebSocketMessage> first{std::move(messages_.front())};
  messages_.pop_front();
  return first;
}

bool ServerFrames::step(std::string& answers) {
  if (held_.size() < 2) return false;
  const unsigned first = byte_of(held_[0]);
  const unsigned length = byte_of(held_[1]);
  const bool compressed = coder_ && (first & http::ws::kCompressed) != 0 && (first & 0x0fU) <= 2;
  const unsigned reserved = first & (compressed ? 0x30U : 0x70U);
  if ((first & 0x80U) == 0 || reserved != 0 || length > 127) {
    fault_ = "a frame is not whole, or is masked, or has a reserved bit";
    return false;
  }
  const std::size_t more = length < 126 ? 0 : length == 126 ? 2 : 8;
  if (held_.size() < 2 + more) return false;
  std::size_t size = more == 0 ? length : 0;
  for (std::size_t i = 0; i < more; ++i) size = size << 8U | byte_of(held_[2 + i]);
  if (held_.size() - 2 - more < size) return false;
  std::string payload = held_.substr(2 + more, size);
  held_.erase(0, 2 + more + size);
  if (compressed) payload = inflated(payload);
  take_frame(first & 0x0fU, std::move(payload), answers);
  return true;
}

void ServerFrames::take_frame(unsigned opcode, std::string payload, std::string& answers) {
  switch (static_cast<Opcode>(opcode)) {
    case Opcode::kText:
    case Opcode::kBinary: messages_.push_back({opcode == 1, std::move(payload)}); return;
    case Opcode::kPing:
      ++pings_;
      answers += client_frame(static_cast<unsigned>(Opcode::kPong), payload);
      return;
    case Opcode::kPong: return;
    case Opcode::kClose:
      closed_ = true;
      code_ = http::ws::code::kNone;
      if (payload.size() >= 2) code_ = static_cast<std::uint16_t>(byte_of(payload[0]) << 8U | byte_of(payload[1]));
      if (payload.size() > 2) reason_ = payload.substr(2);
      if (!std::exchange(closing_, true)) answers += client_frame(opcode, payload.substr(0, 2));
      return;
    case Opcode::kContinuation: break;
  }
  fault_ = "a frame has an opcode that no server sends";
}

}  // namespace orrery::testing
