#include "os/passed_bytes.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <unistd.h>

namespace orrery::os {

TEST_CASE("passed bytes: what is passed is taken, and no program inherits it unasked") {
  for (const std::string& bytes : {std::string{}, std::string{"a secret"}, std::string(kMostPassedBytes, '\0')}) {
    auto file = pass_bytes(bytes);
    REQUIRE(file);
    CHECK((::fcntl(file->get(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(take_bytes(std::move(*file)) == bytes);
  }
}

TEST_CASE("passed bytes: a descriptor that is no file gives nothing") {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  const base::UniqueFd writer{ends[1]};
  CHECK_FALSE(take_bytes(base::UniqueFd{ends[0]}));
  CHECK_FALSE(take_bytes(base::UniqueFd{}));
}

}  // namespace orrery::os
