#include "http/h2/frame_heads.hpp"

#include <catch2/catch.hpp>

#include "support/http2_frames.hpp"

namespace orrery::http::h2 {
namespace {

namespace frames = test::http2;

TEST_CASE("FrameHeads finds each frame, however the bytes are split") {
  const std::string bytes = std::string{frames::kPreface} + frames::settings() + frames::data(1, "hello", 1) +
                            frames::frame(0x99, 7, 0x80000003, std::string(300, 'x')) + frames::ping();
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    FrameHeads heads{frames::kPreface.size()};
    std::string seen;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      const std::string_view piece = std::string_view{bytes}.substr(at, size);
      CHECK(heads.look(piece, [&](const FrameHead& head) {
        seen += std::to_string(head.type) + "/" + std::to_string(head.flags) + "/" + std::to_string(head.stream) + "/" +
                std::to_string(head.length) + " ";
        return true;
      }) == piece.size());
    }
    CHECK(seen == "4/0/0/0 0/1/1/5 153/7/3/300 6/0/0/8 ");
  }
}

TEST_CASE("FrameHeads shows the first number of what has one") {
  constexpr std::uint8_t kPadded = 8;
  const std::string bytes = frames::data(1, std::string{"\x03xx\0\0\0", 6}, kPadded) + frames::data(1, "", kPadded) +
                            frames::frame(frames::kPriority, 0, 5, std::string{"\x80\0\1\2\x10", 5}) +
                            frames::frame(frames::kPriority, 0, 5, "abc") + frames::data(3, "\x07");
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    FrameHeads heads{0};
    std::string seen;
    for (std::size_t at = 0; at < bytes.size(); at += size) {
      heads.look(std::string_view{bytes}.substr(at, size), [&](const FrameHead& head) {
        seen += std::to_string(head.length) + "/" + std::to_string(head.lead) + " ";
        return true;
      });
    }
    CHECK(seen == "6/3 0/0 5/258 3/0 1/0 ");
  }
}

TEST_CASE("FrameHeads lets pass what stands in front of a frame that may not") {
  const std::string bytes = frames::ping() + frames::settings() + frames::ping();
  FrameHeads heads{0};
  CHECK(heads.look(bytes, [](const FrameHead& head) { return head.type != frames::kSettings; }) ==
        frames::ping().size());
}

}  // namespace
}  // namespace orrery::http::h2
