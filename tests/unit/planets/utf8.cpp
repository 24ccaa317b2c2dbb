#include "planets/utf8.hpp"

#include <catch2/catch.hpp>
#include <random>

#include "planets/json.hpp"
#include "support/json.hpp"

namespace orrery::planets {
namespace {

using Json = nlohmann::json;

/// By somebody else's reading of UTF-8.
bool is_valid(const std::string& text) {
  try {
    return !Json(text).dump().empty();
  } catch (const Json::exception&) {
    return false;
  }
}

}  // namespace

TEST_CASE("utf8: every two bytes are read as others read them", "[planets]") {
  for (int first = 0; first < 256; ++first)
    for (int second = 0; second < 256; ++second) {
      const std::string text{static_cast<char>(first), static_cast<char>(second)};
      const auto [length, valid] = utf8::first_of(text);
      const auto rest = utf8::first_of(std::string_view{text}.substr(length % 2));
      const bool whole = valid && (length == 2 || rest.valid);
      if (whole != is_valid(text)) FAIL(first << " " << second);
    }
}

TEST_CASE("utf8: whatever bytes come, a JSON string is valid and keeps what was valid", "[planets]") {
  std::mt19937_64 random{20261126};
  const std::string pieces[] = {"a",
                                "\x7f",
                                "\"",
                                "\\",
                                std::string(1, '\0'),
                                "\xc3\xa4",
                                "\xe7\x81\xab",
                                "\xf0\x9f\xaa\x90",
                                "\xed\x9f\xbf",
                                "\xed\xa0\x80",
                                "\xf4\x8f\xbf\xbf",
                                "\xf4\x90\x80\x80",
                                "\xc0",
                                "\xff",
                                "\xe0\x80",
                                "\xf0\x9f",
                                "\x80"};
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t n = random() % 6; n > 0; --n) text += pieces[random() % std::size(pieces)];
    const std::string json = JsonText{16}.string(text).take();
    const Json back = Json::parse(json, nullptr, false);
    REQUIRE(back.is_string());
    if (is_valid(text)) REQUIRE(back.get<std::string>() == text);
    REQUIRE(is_valid(utf8::quoted(text)));
  }
}

TEST_CASE("utf8: a long name is cut between characters", "[planets]") {
  const std::string forty(40, 'a');
  CHECK(utf8::quoted(forty) == "`" + forty + "`");
  CHECK(utf8::quoted(forty + "b") == "`" + forty + "\u2026`");
  CHECK(utf8::quoted(forty.substr(1) + "\u00e4") == "`" + forty.substr(1) + "\u2026`");
  CHECK(utf8::quoted("") == "``");
}

}  // namespace orrery::planets
