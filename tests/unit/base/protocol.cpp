#include "base/protocol.hpp"

#include <catch2/catch.hpp>

namespace orrery::base {
namespace {

TEST_CASE("A protocol is shown as access logs have it") {
  CHECK(to_string(Protocol::kHttp10) == "HTTP/1.0");
  CHECK(to_string(Protocol::kHttp11) == "HTTP/1.1");
  CHECK(to_string(Protocol::kHttp2) == "HTTP/2.0");
}

}  // namespace
}  // namespace orrery::base
