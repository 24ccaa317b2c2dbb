#include "base/probe.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::base {

TEST_CASE("probe: which texts can be asked for") {
  for (const char* good : {"/", "/healthz", "/a?b=c&d", "/%20"}) {
    INFO(good);
    CHECK(is_probe(good));
  }
  for (const char* bad : {"", "a", "http://a/", "/a b", "/a\r\nX: 1", "/a#b", "/\x7f", "/\xc3\xa4"}) {
    INFO(bad);
    CHECK_FALSE(is_probe(bad));
  }
  CHECK(is_probe("/" + std::string(kLongestProbe - 1, 'a')));
  CHECK_FALSE(is_probe("/" + std::string(kLongestProbe, 'a')));
}

}  // namespace orrery::base
