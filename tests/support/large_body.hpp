// Large bodies whose bytes tell where they stand, and what the routes of tests/echo/bodies.hpp answer to them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace orrery::test {

inline std::string large_body(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 2654435761U >> 13);
  return bytes;
}

/// FNV-1a, of bytes that come in pieces.
struct BodyPrint {
  std::uint64_t count = 0;
  std::uint64_t hash = 14695981039346656037U;

  void add(std::string_view bytes) {
    count += bytes.size();
    for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 1099511628211U;
  }
  [[nodiscard]] std::string told() const { return std::to_string(count) + " bytes, " + std::to_string(hash) + "\n"; }
};

inline std::string told_of(std::string_view body) {
  BodyPrint print;
  print.add(body);
  return print.told();
}

}  // namespace orrery::test
