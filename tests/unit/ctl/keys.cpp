#include "ctl/keys.hpp"

#include <catch2/catch.hpp>

namespace orrery::ctl {

namespace {

std::vector<Worker> three() {
  std::vector<Worker> workers(3);
  for (std::size_t i = 0; i < 3; ++i) workers[i].number = static_cast<std::int64_t>(i) + 4;
  return workers;
}

Wish type(Controls& controls, char character) { return press(controls, {Key::kCharacter, character}, three()); }

}  // namespace

TEST_CASE("keys: the selection moves over the rows that are shown, and stays in them") {
  Controls controls;
  press(controls, {Key::kUp}, three());
  CHECK(controls.selected == 4);
  press(controls, {Key::kDown}, three());
  type(controls, 'j');
  type(controls, 'j');
  CHECK(controls.selected == 6);
  type(controls, 'k');
  CHECK(controls.selected == 5);
  controls.selected = 99;  // that worker is gone
  press(controls, {Key::kDown}, three());
  CHECK(controls.selected == 5);
  press(controls, {Key::kDown}, {});
  CHECK(controls.selected == 5);
}

TEST_CASE("keys: a worker is restarted only when a second key says yes") {
  Controls controls;
  controls.selected = 5;
  CHECK(type(controls, 'r').kind == Wish::Kind::kNothing);
  CHECK(controls.restarting == 5);
  CHECK(type(controls, 'q').kind == Wish::Kind::kNothing);
  CHECK(controls.restarting == 0);
  type(controls, 'r');
  const Wish wish = type(controls, 'y');
  CHECK(wish.kind == Wish::Kind::kRestart);
  CHECK(wish.worker == 5);
  CHECK(type(controls, 'y').kind == Wish::Kind::kNothing);
  Controls none;
  press(none, {Key::kCharacter, 'r'}, {});
  CHECK(none.restarting == 0);
  CHECK(press(none, {Key::kCharacter, 't'}, {}).kind == Wish::Kind::kNothing);
}

TEST_CASE("keys: a stack is shown until any key, q quits at once, s goes round the orders") {
  Controls controls;
  CHECK(press(controls, {Key::kEnter}, three()).worker == 4);
  controls.stack = Stacks{};
  CHECK(type(controls, 'r').kind == Wish::Kind::kNothing);
  CHECK_FALSE(controls.stack);
  CHECK(controls.restarting == 0);
  controls.stack = Stacks{};
  CHECK(type(controls, 'q').kind == Wish::Kind::kQuit);
  controls.stack.reset();
  controls.notice = "old";
  for (int i = 0; i < 6; ++i) type(controls, 's');
  CHECK(controls.sort == SortBy::kWorker);
  CHECK(controls.notice.empty());
  CHECK(press(controls, {}, three()).kind == Wish::Kind::kNothing);
}

TEST_CASE("keys: o shows the routes, and the requests again") {
  Controls controls;
  CHECK(type(controls, 'o').kind == Wish::Kind::kNothing);
  CHECK(controls.routes);
  type(controls, 'o');
  CHECK_FALSE(controls.routes);
}

}  // namespace orrery::ctl
