#include "http/status.hpp"

#include <catch2/catch.hpp>

#include "base/reject.hpp"

namespace orrery::http {
namespace {

TEST_CASE("Reason phrases are those of the registry") {
  CHECK(reason_phrase(200) == "OK");
  CHECK(reason_phrase(413) == "Content Too Large");
  CHECK(reason_phrase(431) == "Request Header Fields Too Large");
  CHECK(reason_phrase(505) == "HTTP Version Not Supported");
  CHECK(reason_phrase(299).empty());
  for (const auto& row : base::kRejects) {
    INFO(row.name);
    CHECK((row.status == 0 || !reason_phrase(row.status).empty()));
  }
}

}  // namespace
}  // namespace orrery::http
