// Messages on their way through DEFLATE and back, by both of our ends and by zlib's own calls.
#include "coding/message_deflate.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <zlib.h>

namespace orrery::coding {
namespace {

using namespace std::string_literals;
using Outcome = MessageDeflate::Outcome;

std::string deflated(MessageDeflate& coder, std::string_view text, int window = kLargestWindow) {
  std::string out;
  coder.deflate(text, window, out);
  return out;
}

/// By zlib, with a window of this size: as the client does it.
std::string read_by_zlib(std::string bytes, int window) {
  bytes.append("\0\0\xff\xff", 4);
  z_stream stream{};
  REQUIRE(::inflateInit2(&stream, -window) == Z_OK);
  std::string out(1024 * 1024, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = ::inflate(&stream, Z_SYNC_FLUSH);
  out.resize(stream.total_out);
  ::inflateEnd(&stream);
  return result == Z_OK && stream.avail_in == 0 ? out : "no DEFLATE";
}

std::string sample(std::size_t size) {
  std::string text;
  for (unsigned i = 1; text.size() < size; ++i) text += "Mars " + std::to_string(i * 2'654'435'761U) + "; ";
  text.resize(size);
  return text;
}

}  // namespace

TEST_CASE("MessageDeflate: any client can read what is written, with the window that it asked for") {
  MessageDeflate coder;
  for (int window = kLeastWindow; window <= kLargestWindow; ++window) {
    for (const std::size_t size : {1UL, 64UL, 1000UL, 20'000UL, 300'000UL}) {
      INFO("window " << window << ", " << size << " bytes");
      const std::string text = sample(size);
      const std::string made = deflated(coder, text, window);
      CHECK(read_by_zlib(made, window) == text);
      std::string back;
      CHECK(coder.inflate(made, size, back) == Outcome::kWhole);
      CHECK(back == text);
    }
  }
}

TEST_CASE("MessageDeflate: no message refers to an earlier one") {
  MessageDeflate coder;
  const std::string first = deflated(coder, sample(5000));
  CHECK(deflated(coder, sample(5000)) == first);
  std::string back;
  CHECK(coder.inflate("\xff\xff\xff", 100, back) == Outcome::kBad);
  back.clear();
  CHECK(coder.inflate(first, 5000, back) == Outcome::kWhole);
  CHECK(back == sample(5000));
}

TEST_CASE("MessageDeflate: what is too large is told with no more than that in memory") {
  MessageDeflate coder;
  const std::string bomb = deflated(coder, std::string(20'000'000, 'x'));
  CHECK(bomb.size() < 100'000);
  std::string out;
  CHECK(coder.inflate(bomb, 100'000, out) == Outcome::kTooLarge);
  CHECK(out.size() <= 100'000);
  CHECK(out.capacity() < 300'000);
  for (const std::size_t size : {0UL, 1UL, 16'383UL, 16'384UL, 16'385UL, 32'768UL}) {
    INFO(size);
    const std::string made = deflated(coder, std::string(size, 'x'));
    std::string whole, cut;
    CHECK(coder.inflate(made, size, whole) == Outcome::kWhole);
    CHECK(whole.size() == size);
    if (size > 0) CHECK(coder.inflate(made, size - 1, cut) == Outcome::kTooLarge);
  }
}

TEST_CASE("MessageDeflate: a message that is cut off is none, wherever that is") {
  MessageDeflate coder;
  const std::string text = sample(3000);
  const std::string made = deflated(coder, text);
  for (std::size_t size = 0; size < made.size(); ++size) {
    std::string out;
    const bool whole = coder.inflate(std::string_view{made}.substr(0, size), 10'000, out) == Outcome::kWhole;
    INFO(size);
    CHECK((!whole || out != text));
  }
}

}  // namespace orrery::coding
