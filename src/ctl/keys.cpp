#include "ctl/keys.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace orrery::ctl {

namespace {

/// The row of the selected worker; the first where that one is gone.
std::size_t selected_row(const Controls& controls, const std::vector<Worker>& workers) {
  const auto found = std::ranges::find(workers, controls.selected, &Worker::number);
  return found == workers.end() ? 0 : static_cast<std::size_t>(found - workers.begin());
}

void move(Controls& controls, const std::vector<Worker>& workers, bool down) {
  if (workers.empty()) return;
  std::size_t row = selected_row(controls, workers);
  if (down && row + 1 < workers.size()) ++row;
  if (!down && row > 0) --row;
  controls.selected = workers[row].number;
}

SortBy after(SortBy sort) {
  return sort == SortBy::kMemory ? SortBy::kWorker : static_cast<SortBy>(static_cast<std::uint8_t>(sort) + 1);
}

}  // namespace

Wish press(Controls& controls, Press pressed, const std::vector<Worker>& workers) {
  controls.notice.clear();
  if (controls.restarting != 0) {
    const std::int64_t worker = std::exchange(controls.restarting, 0);
    if (pressed.key == Key::kCharacter && pressed.character == 'y') return {Wish::Kind::kRestart, worker};
    return {};
  }
  const bool quits = pressed.key == Key::kCharacter && pressed.character == 'q';
  if (controls.stack && !quits) {
    controls.stack.reset();
    return {};
  }
  if (pressed.key == Key::kUp || pressed.key == Key::kDown) move(controls, workers, pressed.key == Key::kDown);
  const std::int64_t chosen = workers.empty() ? 0 : workers[selected_row(controls, workers)].number;
  if (pressed.key == Key::kEnter) return chosen == 0 ? Wish{} : Wish{Wish::Kind::kStack, chosen};
  if (pressed.key != Key::kCharacter) return {};
  switch (pressed.character) {
    case 'q': return {Wish::Kind::kQuit, 0};
    case 'k': move(controls, workers, false); return {};
    case 'j': move(controls, workers, true); return {};
    case 's': controls.sort = after(controls.sort); return {};
    case 't': return chosen == 0 ? Wish{} : Wish{Wish::Kind::kStack, chosen};
    case 'o': controls.routes = !controls.routes; return {};
    case 'r': controls.restarting = chosen; return {};
    default: return {};
  }
}

}  // namespace orrery::ctl
