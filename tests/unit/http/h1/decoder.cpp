#include "http/h1/decoder.hpp"

#include <catch2/catch.hpp>

#include "http/message.hpp"

namespace orrery::http::h1 {
namespace {

TEST_CASE("A decoder that comes back is as good as new for the next request") {
  DecoderPool pool;
  auto decoder = pool.take();
  const Decoder* const first = decoder.get();
  CHECK(decoder->guard.scan("GET /of/another HTTP/1.1\r\nA: b\r\nC", {}).kind == Verdict::Kind::kMore);
  pool.give_back(std::move(decoder));
  const auto again = pool.take();
  CHECK(again.get() == first);
  const std::string head = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  CHECK(again->guard.scan(head, {}).consumed == head.size());
  CHECK(again->guard.target_length() == 1);
  CHECK(again->guard.field_count() == 1);
}

}  // namespace
}  // namespace orrery::http::h1
