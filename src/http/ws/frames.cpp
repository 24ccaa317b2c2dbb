#include "http/ws/frames.hpp"

#include <algorithm>
#include <array>

namespace orrery::http::ws {

void append_frame(std::string& out, Opcode opcode, std::string_view payload, bool compressed) {
  constexpr unsigned kLast = 0x80;
  std::array<char, 10> head{};
  std::size_t size = 2;
  head[0] = static_cast<char>(kLast | (compressed ? kCompressed : 0U) | static_cast<unsigned>(opcode));
  if (payload.size() < 126) {
    head[1] = static_cast<char>(payload.size());
  } else {
    const std::size_t bytes = payload.size() <= 0xffff ? 2 : 8;
    head[1] = bytes == 2 ? 126 : 127;
    for (std::size_t i = 0; i < bytes; ++i) head[size++] = static_cast<char>(payload.size() >> (8 * (bytes - 1 - i)));
  }
  out.reserve(out.size() + size + payload.size());
  out.append(head.data(), size).append(payload);
}

void append_close(std::string& out, std::uint16_t code, std::string_view reason) {
  if (code == code::kNone) return append_frame(out, Opcode::kClose, {});
  std::size_t size = std::min(reason.size(), kLargestControl - 2);
  while (size < reason.size() && size > 0 && (static_cast<unsigned char>(reason[size]) & 0xc0U) == 0x80) --size;
  std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  append_frame(out, Opcode::kClose, payload.append(reason.substr(0, size)));
}

}  // namespace orrery::http::ws
