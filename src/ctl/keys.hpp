// Keys: what a key means in `orrery top`: it changes what is shown, or wishes for something that only the loop can do.
//
// Pure. A worker is restarted only after a second key said yes.
#pragma once

#include <cstdint>
#include <vector>

#include "ctl/frame.hpp"

namespace orrery::ctl {

enum class Key : std::uint8_t { kOther, kUp, kDown, kEnter, kCharacter };
struct Press {
  Key key = Key::kOther;
  char character = 0;  ///< of kCharacter
};

struct Wish {
  enum class Kind : std::uint8_t { kNothing, kQuit, kStack, kRestart };
  Kind kind = Kind::kNothing;
  std::int64_t worker = 0;  ///< kStack, kRestart
};

/// `workers` as they are shown.
Wish press(Controls& controls, Press pressed, const std::vector<Worker>& workers);

}  // namespace orrery::ctl
