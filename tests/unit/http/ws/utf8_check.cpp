#include "http/ws/utf8_check.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>

#include "base/utf8.hpp"

namespace orrery::http::ws {
namespace {

/// The same, by the room that has the whole text.
bool by_characters(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = base::utf8_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

}  // namespace

TEST_CASE("UTF-8 in pieces: all sequences of three bytes, and the edges of those of four") {
  int differences = 0;
  const auto compare = [&](const std::string& text) {
    Utf8Check check;
    bool good = true;
    for (const char byte : text) good = good && check.take(std::string_view{&byte, 1});
    differences += (good && check.whole()) != by_characters(text);
    differences += is_utf8(text) != by_characters(text);
  };
  std::string text(3, '\0');
  for (unsigned all = 0; all < 0x1000000; all += all % 0x10000 == 0xffff ? 1U : 61U) {
    for (unsigned i = 0; i < 3; ++i) text[i] = static_cast<char>(all >> (16 - 8 * i));
    compare(text);
  }
  for (unsigned first = 0xee; first < 0x100; ++first) {
    for (unsigned second = 0; second < 0x100; ++second) {
      for (const unsigned last : {0x7fU, 0x80U, 0xbfU, 0xc0U})
        compare(
            {static_cast<char>(first), static_cast<char>(second), static_cast<char>(last), static_cast<char>(last)});
    }
  }
  CHECK(differences == 0);
}

TEST_CASE("UTF-8 in pieces: eight bytes at a time see what one at a time does") {
  for (std::size_t at = 0; at < 20; ++at) {
    std::string text(20, 'a');
    CHECK(is_utf8(text));
    text[at] = '\x80';
    INFO(at);
    CHECK_FALSE(is_utf8(text));
  }
}

}  // namespace orrery::http::ws
