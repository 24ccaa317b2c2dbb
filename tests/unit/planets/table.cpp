#include "planets/table.hpp"

#include <array>
#include <bit>
#include <catch2/catch.hpp>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace orrery::planets {
namespace {

using Digest = std::array<std::uint32_t, 8>;

// FIPS 180-4.
constexpr std::array<std::uint32_t, 64> kRounds = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::array<std::uint32_t, 64> schedule(const std::byte* block) {
  std::array<std::uint32_t, 64> w{};
  for (std::size_t i = 0; i < 64; ++i) w[i / 4] = w[i / 4] << 8 | std::to_integer<std::uint32_t>(block[i]);
  for (std::size_t i = 16; i < 64; ++i) {
    const std::uint32_t a = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ w[i - 15] >> 3;
    const std::uint32_t b = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + a + w[i - 7] + b;
  }
  return w;
}

void absorb(Digest& digest, const std::byte* block) {
  const auto w = schedule(block);
  auto [a, b, c, d, e, f, g, h] = digest;
  for (std::size_t i = 0; i < 64; ++i) {
    const std::uint32_t choice = (e & f) ^ (~e & g);
    const std::uint32_t majority = (a & b) ^ (a & c) ^ (b & c);
    const std::uint32_t t1 = h + (std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25)) + choice + kRounds[i] + w[i];
    const std::uint32_t t2 = (std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22)) + majority;
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  const Digest step = {a, b, c, d, e, f, g, h};
  for (std::size_t i = 0; i < 8; ++i) digest[i] += step[i];
}

std::string hexadecimal(const Digest& digest) {
  std::string text;
  for (std::uint32_t word : digest)
    for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[word >> shift & 15];
  return text;
}

std::string sha256(std::span<const std::byte> bytes) {
  std::vector<std::byte> padded(bytes.begin(), bytes.end());
  padded.push_back(std::byte{0x80});
  while (padded.size() % 64 != 56) padded.push_back(std::byte{0});
  for (int shift = 56; shift >= 0; shift -= 8)
    padded.push_back(static_cast<std::byte>(bytes.size() * 8 >> shift & 255));
  Digest digest = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (std::size_t i = 0; i < padded.size(); i += 64) absorb(digest, padded.data() + i);
  return hexadecimal(digest);
}

std::string committed_sha256() {
  std::ifstream in(ORRERY_TEST_DATA_DIR "/../src/planets/data/planets.eph.sha256");
  std::string digest, name;
  while (in >> digest >> name)
    if (name == "planets.eph") return digest;
  return {};
}

std::string file_sha256() {
  std::ifstream in(ORRERY_TEST_DATA_DIR "/../src/planets/data/planets.eph", std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), {}};
  return sha256(std::as_bytes(std::span{bytes}));
}

}  // namespace

TEST_CASE("the embedded table is the one this program was compiled for", "[planets]") {
  CHECK(table_is_intact());
  CHECK(table_bytes().size() == sizeof(TableImage));
}

TEST_CASE("one flipped bit changes the checksum", "[planets]") {
  auto records = std::make_unique<decltype(TableImage::records)>(kTable.records);
  const std::uint64_t checksum = checksum_of(*records);
  CHECK(checksum == kTable.header.checksum);
  (*records)[1000][500] ^= 1;
  CHECK(checksum_of(*records) != checksum);
}

TEST_CASE("the file and the embedded table have the committed sha256", "[planets]") {
  REQUIRE(sha256(std::as_bytes(std::span{"abc", 3})) ==
          "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  const std::string committed = committed_sha256();
  REQUIRE(committed.size() == 64);
  CHECK(file_sha256() == committed);
  CHECK(sha256(table_bytes()) == committed);
}

TEST_CASE("a time has a place in the table or none", "[planets]") {
  const TablePlace first = place_of({kFirstDay, 0}).value();
  CHECK(first.record == 0);
  CHECK(first.days == 0);
  const TablePlace last = place_of({kEndDay - 1, 1}).value();
  CHECK(last.record == kRecordCount - 1);
  CHECK(last.days == kRecordDays);
  CHECK_FALSE(place_of({kFirstDay - 1, 0.999}).has_value());
  CHECK_FALSE(place_of({kEndDay, 0}).has_value());
  CHECK_FALSE(place_of({0, std::numeric_limits<double>::quiet_NaN()}).has_value());
  CHECK_FALSE(place_of({std::numeric_limits<std::int32_t>::min(), 0}).has_value());
  CHECK_FALSE(place_of({std::numeric_limits<std::int32_t>::max(), 0}).has_value());
}

TEST_CASE("the table holds thirty days beyond both ends of the range", "[planets]") {
  CHECK(kFirstDay <= -43829 - 30);
  CHECK(kEndDay >= 65744 + 30);
}

}  // namespace orrery::planets
