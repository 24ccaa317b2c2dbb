#include "os/lead_lock.hpp"

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace orrery::os {

namespace {

bool is_free(const base::UniqueFd& own) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  REQUIRE(::fcntl(own.get(), F_OFD_GETLK, &whole) == 0);
  return whole.l_type == F_UNLCK;
}

}  // namespace

TEST_CASE("lead lock: one description has it, and closing lets go") {
  const auto lock = LeadLock::make();
  REQUIRE(lock);
  auto one = lock->open_own();
  auto other = lock->open_own();
  REQUIRE(one);
  REQUIRE(other);
  CHECK(is_free(*other));
  CHECK(wait_for_lead(*one));
  CHECK_FALSE(is_free(*other));
  std::thread waits{[&] { CHECK(wait_for_lead(*other)); }};
  one->reset();
  waits.join();
  const auto third = lock->open_own();
  REQUIRE(third);
  CHECK_FALSE(is_free(*third));
}

TEST_CASE("lead lock: it passes to another master, and nothing else passes for one") {
  const auto lock = LeadLock::make();
  REQUIRE(lock);
  const auto mine = lock->open_own();
  REQUIRE(mine);
  REQUIRE(wait_for_lead(*mine));
  const auto adopted = LeadLock::adopt(base::UniqueFd{::dup(lock->fd())});
  REQUIRE(adopted);
  CHECK((::fcntl(adopted->fd(), F_GETFD) & FD_CLOEXEC) != 0);
  const auto theirs = adopted->open_own();
  REQUIRE(theirs);
  CHECK_FALSE(is_free(*theirs));
  CHECK_FALSE(LeadLock::adopt(base::UniqueFd{::open("/dev/null", O_RDWR | O_CLOEXEC)}));
  CHECK_FALSE(LeadLock::adopt(base::UniqueFd{::open("/proc/self/exe", O_RDONLY | O_CLOEXEC)}));
  CHECK_FALSE(LeadLock::adopt({}));
}

TEST_CASE("lead lock: what cannot be locked says so") { CHECK_FALSE(wait_for_lead({})); }

}  // namespace orrery::os
