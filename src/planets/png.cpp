#include "planets/png.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "orrery/compression.hpp"

namespace orrery::planets {
namespace {

constexpr std::size_t kChannels = 3;
constexpr int kLevel = 3;  // a third of the time of 6, for a fifth more bytes

/// Of the polynomial that PNG shares with gzip.
constexpr std::array<std::uint32_t, 256> kRemainders = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) != 0 ? 0xedb88320U : 0U);
    table[i] = value;
  }
  return table;
}();

std::uint32_t crc(std::string_view bytes) {
  std::uint32_t value = 0xffffffff;
  for (const char c : bytes) value = kRemainders[(value ^ static_cast<unsigned char>(c)) & 0xff] ^ (value >> 8);
  return ~value;
}

std::uint32_t adler(std::string_view bytes) {
  constexpr std::uint32_t kModulus = 65521;
  constexpr std::size_t kRun = 5552;  // so many sums fit into 32 bits
  std::uint32_t a = 1, b = 0;
  while (!bytes.empty()) {
    for (const char c : bytes.substr(0, kRun)) b += a += static_cast<unsigned char>(c);
    a %= kModulus;
    b %= kModulus;
    bytes.remove_prefix(std::min(kRun, bytes.size()));
  }
  return b << 16 | a;
}

void put_number(std::string& out, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(value >> shift & 0xff);
}

void put_chunk(std::string& out, std::string_view type, std::string_view data) {
  put_number(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t begin = out.size();
  out.append(type).append(data);
  put_number(out, crc(std::string_view{out}.substr(begin)));
}

/// The rows as they are: of a drawing, whose runs of one colour are long, every filter of PNG makes more bytes.
std::string rows_of(std::string_view rgb, std::size_t stride) {
  constexpr char kNoFilter = 0;
  std::string out;
  out.reserve(rgb.size() + rgb.size() / stride);
  for (std::size_t row = 0; row + stride <= rgb.size(); row += stride)
    out.append(1, kNoFilter).append(rgb.substr(row, stride));
  return out;
}

/// A zlib stream (RFC 1950): what stands between the head and the tail of a gzip member (RFC 1952), with its own.
std::string deflated(std::string_view bytes) {
  constexpr std::size_t kGzipHead = 10, kGzipTail = 8;
  const std::string gzip = compressed(bytes, ContentCoding::kGzip, kLevel);
  std::string out = "\x78\x5e";
  out.append(gzip, kGzipHead, gzip.size() - kGzipHead - kGzipTail);
  put_number(out, adler(bytes));
  return out;
}

}  // namespace

std::string png(std::string_view rgb, int width) {
  const std::size_t stride = static_cast<std::size_t>(width) * kChannels;
  std::string head;
  put_number(head, static_cast<std::uint32_t>(width));
  put_number(head, static_cast<std::uint32_t>(rgb.size() / stride));
  head.append("\x08\x02\0\0\0", 5);  // eight bits, colours, and the only way each of the rest is known
  std::string out = "\x89PNG\r\n\x1a\n";
  put_chunk(out, "IHDR", head);
  put_chunk(out, "IDAT", deflated(rows_of(rgb, stride)));
  put_chunk(out, "IEND", {});
  return out;
}

}  // namespace orrery::planets
