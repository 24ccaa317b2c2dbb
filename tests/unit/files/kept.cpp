#include "files/kept.hpp"

#include <catch2/catch.hpp>

namespace orrery::files {
namespace {

constexpr std::int64_t kNow = 1'000'000'000'000;

os::FileFacts facts(std::uint64_t inode, std::int64_t changed = 0) {
  os::FileFacts made;
  made.kind = os::FileFacts::Kind::kRegular;
  made.inode = inode;
  made.size = 1000;
  made.modified = made.changed = changed;
  return made;
}

Kept::Bytes bytes(char c) { return std::make_shared<const std::string>(1000, c); }

}  // namespace

TEST_CASE("kept: a file is found in the state in which it was kept") {
  Kept kept{10'000};
  CHECK_FALSE(kept.find(facts(1)));
  kept.keep(facts(1), bytes('a'), kNow);
  REQUIRE(kept.find(facts(1)));
  CHECK(kept.find(facts(1))->front() == 'a');
  CHECK_FALSE(kept.find(facts(2)));
  SECTION("and is forgotten when it is in another") {
    os::FileFacts other = facts(1);
    const int what = GENERATE(0, 1, 2);
    if (what == 0) other.size = 999;
    if (what == 1) other.modified = 1;
    if (what == 2) other.changed = 1;
    CHECK_FALSE(kept.find(other));
    CHECK_FALSE(kept.find(facts(1)));
    CHECK(kept.size() == 0);
  }
  SECTION("and kept once") {
    kept.keep(facts(1), bytes('b'), kNow);
    CHECK(kept.find(facts(1))->front() == 'b');
    CHECK(kept.size() < 2000);
  }
  SECTION("an inode of another device is another file") {
    os::FileFacts other = facts(1);
    other.device = 7;
    CHECK_FALSE(kept.find(other));
    CHECK(kept.find(facts(1)));
  }
}

TEST_CASE("kept: the least recently asked for goes first, and never more is kept than there is room for") {
  Kept kept{4000};
  for (std::uint64_t inode = 1; inode <= 3; ++inode) kept.keep(facts(inode), bytes('a'), kNow);
  CHECK(kept.find(facts(1)));
  kept.keep(facts(4), bytes('d'), kNow);
  CHECK(kept.find(facts(1)));
  CHECK_FALSE(kept.find(facts(2)));
  CHECK(kept.find(facts(3)));
  CHECK(kept.find(facts(4)));
  for (std::uint64_t inode = 10; inode <= 50; ++inode) {
    kept.keep(facts(inode), bytes('e'), kNow);
    CHECK(kept.size() <= 4000);
  }
}

TEST_CASE("kept: what may change unseen, and what has no room, is not kept") {
  Kept kept{4000};
  kept.keep(facts(1, kNow - 1'000'000'000), bytes('a'), kNow);
  CHECK_FALSE(kept.find(facts(1, kNow - 1'000'000'000)));
  os::FileFacts touched = facts(2);
  touched.changed = kNow;
  kept.keep(touched, bytes('a'), kNow);
  CHECK_FALSE(kept.find(touched));
  kept.keep(facts(3), std::make_shared<const std::string>(5000, 'a'), kNow);
  CHECK_FALSE(kept.find(facts(3)));
  Kept none{0};
  none.keep(facts(1), bytes('a'), kNow);
  CHECK(none.size() == 0);
}

}  // namespace orrery::files
