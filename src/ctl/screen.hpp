// Screen: the terminal in the hands of ncurses. The only user of <curses.h>.
//
// The library is loaded when a Screen is opened, and by nothing else: a server neither needs nor maps it. Gives the
// terminal back as it was, whatever ends the program by its own hand; what signals do is the loop's concern. One Screen
// a process.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "orrery/result.hpp"

#include "ctl/frame.hpp"
#include "ctl/keys.hpp"

namespace orrery::ctl {

class Screen {
 public:
  /// Fails where there is no ncurses, or where it does not know the terminal.
  static Result<std::unique_ptr<Screen>> open(bool colour);
  ~Screen();
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  /// As the terminal is at present; after its change the next drawing fits.
  Size size();
  void draw(const std::vector<Line>& lines);
  /// A key that has been pressed; nothing when there is none. Does not wait.
  std::optional<Press> key();
  /// The terminal as it was, until the next drawing.
  void leave();

 private:
  struct Library;
  struct Terminal;
  Screen(std::unique_ptr<Library> library, std::unique_ptr<Terminal> terminal, bool colour);
  [[nodiscard]] int attributes_of(const Span& span, short& pair) const;

  std::unique_ptr<Library> library_;
  std::unique_ptr<Terminal> terminal_;
  bool colour_;
};

}  // namespace orrery::ctl
