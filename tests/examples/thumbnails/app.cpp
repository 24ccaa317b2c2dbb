#include "app.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <string>
#include <utility>

namespace {

using orrery::HttpError;
using orrery::Request;
using orrery::Response;

constexpr std::size_t kMost = 10'000;  // pixels a side

struct Picture {
  std::size_t width = 0;
  std::size_t height = 0;
  std::string_view pixels;  ///< one byte each, row by row
  /// Beyond the edge is what lies at the edge.
  [[nodiscard]] unsigned at(std::size_t x, std::size_t y) const {
    return static_cast<unsigned char>(pixels[std::min(y, height - 1) * width + std::min(x, width - 1)]);
  }
};

/// "P5 WIDTH HEIGHT 255", one white space, pixels.
Picture read_picture(std::string_view text) {
  const auto is_space = [](unsigned char c) { return std::isspace(c) != 0; };
  const auto next_word = [&] {
    text.remove_prefix(static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_space) - text.begin()));
    const auto end = static_cast<std::size_t>(std::find_if(text.begin(), text.end(), is_space) - text.begin());
    const std::string_view word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
  };
  const auto next_side = [&] {
    const std::string_view digits = next_word();
    std::size_t side = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), side);
    return error == std::errc{} && end == digits.data() + digits.size() && side <= kMost ? side : 0;
  };
  const bool is_pgm = next_word() == "P5";
  const std::size_t width = next_side(), height = next_side();
  if (!is_pgm || width == 0 || height == 0 || next_word() != "255" || text.size() != width * height + 1)
    throw HttpError{400, "The body is no picture in PGM (P5, 8 bits, 10,000 pixels a side at most)."};
  return {width, height, text.substr(1)};
}

Response half(const Request& request) {
  const Picture picture = read_picture(request.body());
  const std::size_t width = (picture.width + 1) / 2, height = (picture.height + 1) / 2;
  std::string small = "P5 " + std::to_string(width) + " " + std::to_string(height) + " 255\n";
  small.reserve(small.size() + width * height);
  for (std::size_t y = 0; y < 2 * height; y += 2) {
    for (std::size_t x = 0; x < 2 * width; x += 2) {
      const unsigned sum = picture.at(x, y) + picture.at(x + 1, y) + picture.at(x, y + 1) + picture.at(x + 1, y + 1);
      small += static_cast<char>((sum + 2) / 4);
    }
  }
  return Response::bytes("image/x-portable-graymap", std::move(small));
}

}  // namespace

orrery::App make_app() {
  orrery::App app;
  const orrery::Pool scaling{app, "scaling", {.threads = 4, .queue = 64}};
  app.post("/half", blocking(scaling, half), {.limit_request_body = 16 * 1024 * 1024});
  app.get("/health", [](const Request&) { return Response::text("well\n"); });
  return app;
}
