#include "os/ledger.hpp"

#include <catch2/catch.hpp>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

#include "support/child_process.hpp"

namespace orrery::os {

namespace {

/// As the next master does it.
Ledger next_of(const Ledger& ledger) {
  auto next = Ledger::adopt(base::UniqueFd{::dup(ledger.fd())});
  REQUIRE(next);
  return std::move(*next);
}

std::map<std::string, std::uint64_t> all_of(const Ledger& ledger, const std::string& beginning) {
  std::map<std::string, std::uint64_t> all;
  ledger.each(beginning,
              [&](std::string_view rest, std::uint64_t count) { CHECK(all.emplace(std::string{rest}, count).second); });
  return all;
}

}  // namespace

TEST_CASE("ledger: a number is the sum over the masters, and one's own never falls") {
  auto first = *Ledger::create();
  CHECK(first.enter("requests", 10) == 10);
  CHECK(first.enter("requests", 7) == 10);  // an older look
  Ledger second = next_of(first);
  CHECK(second.enter("requests", 0) == 10);
  CHECK(second.enter("requests", 5) == 15);
  CHECK(first.enter("requests", 12) == 17);  // the old master's workers went on counting
  CHECK(second.enter("requests", 5) == 17);
  Ledger third = next_of(second);
  CHECK(third.enter("requests", 1) == 18);
}

TEST_CASE("ledger: names are told by what they begin with, each once") {
  auto first = *Ledger::create();
  first.enter("route|/a|GET", 3);
  first.enter("route|/b|GET", 4);
  first.enter("other", 9);
  Ledger second = next_of(first);
  second.enter("route|/a|GET", 2);
  second.enter("route|/c|PUT", 1);
  CHECK(all_of(second, "route|") == std::map<std::string, std::uint64_t>{{"/a|GET", 5}, {"/b|GET", 4}, {"/c|PUT", 1}});
  CHECK(all_of(first, "route|") == all_of(second, "route|"));
  CHECK(all_of(first, "nothing").empty());
}

TEST_CASE("ledger: the ninth master writes on in the column of the first") {
  auto first = *Ledger::create();
  first.enter("requests", 100);
  std::vector<Ledger> others;
  for (std::size_t i = 0; i < 2 * Ledger::kColumns; ++i) {
    others.push_back(next_of(first));
    CHECK(others.back().enter("requests", 1) == 101 + i);
    CHECK(others.back().enter_sum("seconds", 0.5, true) == 0.5 * static_cast<double>(i + 1));
  }
}

TEST_CASE("ledger: sums that only grow ignore an older look, others follow") {
  auto ledger = *Ledger::create();
  CHECK(ledger.enter_sum("seconds", 1.5, true) == 1.5);
  CHECK(ledger.enter_sum("seconds", 1.25, true) == 1.5);
  CHECK(ledger.enter_sum("degrees", 1.5, false) == 1.5);
  CHECK(ledger.enter_sum("degrees", -2.0, false) == -2.0);
  Ledger next = next_of(ledger);
  CHECK(next.enter_sum("degrees", -1.0, false) == -3.0);
}

TEST_CASE("ledger: what does not fit is counted by its own master alone") {
  auto first = *Ledger::create();
  const std::string longest(Ledger::kLongestName, 'x'), longer = longest + "x";
  first.enter(longest, 1);
  CHECK(first.enter(longer, 5) == 5);
  CHECK(first.enter("", 5) == 5);
  for (std::size_t i = 1; i < Ledger::kEntries; ++i) first.enter("name " + std::to_string(i), 1);
  CHECK(first.enter("one too many", 5) == 5);
  Ledger second = next_of(first);
  CHECK(second.enter(longest, 1) == 2);
  CHECK(second.enter(longer, 1) == 1);
  CHECK(second.enter("one too many", 1) == 1);
  CHECK(second.enter("name " + std::to_string(Ledger::kEntries - 1), 1) == 2);
  CHECK(all_of(second, "name ").size() == Ledger::kEntries - 1);
}

TEST_CASE("ledger: many processes enter the same names at once") {
  auto ledger = *Ledger::create();
  std::vector<pid_t> children;
  for (int process = 0; process < 4; ++process) {
    children.push_back(test::in_child([&] {
      for (int name = 0; name < 300; ++name)
        for (std::uint64_t own = 1; own <= 3; ++own) ledger.enter("name " + std::to_string(name), own);
      return 0;
    }));
  }
  for (const pid_t child : children) CHECK(test::exited_with(test::wait_for(child), 0));
  const auto all = all_of(ledger, "name ");
  CHECK(all.size() == 300);
  for (const auto& [name, count] : all) CHECK(count == 3);
}

TEST_CASE("ledger: what is no ledger is refused with a sentence, and a foreign one harms nobody") {
  struct Row {
    const char* name;
    std::size_t size;
    int seals;
    const char* said;
  };
  for (const Row row : {Row{"a file that may shrink", 1 << 23, 0, "no sealed memory file"},
                        Row{"too small", 4096, F_SEAL_SHRINK, "another layout"},
                        Row{"zeros", 1 << 23, F_SEAL_SHRINK, "another layout"}}) {
    INFO(row.name);
    base::UniqueFd fd{::memfd_create("test", MFD_ALLOW_SEALING)};
    REQUIRE(::ftruncate(fd.get(), static_cast<off_t>(row.size)) == 0);
    REQUIRE(::fcntl(fd.get(), F_ADD_SEALS, row.seals) == 0);
    const auto adopted = Ledger::adopt(std::move(fd));
    REQUIRE_FALSE(adopted);
    CHECK_THAT(adopted.error().message, Catch::Contains(row.said));
  }
  CHECK_FALSE(Ledger::adopt(base::UniqueFd{::open("/dev/null", O_RDWR | O_CLOEXEC)}));
  CHECK_FALSE(Ledger::adopt(base::UniqueFd{}));
}

TEST_CASE("ledger: numbers that a process out of its mind wrote are checked") {
  auto ledger = *Ledger::create();
  ledger.enter("requests", 1);
  const int fd = ledger.fd();
  const auto size = static_cast<std::size_t>(::lseek(fd, 0, SEEK_END));
  auto* const bytes = static_cast<unsigned char*>(::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0));
  REQUIRE(bytes != MAP_FAILED);
  // Everything behind the head: places that lead nowhere, lengths without end.
  std::memset(bytes + 16, 0xff, size - 16);
  Ledger next = next_of(ledger);
  CHECK(next.enter("requests", 5) == 5);
  CHECK(all_of(next, "").empty());
  ::munmap(bytes, size);
}

}  // namespace orrery::os
