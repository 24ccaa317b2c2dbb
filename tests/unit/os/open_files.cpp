#include "os/open_files.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

#include "base/unique_fd.hpp"

namespace orrery::os {

TEST_CASE("open_files: one more when one is opened, and nothing of nobody") {
  const auto before = open_files(::getpid());
  REQUIRE(before);
  CHECK(*before >= 3);
  {
    const base::UniqueFd more{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    CHECK(open_files(::getpid()) == *before + 1);
  }
  CHECK(open_files(::getpid()) == before);
  CHECK_FALSE(open_files(-1));
  CHECK_FALSE(open_files(0x7ffffff0));
  CHECK(open_files_limit().value_or(1) > *before);
}

}  // namespace orrery::os
