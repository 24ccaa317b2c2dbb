#include "base/datagram_target.hpp"

#include <catch2/catch.hpp>

namespace orrery::base {

TEST_CASE("datagram target: the forms of a setting") {
  struct Row {
    const char* text;
    const char* path;
    const char* host;
    const char* port;
  };
  for (const Row& row : {Row{"udp://log.example:5140", "", "log.example", "5140"},
                         {"10.0.0.1:8126", "", "10.0.0.1", "8126"},
                         {"localhost", "", "localhost", "514"},
                         {"udp://localhost", "", "localhost", "514"},
                         {"[::1]:9", "", "::1", "9"},
                         {"udp://[fe80::1%eth0]", "", "fe80::1%eth0", "514"},
                         {"unix:/dev/log", "/dev/log", "", ""},
                         {"unix:///dev/log", "/dev/log", "", ""},
                         {"unix:///dev/log#dgram", "/dev/log", "", ""},
                         {"unix:@name", "@name", "", ""}}) {
    INFO(row.text);
    const auto target = parse_datagram_target(row.text, "514");
    REQUIRE(target);
    CHECK(target->path == row.path);
    CHECK(target->host == row.host);
    CHECK(target->port == row.port);
  }
}

TEST_CASE("datagram target: what is none is said in a sentence") {
  struct Row {
    std::string text;
    const char* part;
  };
  for (const Row& row : {Row{"", "is not"},
                         {"udp://", "is not"},
                         {"udp://:514", "is not"},
                         {"h:0", "is not"},
                         {"h:65536", "is not"},
                         {"h:syslog", "is not"},
                         {"h:", "is not"},
                         {"::1", "is not"},
                         {"[::1", "is not"},
                         {"unix:", "is not"},
                         {"unix://", "is not"},
                         {"/dev/log", "is not"},
                         {"unix:" + std::string(200, 'x'), "is not"},
                         {"tcp://h:514", "TCP is not spoken"},
                         {"unix:///dev/log#stream", "only sockets of datagrams"},
                         {"a b:5", "is not"}}) {
    INFO(row.text);
    const auto target = parse_datagram_target(row.text, "514");
    REQUIRE_FALSE(target);
    CHECK(target.error().message.find(row.part) != std::string::npos);
  }
}

}  // namespace orrery::base
