#include "ctl/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

namespace orrery::ctl {

Style output_style(const std::map<std::string, std::string>& environment) {
  Style style;
  if (::isatty(STDOUT_FILENO) == 0) return style;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0) style.width = size.ws_col;
  const auto set = [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? std::string{} : found->second;
  };
  style.colour = set("NO_COLOR").empty() && set("TERM") != "dumb";
  return style;
}

}  // namespace orrery::ctl
