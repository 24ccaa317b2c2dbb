#include "http/ws/sha1.hpp"

#include <catch2/catch.hpp>
#include <fmt/core.h>
#include <string>

namespace orrery::http::ws {
namespace {

std::string hex(std::string_view text) {
  std::string made;
  for (const std::uint8_t byte : sha1(text)) made += fmt::format("{:02x}", byte);
  return made;
}

}  // namespace

TEST_CASE("SHA-1 of the examples of FIPS 180, and around the size of a block") {
  CHECK(hex("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  CHECK(hex("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
  CHECK(hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") == "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  CHECK(hex(std::string(1'000'000, 'a')) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");
  CHECK(hex(std::string(55, 'a')) == "c1c8bbdc22796e28c0e15163d20899b65621d65a");
  CHECK(hex(std::string(56, 'a')) == "c2db330f6083854c99d4b5bfb6e8f29f201be699");
  CHECK(hex(std::string(64, 'a')) == "0098ba824b5c16427bd7a1122a5a442a25ec644d");
}

}  // namespace orrery::http::ws
