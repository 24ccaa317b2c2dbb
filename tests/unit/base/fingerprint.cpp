#include "base/fingerprint.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace orrery::base {

TEST_CASE("fingerprint: every byte, its place, the length and the key count") {
  std::set<std::uint64_t> seen;
  std::size_t made = 0;
  const auto add = [&](std::uint64_t key, const std::string& text) {
    seen.insert(fingerprint(key, text));
    ++made;
  };
  for (std::size_t length = 0; length <= 70; ++length) {
    const std::string zeros(length, '\0');
    for (const std::uint64_t key : {0ULL, 1ULL, 1ULL << 63}) add(key, zeros);
    for (std::size_t i = 0; i < length; ++i) {
      for (const char c : {'\1', 'a', '\xff'}) {
        std::string text = zeros;
        text[i] = c;
        add(7, text);
      }
    }
  }
  CHECK(seen.size() == made);
}

TEST_CASE("fingerprint: the same bytes give the same one, wherever they lie") {
  const std::string text = "/planets/sun/events?lon=0&lat=50&elevation=0&time=2149-12-31T00:00:00Z&days=70";
  for (std::size_t shift = 0; shift < 9; ++shift) {
    const std::string moved = std::string(shift, '!') + text + "?";
    CHECK(fingerprint(42, std::string_view{moved}.substr(shift, text.size())) == fingerprint(42, text));
  }
}

}  // namespace orrery::base
