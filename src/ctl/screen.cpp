#include "ctl/screen.hpp"

#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <string>
#include <sys/ioctl.h>
#include <type_traits>
#include <unistd.h>
#include <utility>

#define NCURSES_NOMACROS 1
#include <curses.h>

// clang-format off
#define ORRERY_CURSES_FUNCTIONS \
  ORRERY_CURSES(newterm) ORRERY_CURSES(delscreen) ORRERY_CURSES(endwin) ORRERY_CURSES(newwin) \
  ORRERY_CURSES(delwin) ORRERY_CURSES(cbreak) ORRERY_CURSES(noecho) ORRERY_CURSES(keypad) \
  ORRERY_CURSES(nodelay) ORRERY_CURSES(curs_set) ORRERY_CURSES(has_colors) ORRERY_CURSES(start_color) \
  ORRERY_CURSES(use_default_colors) ORRERY_CURSES(init_pair) ORRERY_CURSES(wattr_set) ORRERY_CURSES(wmove) \
  ORRERY_CURSES(waddnstr) ORRERY_CURSES(werase) ORRERY_CURSES(wrefresh) ORRERY_CURSES(wresize) \
  ORRERY_CURSES(resizeterm) ORRERY_CURSES(wgetch)
// clang-format on

namespace orrery::ctl {

namespace {

constexpr const char* kLibrary = "libncursesw.so.6";
constexpr short kGreen = 1, kRed = 2;

}  // namespace

// The prototypes are those of the header; the functions those of the library that is there.
struct Screen::Library {
#define ORRERY_CURSES(name) decltype(&::name) name = nullptr;
  ORRERY_CURSES_FUNCTIONS
#undef ORRERY_CURSES

  bool load() {
    void* handle = ::dlopen(kLibrary, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return false;
    bool all = true;
    const auto find = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(handle, name));
      all = all && function != nullptr;
    };
#define ORRERY_CURSES(name) find(name, #name);
    ORRERY_CURSES_FUNCTIONS
#undef ORRERY_CURSES
    return all;
  }
};

struct Screen::Terminal {
  SCREEN* screen = nullptr;
  WINDOW* window = nullptr;
};

Result<std::unique_ptr<Screen>> Screen::open(bool colour) {
  auto library = std::make_unique<Library>();
  if (!library->load())
    return fail(std::string{"`top` needs the library "} + kLibrary +
                " (package libncursesw6); `ctl status` and `ctl workers` do without it");
  // Terminals are UTF-8, also where nobody chose a locale.
  if (std::setlocale(LC_CTYPE, "") == nullptr || MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
  auto terminal = std::make_unique<Terminal>();
  terminal->screen = library->newterm(nullptr, stdout, stdin);
  if (terminal->screen == nullptr)
    return fail("`top` does not know this terminal; set TERM, or install its description (package ncurses-base)");
  terminal->window = library->newwin(0, 0, 0, 0);
  return std::unique_ptr<Screen>(new Screen(std::move(library), std::move(terminal), colour));
}

Screen::Screen(std::unique_ptr<Library> library, std::unique_ptr<Terminal> terminal, bool colour)
    : library_(std::move(library)), terminal_(std::move(terminal)), colour_(colour && library_->has_colors()) {
  library_->cbreak();
  library_->noecho();
  library_->keypad(terminal_->window, true);
  library_->nodelay(terminal_->window, true);
  library_->curs_set(0);
  if (!colour_) return;
  library_->start_color();
  library_->use_default_colors();
  library_->init_pair(kGreen, COLOR_GREEN, -1);
  library_->init_pair(kRed, COLOR_RED, -1);
}

Screen::~Screen() {
  leave();
  library_->delwin(terminal_->window);
  library_->delscreen(terminal_->screen);
}

void Screen::leave() {
  library_->curs_set(1);
  library_->endwin();
}

Size Screen::size() {
  winsize now{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) != 0 || now.ws_col == 0 || now.ws_row == 0) return {};
  library_->resizeterm(now.ws_row, now.ws_col);
  library_->wresize(terminal_->window, now.ws_row, now.ws_col);
  return {now.ws_col, now.ws_row};
}

int Screen::attributes_of(const Span& span, short& pair) const {
  attr_t attributes = span.reversed ? A_REVERSE : A_NORMAL;
  switch (span.paint) {
    case Paint::kGood: pair = kGreen; break;
    case Paint::kBad: pair = kRed; break;
    case Paint::kBold: attributes |= A_BOLD; break;
    case Paint::kDim: attributes |= A_DIM; break;
    case Paint::kPlain: break;
  }
  if (!colour_) pair = 0;
  return static_cast<int>(attributes);
}

void Screen::draw(const std::vector<Line>& lines) {
  library_->curs_set(0);
  library_->werase(terminal_->window);
  for (std::size_t row = 0; row < lines.size(); ++row) {
    library_->wmove(terminal_->window, static_cast<int>(row), 0);
    for (const Span& span : lines[row]) {
      short pair = 0;
      const int attributes = attributes_of(span, pair);
      library_->wattr_set(terminal_->window, static_cast<attr_t>(attributes), pair, nullptr);
      library_->waddnstr(terminal_->window, span.text.c_str(), static_cast<int>(span.text.size()));
    }
  }
  library_->wrefresh(terminal_->window);
}

std::optional<Press> Screen::key() {
  int code = library_->wgetch(terminal_->window);
  // The library tells of a changed size as of a key.
  while (code == KEY_RESIZE) code = library_->wgetch(terminal_->window);
  switch (code) {
    case ERR: return std::nullopt;
    case KEY_UP: return Press{Key::kUp};
    case KEY_DOWN: return Press{Key::kDown};
    case '\n':
    case '\r':
    case KEY_ENTER: return Press{Key::kEnter};
    default: break;
  }
  if (code < 0x20 || code > 0x7e) return Press{};
  return Press{Key::kCharacter, static_cast<char>(code)};
}

}  // namespace orrery::ctl
