#include "uv/off_loop.hpp"

#include <atomic>
#include <catch2/catch.hpp>
#include <thread>

namespace orrery::uv {

TEST_CASE("off loop: the work is done on another thread, and told on this one") {
  Loop loop;
  const std::thread::id here = std::this_thread::get_id();
  std::thread::id worked;
  std::thread::id told;
  bool in_order = false;
  std::atomic<bool> done{false};
  run_off_loop(
      loop,
      [&] {
        worked = std::this_thread::get_id();
        done = true;
      },
      [&] {
        told = std::this_thread::get_id();
        in_order = done;
        loop.stop();
      });
  CHECK(told == std::thread::id{});
  loop.run();
  CHECK(worked != here);
  CHECK(told == here);
  CHECK(in_order);
}

}  // namespace orrery::uv
