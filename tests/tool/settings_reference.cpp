// Prints config/SETTINGS.md as the settings table has it: settings_reference > config/SETTINGS.md
#include <cstdio>

#include "config/reference.hpp"

int main() { return std::fputs(orrery::config::render_reference().c_str(), stdout) < 0 ? 1 : 0; }
