#include "uv/warm_files.hpp"

#include <catch2/catch.hpp>

namespace orrery::uv {

TEST_CASE("warm_files: what was found is known for a moment, and no byte more") {
  WarmFiles files;
  const auto fresh = static_cast<std::uint64_t>(WarmFiles::kFresh.count());
  CHECK_FALSE(files.has(7, 0, 1, 1000));
  files.found(7, 100, 200, 1000);
  CHECK(files.has(7, 100, 200, 1000));
  CHECK(files.has(7, 150, 160, 1000 + fresh - 1));
  CHECK_FALSE(files.has(7, 100, 200, 1000 + fresh));
  CHECK_FALSE(files.has(7, 99, 200, 1000));
  CHECK_FALSE(files.has(7, 100, 201, 1000));
  CHECK_FALSE(files.has(8, 100, 200, 1000));
  files.found(7, 200, 300, 1050);
  CHECK(files.has(7, 200, 300, 1000 + fresh));
  CHECK_FALSE(files.has(7, 100, 200, 1050));
}

TEST_CASE("warm_files: files without an identity are never known, and one that takes a place drives out another") {
  WarmFiles files;
  files.found(0, 0, 100, 1000);
  CHECK_FALSE(files.has(0, 0, 100, 1000));
  files.found(1, 0, 100, 1000);
  for (std::uint64_t identity = 2; identity < 66; ++identity) files.found(identity, 0, 100, 1000);
  CHECK_FALSE(files.has(1, 0, 100, 1000));
  CHECK(files.has(65, 0, 100, 1000));
  CHECK(files.has(2, 0, 100, 1000));
}

}  // namespace orrery::uv
