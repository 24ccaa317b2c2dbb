#include "ctl/event_stream.hpp"

#include <catch2/catch.hpp>
#include <vector>

namespace orrery::ctl {

TEST_CASE("event_stream: an event is its data, wherever the bytes are cut") {
  const std::string bytes =
      ": hello\n\nid: 1\ndata: {\"a\":1}\n\nevent: x\r\ndata:one\r\ndata: two\r\n\r\nid: 3\n\ndata: cut off";
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    std::vector<std::string> events;
    EventStream stream([&](const std::string& data) { events.push_back(data); });
    for (std::size_t at = 0; at < bytes.size(); at += piece) stream.take(std::string_view{bytes}.substr(at, piece));
    CHECK(events == std::vector<std::string>{"{\"a\":1}", "one\ntwo"});
  }
}

}  // namespace orrery::ctl
