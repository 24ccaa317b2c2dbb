#include "app.hpp"

#include <cctype>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

namespace {

using orrery::HttpError;
using orrery::Request;
using orrery::Response;

struct Picture {
  std::size_t width = 0;
  std::size_t height = 0;
  std::string pixels;  ///< one byte each, row by row
  [[nodiscard]] unsigned at(std::size_t x, std::size_t y) const {
    return static_cast<unsigned char>(pixels[y * width + x]);
  }
};

/// "P5 WIDTH HEIGHT 255", one white space, pixels.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}
  std::optional<Picture> read() {
    Picture picture;
    if (word() != "P5" || !number(picture.width) || !number(picture.height) || word() != "255" || text_.empty())
      return {};
    text_.remove_prefix(1);
    if (picture.width == 0 || picture.height == 0 || picture.width > kMost || picture.height > kMost ||
        text_.size() != picture.width * picture.height)
      return {};
    picture.pixels = text_;
    return picture;
  }

 private:
  static constexpr std::size_t kMost = 10'000;
  std::string_view word() {
    while (!text_.empty() && std::isspace(static_cast<unsigned char>(text_.front()))) text_.remove_prefix(1);
    std::size_t length = 0;
    while (length < text_.size() && !std::isspace(static_cast<unsigned char>(text_[length]))) ++length;
    const std::string_view found = text_.substr(0, length);
    text_.remove_prefix(length);
    return found;
  }
  bool number(std::size_t& value) {
    const std::string_view digits = word();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc{} && end == digits.data() + digits.size() && !digits.empty();
  }
  std::string_view text_;
};

Picture halved(const Picture& from) {
  Picture to{(from.width + 1) / 2, (from.height + 1) / 2, {}};
  to.pixels.reserve(to.width * to.height);
  for (std::size_t y = 0; y < from.height; y += 2) {
    for (std::size_t x = 0; x < from.width; x += 2) {
      const std::size_t right = x + 1 < from.width ? x + 1 : x;
      const std::size_t below = y + 1 < from.height ? y + 1 : y;
      const unsigned sum = from.at(x, y) + from.at(right, y) + from.at(x, below) + from.at(right, below);
      to.pixels += static_cast<char>((sum + 2) / 4);
    }
  }
  return to;
}

Response half(const Request& request) {
  const auto picture = Reader{request.body()}.read();
  if (!picture) throw HttpError{400, "The body is no picture in PGM (P5, 8 bits, 10,000 pixels a side at most)."};
  const Picture small = halved(*picture);
  return Response::bytes("image/x-portable-graymap", "P5 " + std::to_string(small.width) + " " +
                                                         std::to_string(small.height) + " 255\n" + small.pixels);
}

}  // namespace

orrery::App make_app() {
  orrery::App app;
  orrery::RouteOptions uploads;
  uploads.limit_request_body = 16 * 1024 * 1024;
  const orrery::Pool scaling{app, "scaling", {.threads = 4, .queue = 64}};
  app.post("/half", blocking(scaling, half), uploads);
  app.get("/health", [](const Request&) { return Response::text("well\n"); });
  return app;
}
