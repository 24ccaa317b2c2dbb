// A reader of the PNG files that this project makes, with zlib and nothing of its own writer: it checks lengths, the
// checksum of each chunk and that of the stream.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>
#include <zlib.h>

namespace orrery::test {

struct Png {
  explicit Png(std::string_view file) { read(file); }

  [[nodiscard]] std::array<int, 3> at(int x, int y) const {
    const std::size_t i = (static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)) * 3;
    const auto channel = [&](std::size_t k) { return static_cast<int>(static_cast<unsigned char>(rgb.at(i + k))); };
    return {channel(0), channel(1), channel(2)};
  }

  std::vector<std::string> chunks;
  std::size_t width = 0;
  std::size_t height = 0;
  std::string rgb;
  std::string problem;

 private:
  void read(std::string_view file) {
    if (!file.starts_with("\x89PNG\r\n\x1a\n")) return fail("no signature");
    std::string packed;
    for (file.remove_prefix(8); file.size() >= 12;) {
      const std::size_t length = number(file);
      if (length + 12 > file.size()) return fail("a chunk that is cut off");
      const std::string_view checked = file.substr(4, length + 4);
      chunks.emplace_back(checked.substr(0, 4));
      if (crc32(0, reinterpret_cast<const Bytef*>(checked.data()), static_cast<uInt>(checked.size())) !=
          number(file.substr(length + 8)))
        return fail("a wrong checksum of " + chunks.back());
      take(chunks.back(), checked.substr(4), packed);
      file.remove_prefix(length + 12);
    }
    if (!file.empty()) return fail("bytes after the last chunk");
    unpack(packed);
  }
  void fail(std::string why) { problem = std::move(why); }
  static std::uint32_t number(std::string_view bytes) {
    std::uint32_t value = 0;
    for (const char c : bytes.substr(0, 4)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }
  void take(std::string_view type, std::string_view data, std::string& packed) {
    if (type == "IDAT") packed += data;
    if (type != "IHDR") return;
    width = number(data);
    height = number(data.substr(4));
    if (data.substr(8) != std::string_view{"\x08\x02\0\0\0", 5}) fail("no picture of eight bits a channel");
  }
  void unpack(const std::string& packed) {
    std::string rows((width * 3 + 1) * height, '\0');
    uLongf size = rows.size();
    if (uncompress(reinterpret_cast<Bytef*>(rows.data()), &size, reinterpret_cast<const Bytef*>(packed.data()),
                   packed.size()) != Z_OK ||
        size != rows.size())
      return fail("a stream that does not hold the pixels");
    for (std::size_t y = 0; y < height; ++y) {
      if (rows[y * (width * 3 + 1)] != 0) return fail("a filter");
      rgb.append(rows, y * (width * 3 + 1) + 1, width * 3);
    }
  }
};

}  // namespace orrery::test
