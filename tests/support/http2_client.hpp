// Http2Client: a client of HTTP/2 in the hands of a test, which sees every frame.
//
// It takes whatever comes, so only windows of streams hold a server back, and it answers a PING; the rest is the test's
// to send. Blocking; nothing waits longer than the limit of its Wire. One thread.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/http2_frames.hpp"
#include "support/tls_client.hpp"
#include "support/wire.hpp"

namespace orrery::test {

class Http2Client {
 public:
  explicit Http2Client(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {
    send(std::string{http2::kPreface} + http2::settings() + http2::window(0, 0x7fffffff - 65535));
  }
  /// By prior knowledge, or over TLS by ALPN.
  explicit Http2Client(const Wire::Place& place, bool tls = false)
      : Http2Client(tls ? tls_wire(place, {.protocols = "\x02h2"}) : std::make_unique<Wire>(place)) {}

  void send(const std::string& bytes) { wire_->send(bytes); }
  /// Reads until this is so; false when the connection ends before, or nothing comes.
  template <class Condition>
  bool until(Condition&& condition) {
    while (!condition()) {
      const std::string bytes = wire_->read_some(65536);
      if (bytes.empty()) return false;
      reader_.read(bytes);
      for (std::string& event : reader_.take_events()) take(std::move(event));
    }
    return true;
  }
  bool answered(std::uint32_t stream) {
    return until([&] { return reader_.answer(stream).whole; });
  }
  [[nodiscard]] bool heard(std::string_view what) const {
    return std::any_of(events_.begin(), events_.end(), [&](const auto& event) { return event.starts_with(what); });
  }
  /// The last stream that a GOAWAY lets pass.
  [[nodiscard]] std::uint32_t last_allowed() const {
    std::uint32_t last = 0x7fffffff;
    for (const std::string& event : events_)
      if (event.starts_with("goaway ")) last = std::min(last, static_cast<std::uint32_t>(std::stoul(event.substr(7))));
    return last;
  }
  http2::Reader& reader() { return reader_; }
  Wire& wire() { return *wire_; }

 private:
  /// What a client does by itself: it answers a PING. What concerns one stream is the reader's.
  void take(std::string event) {
    if (event == "ping") send(http2::ping(std::string_view{"leaving\0", 8}, http2::kAck));
    if (event == "ping" || event.starts_with("goaway") || event.starts_with("reset"))
      events_.push_back(std::move(event));
  }

  std::unique_ptr<Wire> wire_;
  http2::Reader reader_;
  std::vector<std::string> events_;
};

}  // namespace orrery::test
