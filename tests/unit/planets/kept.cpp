// What is kept: the last ones by use, within bytes, by whatever thread asks.
#include "planets/kept.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <thread>

namespace orrery::planets {
namespace {

struct Maker {
  Kept<std::string> kept;
  int made = 0;

  std::string get(const std::string& key, std::size_t size = 10) {
    return *kept.get(key, [&] {
      ++made;
      return std::string(size, key.front());
    });
  }
};

}  // namespace

TEST_CASE("kept: what is asked for again is not made again", "[planets]") {
  Maker maker{Kept<std::string>{100}};
  CHECK(maker.get("a") == "aaaaaaaaaa");
  CHECK(maker.get("a") == "aaaaaaaaaa");
  CHECK(maker.made == 1);
  CHECK(maker.kept.count() == 1);
  CHECK(maker.kept.bytes() == 11);
}

TEST_CASE("kept: the one that was not asked for longest goes first", "[planets]") {
  Maker maker{Kept<std::string>{35}};
  for (const char* key : {"a", "b", "c", "a", "d"}) (void)maker.get(key);
  CHECK(maker.made == 4);
  CHECK(maker.kept.count() == 3);
  CHECK(maker.kept.bytes() == 33);
  for (const char* key : {"a", "c", "d"}) (void)maker.get(key);
  CHECK(maker.made == 4);
  (void)maker.get("b");
  CHECK(maker.made == 5);
}

TEST_CASE("kept: what is larger than all is given and not kept", "[planets]") {
  Maker maker{Kept<std::string>{30}};
  (void)maker.get("a");
  CHECK(maker.get("b", 30).size() == 30);
  CHECK(maker.kept.count() == 1);
  (void)maker.get("c", 29);
  CHECK(maker.kept.count() == 1);
  CHECK(maker.kept.bytes() == 30);
}

TEST_CASE("kept: threads that ask at once all get theirs", "[planets]") {
  Kept<std::string> kept{200};
  std::array<bool, 4> right{};
  std::array<std::thread, 4> threads;
  for (std::size_t i = 0; i < threads.size(); ++i)
    threads[i] = std::thread{[&, i] {
      bool all = true;
      for (int round = 0; round < 2000; ++round) {
        const std::string key = std::to_string((round + static_cast<int>(i)) % 40);
        all = all && *kept.get(key, [&] { return key + key; }) == key + key;
      }
      right[i] = all;
    }};
  for (std::thread& thread : threads) thread.join();
  CHECK(right == std::array{true, true, true, true});
  CHECK(kept.bytes() <= 200);
}

}  // namespace orrery::planets
