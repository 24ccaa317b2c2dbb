// The character classes, each byte of each, at every place of a text that is looked at sixteen bytes at a time.
#include "http/characters.hpp"

#include <catch2/catch.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace orrery::http {

namespace {

/// A text of `length` good bytes in which the byte at `at` is `byte`.
std::string with_byte(std::size_t length, std::size_t at, int byte) {
  std::string text(length, 'a');
  text[at] = static_cast<char>(byte);
  return text;
}

}  // namespace

TEST_CASE("characters: tchar is what RFC 9110, 5.6.2 lists") {
  const std::string_view marks = "!#$%&'*+-.^_`|~";
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    INFO(byte);
    CHECK(is_token_byte(c) == (alphanumeric || (c != '\0' && marks.find(c) != std::string_view::npos)));
  }
}

TEST_CASE("characters: a byte is found wherever it stands in a long text") {
  for (const std::size_t length : std::vector<std::size_t>{1, 16, 17, 33}) {
    for (std::size_t at = 0; at < length; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        const std::string text = with_byte(length, at, byte);
        const char c = text[at];
        INFO(length << " bytes, byte " << byte << " at " << at);
        REQUIRE(token_length(text) == (is_token_byte(c) ? length : at));
        REQUIRE(target_bytes(text) == (is_target_byte(c) ? length : at));
        REQUIRE(has_only_field_bytes(text) == !is_bad_in_field(c));
      }
    }
  }
}

TEST_CASE("characters: hex_value knows both cases and nothing else") {
  for (int byte = 0; byte < 256; ++byte) {
    const auto at = std::string_view{"0123456789abcdef"}.find(lower_case(static_cast<char>(byte)));
    const int expected = byte == 0 || at == std::string_view::npos ? -1 : static_cast<int>(at);
    INFO(byte);
    CHECK(hex_value(static_cast<char>(byte)) == expected);
  }
}

TEST_CASE("characters: field names are compared without regard to case, and by ASCII only") {
  CHECK(same_field_name("Content-Length", "content-LENGTH"));
  CHECK_FALSE(same_field_name("Content-Length", "Content-Lengt"));
  CHECK_FALSE(same_field_name("a[b", "a{b"));
  CHECK(equals_ignoring_case("Keep-Alive", "keep-alive"));
  CHECK_FALSE(equals_ignoring_case("Keep-Alivf", "keep-alive"));
  CHECK_FALSE(equals_ignoring_case("keep", "keep-alive"));
}

/// Whether the words of `kLower` are compared at each of its bytes, and at no other.
template <std::size_t N>
void check_each_byte(const char (&lower)[N]) {
  std::string text{lower};
  INFO(text);
  CHECK(equals_ignoring_case(text, lower));
  for (char& byte : text) {
    const char former = std::exchange(byte, static_cast<char>(byte ^ 0x20));
    CHECK(equals_ignoring_case(text, lower));
    byte = static_cast<char>(former ^ 1);
    CHECK_FALSE(equals_ignoring_case(text, lower));
    byte = former;
  }
  CHECK_FALSE(equals_ignoring_case(text + "x", lower));
  CHECK_FALSE(equals_ignoring_case(text.substr(1), lower));
}

TEST_CASE("characters: a text of the source is compared some bytes at a time, whatever its length") {
  check_each_byte("te");
  check_each_byte("via");
  check_each_byte("host");
  check_each_byte("allow");
  check_each_byte("accept");
  check_each_byte("upgrade");
  check_each_byte("location");
  check_each_byte("traceparent");
  check_each_byte("content-length");
  check_each_byte("accept-encoding");
  check_each_byte("proxyconnectionx");
  check_each_byte("transferencodings");
}

TEST_CASE("characters: white space goes from both ends") {
  CHECK(trimmed(" \t a b\t ") == "a b");
  CHECK(trimmed("\r\n") == "\r\n");
  CHECK(trimmed(" \t").empty());
}

TEST_CASE("characters: the elements of a list") {
  struct Row {
    const char* name;
    const char* list;
    std::vector<std::string> elements;
  };
  const Row row = GENERATE(values<Row>({
      {"one", "close", {"close"}},
      {"two", "gzip, chunked", {"gzip", "chunked"}},
      {"no blank", "a,b", {"a", "b"}},
      {"empty elements are skipped", ", a ,, b,", {"a", "b"}},
      {"nothing", "", {}},
      {"commas alone", " , ,\t", {}},
  }));
  INFO(row.name);
  std::vector<std::string> found;
  for_each_element(row.list, [&](std::string_view element) { found.emplace_back(element); });
  CHECK(found == row.elements);
}

TEST_CASE("characters: lengths above 62 share a bit") {
  CHECK(length_bit(0) == 1);
  CHECK(length_bit(62) == std::uint64_t{1} << 62);
  CHECK(length_bit(63) == std::uint64_t{1} << 63);
  CHECK(length_bit(100'000) == length_bit(63));
}

}  // namespace orrery::http
