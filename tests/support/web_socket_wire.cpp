#include "support/web_socket_wire.hpp"

#include <array>

namespace orrery::test {

namespace {

constexpr std::array<unsigned char, 4> kMask{0x37, 0xfa, 0x21, 0x3d};
unsigned byte_of(char c) { return static_cast<unsigned char>(c); }

}  // namespace

unsigned SeenFrame::code() const {
  return opcode == 8 && payload.size() >= 2 ? byte_of(payload[0]) << 8U | byte_of(payload[1]) : 0;
}

std::string client_frame(unsigned first, std::string_view payload) {
  std::string frame{static_cast<char>(first)};
  const std::size_t bytes = payload.size() < 126 ? 0 : payload.size() < 65536 ? 2 : 8;
  frame += static_cast<char>(0x80U | (bytes == 0 ? payload.size() : bytes == 2 ? 126U : 127U));
  for (std::size_t i = bytes; i-- > 0;) frame += static_cast<char>(payload.size() >> (8 * i) & 0xffU);
  for (const unsigned char byte : kMask) frame += static_cast<char>(byte);
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(byte_of(payload[i]) ^ kMask[i % 4]);
  return frame;
}

std::string client_close(unsigned code, std::string_view reason) {
  std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
  return client_frame(0x88, payload.append(reason));
}

std::string open_request(std::string_view target, std::string_view fields) {
  std::string more{"Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"};
  more.append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n").append(fields);
  return request("GET " + std::string{target}, more);
}

bool WebSocketWire::open(std::string_view target, std::string_view fields) {
  if (!wire_->send(open_request(target, fields))) return false;
  answer_ = wire_->read();
  // The key is that of RFC 6455, 1.3, and so is what proves it.
  return answer_.status == 101 && answer_.field("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
}

bool WebSocketWire::need(std::string& bytes, std::size_t size) {
  while (bytes.size() < size) {
    const std::string some = wire_->read_some(size - bytes.size());
    if (some.empty()) return false;
    bytes += some;
  }
  return true;
}

SeenFrame WebSocketWire::read() {
  SeenFrame frame;
  std::string head;
  const auto fail = [&] {
    frame.problem = wire_->ended().empty() ? "silent" : wire_->ended();
    return frame;
  };
  if (!need(head, 2)) return fail();
  frame.last = (byte_of(head[0]) & 0x80U) != 0;
  frame.opcode = byte_of(head[0]) & 0x7fU;
  std::size_t size = byte_of(head[1]);
  if (size > 127) {
    frame.problem = "masked";
    return frame;
  }
  if (size > 125) {
    std::string length;
    if (!need(length, size == 126 ? 2 : 8)) return fail();
    size = 0;
    for (const char byte : length) size = size << 8U | byte_of(byte);
  }
  if (!need(frame.payload, size)) return fail();
  return frame;
}

}  // namespace orrery::test
