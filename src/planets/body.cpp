#include "planets/body.hpp"

#include <algorithm>

namespace orrery::planets {
namespace {

// All names fit into one register: comparing is one instruction.
constexpr std::size_t kLongestName = 8;

// Only letters become lower-case letters so: of its length no other text can pass for a name.
constexpr std::uint64_t word_of(std::string_view name) noexcept {
  std::uint64_t word = 0;
  for (const char c : name) word = word << 8 | static_cast<unsigned char>(c);
  return word | 0x2020202020202020;
}

constexpr auto kWords = [] {
  std::array<std::uint64_t, kBodyCount> words{};
  std::ranges::transform(kBodyNames, words.begin(), word_of);
  return words;
}();
static_assert(std::ranges::all_of(kBodyNames, [](std::string_view name) { return name.size() <= kLongestName; }));

}  // namespace

std::optional<Body> body_named(std::string_view name) noexcept {
  if (name.size() > kLongestName) return std::nullopt;
  const std::uint64_t word = word_of(name);
  for (std::size_t i = 0; i < kWords.size(); ++i)
    if (kWords[i] == word && kBodyNames[i].size() == name.size()) return kBodies[i];
  return std::nullopt;
}

}  // namespace orrery::planets
