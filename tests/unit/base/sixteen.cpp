#include "base/sixteen.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace orrery::base {
namespace {

constexpr std::size_t kLongest = 50;

bool is_mark(char c) { return c == '!'; }
sixteen::Truth are_marks(sixteen::Block block) { return block == '!'; }

/// Dots with marks at two places, in a buffer of exactly that size: a sanitizer sees what reads past it.
std::vector<char> marked(std::size_t size, std::size_t first, std::size_t second) {
  std::vector<char> bytes(size, '.');
  for (const std::size_t at : {first, second})
    if (at < size) bytes[at] = '!';
  return bytes;
}

/// Calls `check(text, places of the marks)` for texts of each size with none, one and two marks anywhere.
template <class Check>
void for_texts(Check check) {
  for (std::size_t size = 0; size <= kLongest; ++size) {
    for (std::size_t first = 0; first <= size; ++first) {
      for (std::size_t second = first; second <= size; ++second) {
        const std::vector<char> bytes = marked(size, first, second);
        std::vector<std::size_t> places;
        for (std::size_t i = 0; i < size; ++i)
          if (bytes[i] == '!') places.push_back(i);
        check(std::string_view{bytes.data(), size}, places);
      }
    }
  }
}

}  // namespace

TEST_CASE("sixteen: a walk ends at the first byte that ends it, in texts of any size") {
  for_texts([](std::string_view text, const std::vector<std::size_t>& places) {
    REQUIRE(sixteen::walk(text, are_marks, is_mark) == (places.empty() ? text.size() : places.front()));
  });
}

TEST_CASE("sixteen: each wanted byte is found once, from front to back") {
  for_texts([](std::string_view text, const std::vector<std::size_t>& places) {
    std::vector<std::size_t> found;
    sixteen::for_each(text, are_marks, [&](std::size_t at) { found.push_back(at); });
    REQUIRE(found == places);
  });
}

TEST_CASE("sixteen: a finder goes on from its last answer, or from behind it") {
  const std::size_t step = GENERATE(0U, 1U, 2U, 15U, 16U, 17U);
  for_texts([&](std::string_view text, const std::vector<std::size_t>& places) {
    sixteen::Finder finder{text, are_marks};
    std::size_t from = 0;
    for (int i = 0; i < 4 && from <= text.size(); ++i) {
      const auto next = std::lower_bound(places.begin(), places.end(), from);
      const std::size_t expected = next == places.end() ? text.size() : *next;
      REQUIRE(finder.next(from) == expected);
      from = expected + step;
    }
  });
}

TEST_CASE("sixteen: zeros behind the end are not found in it") {
  sixteen::Finder finder{std::string_view{"abc"}, [](sixteen::Block block) { return block < 0x20; }};
  CHECK(finder.next(0) == 3);
  CHECK(finder.next(3) == 3);
}

}  // namespace orrery::base
