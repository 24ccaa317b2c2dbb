// Messages: tells how this server splits streams of requests, for another parser to be held against it.
//
// Reads streams from standard input, each behind its length as four bytes (big-endian), and answers each with one line:
// `METHOD TARGET BODY END` in hexadecimal for every request that reached its handler, END being the offset of the first
// byte behind it, with `;` between them; then ` | ` and the name of the refusal, if there was one.
#include <array>
#include <cstdio>
#include <string>

#include "support/connection_driver.hpp"

namespace {

std::string hex(std::string_view text) {
  std::string out = text.empty() ? "-" : "";
  for (const char c : text) {
    out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4U];
    out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15U];
  }
  return out;
}

/// Every method and path reaches a handler; `*` alone is answered without one.
std::vector<orrery::Route> routes() {
  std::vector<orrery::Route> all(3);
  for (orrery::Route& route : all) route.pattern = "/{all...}";
  all[0].method = "*";
  all[1].method = "HEAD";
  all[2].method = "OPTIONS";
  return all;
}

std::string split(const std::string& stream) {
  std::string line;
  orrery::test::ConnectionDriver driver{{}, routes()};
  for (std::size_t at = 0; at < stream.size(); ++at) {
    const std::size_t before = driver.requests().size();
    driver.receive(std::string_view{stream}.substr(at, 1));
    if (driver.requests().size() == before) continue;
    const auto& seen = driver.requests().back();
    line += hex(seen.method) + " " + hex(seen.target) + " " + hex(seen.body) + " " + std::to_string(at + 1) + ";";
  }
  return line + " | " + (driver.rejects().empty() ? "" : driver.rejects().front());
}

bool read_stream(std::string& stream) {
  std::array<unsigned char, 4> length{};
  if (std::fread(length.data(), 1, length.size(), stdin) != length.size()) return false;
  std::size_t size = 0;
  for (const unsigned char byte : length) size = size << 8U | byte;
  stream.resize(size);
  return std::fread(stream.data(), 1, size, stdin) == size;
}

}  // namespace

int main() {
  for (std::string stream; read_stream(stream);) {
    std::puts(split(stream).c_str());
    std::fflush(stdout);
  }
}
