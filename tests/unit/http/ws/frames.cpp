#include "http/ws/frames.hpp"

#include <catch2/catch.hpp>

namespace orrery::http::ws {
namespace {

using namespace std::string_literals;

std::string frame(Opcode opcode, std::string_view payload) {
  std::string out;
  append_frame(out, opcode, payload);
  return out;
}

std::string close(std::uint16_t code, std::string_view reason) {
  std::string out;
  append_close(out, code, reason);
  return out;
}

}  // namespace

TEST_CASE("frames: a compressed message has the first reserved bit, whatever its length") {
  for (const std::size_t size : {5UL, 200UL, 70'000UL}) {
    std::string plain, marked;
    append_frame(plain, Opcode::kText, std::string(size, 'x'));
    append_frame(marked, Opcode::kText, std::string(size, 'x'), true);
    CHECK(static_cast<unsigned char>(marked[0]) == 0xc1);
    CHECK(marked.substr(1) == plain.substr(1));
  }
}

TEST_CASE("WebSocket frames: lengths take the shortest form, and nothing is masked") {
  struct Row {
    const char* name;
    std::size_t size;
    std::string head;
  };
  for (const Row& row :
       {Row{"empty", 0, "\x81\x00"s}, Row{"125", 125, "\x81\x7d"s}, Row{"126", 126, "\x81\x7e\x00\x7e"s},
        Row{"65535", 65535, "\x81\x7e\xff\xff"s}, Row{"65536", 65536, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s}}) {
    INFO(row.name);
    const std::string payload(row.size, 'x');
    CHECK(frame(Opcode::kText, payload) == row.head + payload);
  }
  CHECK(frame(Opcode::kBinary, "b") == "\x82\x01"s + "b");
  CHECK(frame(Opcode::kPing, "") == "\x89\x00"s);
  CHECK(frame(Opcode::kPong, "p") == "\x8a\x01"s + "p");
}

TEST_CASE("WebSocket frames: a close has a code and a reason that fits") {
  CHECK(close(1000, "") == "\x88\x02\x03\xe8"s);
  CHECK(close(1001, "away") == "\x88\x06\x03\xe9"s + "away");
  CHECK(close(code::kNone, "not sent") == "\x88\x00"s);
  CHECK(close(1000, std::string(123, 'x')).size() == 2 + 125);
  CHECK(close(1000, std::string(200, 'x')).size() == 2 + 125);
  // No half of a character.
  CHECK(close(1000, std::string(122, 'x') + "\xc3\xa9").size() == 2 + 2 + 122);
  CHECK(close(1000, std::string(121, 'x') + "\xc3\xa9").size() == 2 + 2 + 123);
  CHECK(close(1000, std::string(122, 'x') + "\xf0\x9f\x98\x80").size() == 2 + 2 + 122);
}

}  // namespace orrery::http::ws
