// What a client may not do to a server over HTTP/2: floods of frames that carry nothing, and rapid resets.
#include <catch2/catch.hpp>

#include "support/http2_driver.hpp"

namespace orrery::test::http2 {
namespace {

std::string many(int count, const std::string& frame) {
  std::string out;
  for (int i = 0; i < count; ++i) out += frame;
  return out;
}

TEST_CASE("h2: floods end the connection, by name") {
  const std::string open = headers(1, get({{":method", "POST"}}), kEndHeaders);
  std::string resets;
  for (std::uint32_t id = 1; id < 3000; id += 2) resets += headers(id, get()) + reset(id);
  std::string continuations = frame(kHeaders, kEndStream, 1, "");
  continuations += many(100, frame(kContinuation, 0, 1, ""));
  struct Case {
    const char* name;
    std::string bytes;
    const char* reject;
  };
  for (const Case& row : std::vector<Case>{
           {"PING", many(3000, ping()), "frame_flood"},
           {"SETTINGS", many(3000, settings()), "frame_flood"},
           {"empty DATA", open + many(3000, data(1, "")), "frame_flood"},
           {"PRIORITY", many(3000, frame(kPriority, 0, 1, number(0) + "\x10")), "frame_flood"},
           {"WINDOW_UPDATE", many(3000, window(0, 1)), "frame_flood"},
           {"unknown frames", many(3000, frame(0x99, 0, 0, "x")), "frame_flood"},
           {"requests that are reset", resets, "rapid_reset"},
           {"CONTINUATION", continuations, "continuation_flood"},
       }) {
    INFO(row.name);
    Http2Driver driver;
    driver.greet();
    driver.receive(row.bytes);
    CHECK(driver.events().find("ENHANCE_YOUR_CALM") != std::string::npos);
    CHECK(driver.rejects() == std::vector<std::string>{row.reject});
    CHECK(driver.end() == End::kLinger);
  }
}

TEST_CASE("h2: what honest clients do is no flood") {
  Http2Driver driver;
  driver.answer_with([](const Request&) { return Response::text(std::string(20'000, 'x')); });
  driver.greet();
  SECTION("a page of requests is cancelled") {
    driver.hold_requests();
    std::string bytes;
    for (std::uint32_t id = 1; id < 200; id += 2) bytes += headers(id, get());
    for (std::uint32_t id = 1; id < 200; id += 2) bytes += reset(id);
    driver.receive(bytes);
  }
  SECTION("every frame of data is acknowledged by two windows") {
    for (std::uint32_t id = 1; id < 4000; id += 2)
      driver.receive(headers(id, get()) + window(0, 16384) + window(0, 3616));
    CHECK(driver.reader().answer(3999).body.size() == 20'000);
  }
  SECTION("a PING a second, for an hour") {
    driver.hold_requests();
    driver.receive(headers(1, get({{":path", "/endless"}})));
    for (int i = 0; i < 3600; ++i) {
      driver.receive(ping());
      driver.pass(std::chrono::seconds{1});
    }
  }
  CHECK(driver.rejects().empty());
}

TEST_CASE("h2: a head that grows in the decompressor is not kept") {
  Config config;
  config.limit_request_head = 2000;
  Http2Driver driver{config};
  driver.greet();
  // One field of 1000 bytes goes into the table (RFC 7541, 6.2.1), and is named a thousand times by one byte each.
  const std::string large(1000, 'x');
  std::string bomb = block(get()) +
                     std::string{
                         "\x40\x01"
                         "a\x7f\xe9\x06",
                         6} +
                     large;
  bomb += std::string(1000, '\xbe');
  driver.receive(frame(kHeaders, kEndHeaders | kEndStream, 1, bomb));
  CHECK(driver.reader().answer(1).status == 431);
  CHECK(driver.rejects() == std::vector<std::string>{"long_head"});
}

TEST_CASE("h2: acknowledgements that nobody takes do not pile up") {
  Http2Driver driver;
  driver.greet();
  driver.block_output();
  for (int i = 0; i < 500 && driver.connection().wants_input(); ++i) driver.receive(ping());
  CHECK_FALSE(driver.connection().wants_input());
  CHECK(driver.end() == End::kOpen);
  driver.read();
  CHECK(driver.connection().wants_input());
}

TEST_CASE("h2: a head that does not come to its end is not waited for") {
  Http2Driver driver;
  driver.greet();
  driver.receive(headers(1, get(), kEndStream));
  driver.pass(Config{}.header_timeout + std::chrono::seconds{1});
  CHECK(driver.rejects() == std::vector<std::string>{"header_timeout"});
  CHECK(driver.end() == End::kLinger);
}

}  // namespace
}  // namespace orrery::test::http2
