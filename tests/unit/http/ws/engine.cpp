// The rules of RFC 6455 for what a client says, as a table: the cases go by the topics of the Autobahn test suite.
#include "http/ws/engine.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "support/web_socket_wire.hpp"

namespace orrery::http::ws {
namespace {

using test::client_close;
using test::client_frame;
using test::client_text;
using namespace std::string_literals;

constexpr std::size_t kLargest = 70'000;

/// What an engine told, a line each.
class Heard final : public Engine::Listener {
 public:
  std::string text;

  void on_message(bool is_text, std::string&& bytes) override {
    text += (is_text ? "text " : "binary ") + shown(bytes) + "\n";
  }
  void on_ping(std::string_view payload) override { text += "ping " + shown(payload) + "\n"; }
  void on_pong() override { text += "pong\n"; }
  void on_close(std::uint16_t code, std::string_view reason) override {
    text += "close " + std::to_string(code) + " " + std::string{reason} + "\n";
  }
  void on_fault(std::uint16_t code) override { text += "fault " + std::to_string(code) + "\n"; }

  static std::string shown(std::string_view bytes) {
    return bytes.size() < 60 ? std::string{bytes} : std::to_string(bytes.size()) + " bytes of " + bytes[0];
  }
};

std::string hear(const std::string& bytes, std::size_t piece = SIZE_MAX, coding::MessageDeflate* coder = nullptr) {
  Engine engine{kLargest, coder};
  Heard heard;
  for (std::size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at)) {
    // In a block of its own, so that the sanitizer sees a view that is kept.
    const std::string some = bytes.substr(at, piece);
    engine.receive(some, heard);
  }
  return heard.text;
}

struct Case {
  const char* name;
  std::string bytes;
  std::string told;
};

std::string many(std::size_t size, char c) { return std::string(size, c); }

const std::vector<Case>& cases() {
  static const std::vector<Case> all{
      // framing
      {"an empty text", client_text(""), "text \n"},
      {"a text of 125 bytes", client_text(many(125, '*')), "text 125 bytes of *\n"},
      {"a text of 126 bytes", client_text(many(126, '*')), "text 126 bytes of *\n"},
      {"a text of 127 bytes", client_text(many(127, '*')), "text 127 bytes of *\n"},
      {"a text of 65535 bytes", client_text(many(65535, '*')), "text 65535 bytes of *\n"},
      {"a text of 65536 bytes", client_text(many(65536, '*')), "text 65536 bytes of *\n"},
      {"an empty binary message", client_frame(0x82, ""), "binary \n"},
      {"a binary message of 65536 bytes", client_frame(0x82, many(65536, '\xfe')), "binary 65536 bytes of \xfe\n"},
      {"two messages", client_text("one") + client_frame(0x82, "two"), "text one\nbinary two\n"},
      {"a frame that is not masked", "\x81\x01x"s, "fault 1002\n"},
      {"a length in 2 bytes that fits in one", "\x81\xfe\x00\x05mask....."s, "fault 1002\n"},
      {"a length in 8 bytes that fits in two", "\x81\xff\x00\x00\x00\x00\x00\x00\xff\xffmask"s, "fault 1002\n"},
      {"a length with its highest bit", "\x82\xff\x80\x00\x00\x00\x00\x00\x00\x00mask"s, "fault 1002\n"},
      // limits
      {"a text of the largest size", client_text(many(kLargest, '*')), "text 70000 bytes of *\n"},
      {"a text that is a byte larger", client_text(many(kLargest + 1, '*')), "fault 1009\n"},
      {"one that says that it is huge", "\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xffmask"s, "fault 1009\n"},
      {"fragments that are too large together", client_frame(0x02, many(kLargest, '*')) + client_frame(0x80, "*"),
       "fault 1009\n"},
      // pings
      {"a ping without payload", client_frame(0x89, ""), "ping \n"},
      {"a ping with payload", client_frame(0x89, "Hello"), "ping Hello\n"},
      {"a ping of 125 bytes", client_frame(0x89, many(125, '\xfe')), "ping 125 bytes of \xfe\n"},
      {"a ping of 126 bytes", client_frame(0x89, many(126, '\xfe')), "fault 1002\n"},
      {"a ping in two frames", client_frame(0x09, "a") + client_frame(0x80, "b"), "fault 1002\n"},
      {"a pong that nobody asked for, and a ping", client_frame(0x8a, "x") + client_frame(0x89, "y"), "pong\nping y\n"},
      // reserved bits and opcodes
      {"the first reserved bit", client_frame(0xc1, "x"), "fault 1002\n"},
      {"the second reserved bit, behind a good message", client_text("a") + client_frame(0xa1, "x"),
       "text a\nfault 1002\n"},
      {"the third reserved bit, of a ping", client_frame(0x99, "x"), "fault 1002\n"},
      {"all reserved bits, of a close", client_frame(0xf8, ""), "fault 1002\n"},
      {"opcode 3", client_frame(0x83, ""), "fault 1002\n"},
      {"opcode 7", client_frame(0x87, "x"), "fault 1002\n"},
      {"opcode 11", client_frame(0x8b, ""), "fault 1002\n"},
      {"opcode 15, behind a good message", client_text("a") + client_frame(0x8f, "x"), "text a\nfault 1002\n"},
      // fragmentation
      {"a text in two frames", client_frame(0x01, "frag") + client_frame(0x80, "ment"), "text fragment\n"},
      {"a text in many, some of them empty",
       client_frame(0x01, "") + client_frame(0x00, "a") + client_frame(0x00, "") + client_frame(0x80, "b"),
       "text ab\n"},
      {"a ping inside", client_frame(0x01, "frag") + client_frame(0x89, "p") + client_frame(0x80, "ment"),
       "ping p\ntext fragment\n"},
      {"a close inside", client_frame(0x01, "frag") + client_close(1000), "close 1000 \n"},
      {"a continuation of nothing", client_frame(0x80, "x"), "fault 1002\n"},
      {"one that is not the last, of nothing", client_frame(0x00, "x"), "fault 1002\n"},
      {"a continuation behind a whole message", client_text("a") + client_frame(0x80, "x"), "text a\nfault 1002\n"},
      {"a text inside of a text", client_frame(0x01, "a") + client_text("b"), "fault 1002\n"},
      {"a binary frame inside of a text", client_frame(0x01, "a") + client_frame(0x02, "b"), "fault 1002\n"},
      // UTF-8
      {"text of all lengths", client_text("Hello-\xc2\xb5@\xc3\x9f\xe2\x82\xac\xf0\x9f\x98\x80"),
       "text Hello-\xc2\xb5@\xc3\x9f\xe2\x82\xac\xf0\x9f\x98\x80\n"},
      {"a character in two frames", client_frame(0x01, "\xe2\x82") + client_frame(0x80, "\xac"), "text \xe2\x82\xac\n"},
      {"the same bytes, as a binary message", client_frame(0x82, "\xce\xba\xed\xa0\x80"),
       "binary \xce\xba\xed\xa0\x80\n"},
      {"a surrogate", client_text("\xce\xba\xed\xa0\x80"), "fault 1007\n"},
      {"an overlong slash", client_text("\xc0\xaf"), "fault 1007\n"},
      {"an overlong character of three bytes", client_text("\xe0\x9f\xbf"), "fault 1007\n"},
      {"an overlong character of four bytes", client_text("\xf0\x8f\xbf\xbf"), "fault 1007\n"},
      {"beyond U+10FFFF", client_text("\xf4\x90\x80\x80"), "fault 1007\n"},
      {"U+10FFFF", client_text("\xf4\x8f\xbf\xbf"), "text \xf4\x8f\xbf\xbf\n"},
      {"a character without its end", client_text("\xe2\x82"), "fault 1007\n"},
      {"a continuation byte alone", client_text("\x80"), "fault 1007\n"},
      {"a bad byte behind eight good ones", client_text("12345678\xff"), "fault 1007\n"},
      {"one in the first of two frames, at once", client_frame(0x01, "\xff"), "fault 1007\n"},
      {"text with a NUL", client_text("a\0b"s), "text a\0b\n"s},
      // the close
      {"a close without a code", client_frame(0x88, ""), "close 1005 \n"},
      {"a close with half a code", client_frame(0x88, "\x03"), "fault 1002\n"},
      {"a close with code and reason", client_close(1000, "done"), "close 1000 done\n"},
      {"a close of 125 bytes", client_close(1001, many(123, '*')), "close 1001 " + many(123, '*') + "\n"},
      {"a close of 126 bytes", client_close(1000, many(124, '*')), "fault 1002\n"},
      {"a reason that is no UTF-8", client_close(1000, "\xce\xba\xed\xa0\x80"), "fault 1007\n"},
      {"what comes behind a close", client_close(1000) + client_text("x") + client_frame(0x89, ""), "close 1000 \n"},
      {"what comes behind a fault", client_frame(0x83, "") + client_text("x"), "fault 1002\n"},
  };
  return all;
}

/// "Hello" by RFC 7692, 7.2.3: compressed, and in a block that is not.
const std::string kHello = "\xf2\x48\xcd\xc9\xc9\x07\x00"s;
const std::string kHelloStored = "\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s;

std::string compressed(std::string_view text) {
  coding::MessageDeflate coder;
  std::string out;
  coder.deflate(text, 15, out);
  return out;
}

/// As the topics 12 and 13 of the Autobahn suite, the examples of RFC 7692, and what breaks its rules.
const std::vector<Case>& compressed_cases() {
  static const std::vector<Case> all{
      {"the RFC's text", client_frame(0xc1, kHello), "text Hello\n"},
      {"the RFC's text, twice", client_frame(0xc1, kHello) + client_frame(0xc1, kHello), "text Hello\ntext Hello\n"},
      {"in two frames", client_frame(0x41, kHello.substr(0, 3)) + client_frame(0x80, kHello.substr(3)), "text Hello\n"},
      {"in three, the last one empty",
       client_frame(0x41, kHello.substr(0, 3)) + client_frame(0x00, kHello.substr(3)) + client_frame(0x80, ""),
       "text Hello\n"},
      {"with a ping inside",
       client_frame(0x41, kHello.substr(0, 3)) + client_frame(0x89, "p") + client_frame(0x80, kHello.substr(3)),
       "ping p\ntext Hello\n"},
      {"in a block without compression", client_frame(0xc1, kHelloStored), "text Hello\n"},
      {"in a block that is the last", client_frame(0xc1, "\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s), "text Hello\n"},
      {"in two blocks", client_frame(0xc1, "\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s), "text Hello\n"},
      {"an empty text", client_frame(0xc1, "\x00"s), "text \n"},
      {"an empty text as zlib writes it", client_frame(0xc1, "\x02\x00"s), "text \n"},
      {"a binary message", client_frame(0xc2, kHello), "binary Hello\n"},
      {"one that is not compressed, between two that are",
       client_frame(0xc1, kHello) + client_text("plain") + client_frame(0xc1, kHello),
       "text Hello\ntext plain\ntext Hello\n"},
      {"UTF-8 of all lengths", client_frame(0xc1, compressed("\xc2\xb5\xe2\x82\xac\xf0\x9f\x98\x80")),
       "text \xc2\xb5\xe2\x82\xac\xf0\x9f\x98\x80\n"},
      {"no UTF-8", client_frame(0xc1, compressed("\xce\xba\xed\xa0\x80")), "fault 1007\n"},
      {"a character without its end", client_frame(0xc1, compressed("\xe2\x82")), "fault 1007\n"},
      {"the same as a binary message", client_frame(0xc2, compressed("\xe2\x82")), "binary \xe2\x82\n"},
      // reserved bits
      {"the bit on a continuation", client_frame(0x41, kHello.substr(0, 3)) + client_frame(0xc0, kHello.substr(3)),
       "fault 1002\n"},
      {"on a continuation of what is not compressed", client_frame(0x01, "a") + client_frame(0xc0, "b"),
       "fault 1002\n"},
      {"on a ping", client_frame(0xc9, ""), "fault 1002\n"},
      {"on a pong", client_frame(0xca, ""), "fault 1002\n"},
      {"on a close", client_frame(0xc8, ""), "fault 1002\n"},
      {"with the second one", client_frame(0xe1, kHello), "fault 1002\n"},
      {"with the third one", client_frame(0xd2, kHello), "fault 1002\n"},
      {"on opcode 3", client_frame(0xc3, kHello), "fault 1002\n"},
      // what is no DEFLATE
      {"nothing", client_frame(0xc1, ""), "fault 1007\n"},
      {"a reserved kind of block", client_frame(0xc1, "\x06\x00"s), "fault 1007\n"},
      {"text that is not compressed", client_frame(0xc1, "Hello"), "fault 1007\n"},
      {"one that is cut off", client_frame(0xc1, compressed(many(1000, 'x')).substr(0, 4)), "fault 1007\n"},
      {"a length that contradicts itself", client_frame(0xc1, "\x00\x05\x00\xfa\xfeHello\x00"s), "fault 1007\n"},
      {"a reference to what was before", client_frame(0xc1, kHello) + client_frame(0xc1, "\xf2\x00\x11\x00\x00"s),
       "text Hello\nfault 1007\n"},
      // limits
      {"the largest message", client_frame(0xc1, compressed(many(kLargest, '*'))), "text 70000 bytes of *\n"},
      {"one that is a byte larger", client_frame(0xc1, compressed(many(kLargest + 1, '*'))), "fault 1009\n"},
      {"a bomb", client_frame(0xc2, compressed(many(50'000'000, '\0'))), "fault 1009\n"},
      {"a bomb in fragments",
       client_frame(0x42, compressed(many(50'000'000, '\0')).substr(0, 1000)) +
           client_frame(0x80, compressed(many(50'000'000, '\0')).substr(1000)),
       "fault 1009\n"},
      {"more compressed bytes than any message of that size has", client_frame(0xc2, many(kLargest + 1000, 'x')),
       "fault 1009\n"},
  };
  return all;
}

}  // namespace

TEST_CASE("WebSocket: what a client says, whole and in pieces of every size") {
  for (const Case& one : cases()) {
    INFO(one.name);
    CHECK(hear(one.bytes) == one.told);
    if (one.bytes.size() < 1000) {
      for (std::size_t piece = 1; piece < one.bytes.size(); ++piece) {
        INFO("pieces of " << piece);
        CHECK(hear(one.bytes, piece) == one.told);
      }
    } else {
      for (const std::size_t piece : {1UL, 3UL, 4096UL, 65535UL}) CHECK(hear(one.bytes, piece) == one.told);
    }
  }
}

TEST_CASE("WebSocket: what a client says that may compress") {
  coding::MessageDeflate coder;
  for (const Case& one : compressed_cases()) {
    INFO(one.name);
    CHECK(hear(one.bytes, SIZE_MAX, &coder) == one.told);
    for (std::size_t piece = 1; piece < std::min<std::size_t>(one.bytes.size(), 100); ++piece) {
      INFO("pieces of " << piece);
      CHECK(hear(one.bytes, piece, &coder) == one.told);
    }
  }
  // Nothing of all this has changed what the next message is.
  CHECK(hear(client_frame(0xc1, kHello), SIZE_MAX, &coder) == "text Hello\n");
}

TEST_CASE("WebSocket: who may compress may do without, and follows the same rules") {
  coding::MessageDeflate coder;
  for (const Case& one : cases()) {
    if (std::string_view{one.name} == "the first reserved bit") continue;
    INFO(one.name);
    CHECK(hear(one.bytes, SIZE_MAX, &coder) == one.told);
  }
}

TEST_CASE("WebSocket: messages of all sizes come back as they were, compressed for windows of all sizes") {
  coding::MessageDeflate coder;
  for (const std::size_t size : {0UL, 16UL, 64UL, 256UL, 1024UL, 4096UL, 8192UL, 16384UL, 32768UL, 65536UL, 70000UL}) {
    std::string text;
    for (std::size_t i = 0; text.size() < size; ++i) text += "{\"planet\":" + std::to_string(i * i % 977) + "}";
    text.resize(size);
    for (int window = coding::kLeastWindow; window <= coding::kLargestWindow; ++window) {
      INFO(size << " bytes, window " << window);
      std::string compressed;
      coder.deflate(text, window, compressed);
      CHECK(hear(client_frame(0xc1, compressed), SIZE_MAX, &coder) == "text " + Heard::shown(text) + "\n");
      // In fragments, with a ping between them.
      std::string frames;
      for (std::size_t at = 0; at < compressed.size(); at += 100)
        frames += client_frame(at == 0 ? 0x41 : 0x00, compressed.substr(at, 100)) + client_frame(0x89, "");
      std::string pings;
      for (std::size_t at = 0; at < compressed.size(); at += 100) pings += "ping \n";
      CHECK(hear(frames + client_frame(0x80, ""), 1000, &coder) == pings + "text " + Heard::shown(text) + "\n");
    }
  }
}

TEST_CASE("WebSocket: codes that a close may have") {
  for (const unsigned code :
       {1000U, 1001U, 1002U, 1003U, 1007U, 1008U, 1009U, 1010U, 1011U, 1012U, 1014U, 3000U, 3999U, 4000U, 4999U}) {
    INFO(code);
    CHECK(hear(client_close(code)) == "close " + std::to_string(code) + " \n");
  }
  for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 1016U, 1100U, 2000U, 2999U, 5000U, 65535U}) {
    INFO(code);
    CHECK(hear(client_close(code)) == "fault 1002\n");
  }
}

TEST_CASE("WebSocket: a fault is told as soon as it shows") {
  // The head alone says that the message is too large.
  CHECK(hear(client_frame(0x82, many(kLargest + 1, '*')).substr(0, 14)) == "fault 1009\n");
  CHECK(hear("\x83") == "");
  CHECK(hear("\x83\x80") == "fault 1002\n");
  // The text is bad before the frame has come.
  CHECK(hear(client_text("ab\xff" + many(100, 'x')).substr(0, 9)) == "fault 1007\n");
}

TEST_CASE("WebSocket: every mask is taken off, wherever a piece begins") {
  std::string bytes;
  for (int i = 0; i < 1000; ++i) bytes += static_cast<char>(i * 7);
  for (std::size_t piece = 1; piece < 30; ++piece) {
    Engine engine{kLargest};
    struct Last final : Engine::Listener {
      std::string bytes;
      void on_message(bool, std::string&& heard) override { bytes = std::move(heard); }
      void on_ping(std::string_view) override {}
      void on_pong() override {}
      void on_close(std::uint16_t, std::string_view) override {}
      void on_fault(std::uint16_t) override {}
    } last;
    const std::string frame = client_frame(0x82, bytes);
    for (std::size_t at = 0; at < frame.size(); at += piece) engine.receive(frame.substr(at, piece), last);
    CHECK(last.bytes == bytes);
  }
}

TEST_CASE("WebSocket: between two messages an engine is small") { CHECK(sizeof(Engine) <= 128); }

}  // namespace orrery::http::ws
