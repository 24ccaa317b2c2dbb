// Prints what is made from the tables of settings: `settings_reference > config/SETTINGS.md`, and by other words
// the page for operators who come from gunicorn, the pages of man and the completions of shells. The build runs it
// for what it installs.
#include <cstdio>
#include <fmt/core.h>
#include <map>
#include <string>
#include <string_view>

#include "orrery/version.hpp"

#include "config/completions.hpp"
#include "config/manual.hpp"
#include "config/move.hpp"
#include "config/reference.hpp"

namespace {

using Render = std::string (*)();

const std::map<std::string_view, Render> kForms{
    {"settings", [] { return orrery::config::render_reference(); }},
    {"gunicorn", [] { return orrery::config::render_move(); }},
    {"bash", [] { return orrery::config::render_bash_completion(); }},
    {"zsh", [] { return orrery::config::render_zsh_completion(); }},
    {"fish", [] { return orrery::config::render_fish_completion(); }},
    {"orrery.1", [] { return orrery::config::render_program_page(ORRERY_VERSION); }},
    {"orrery.yaml.5", [] { return orrery::config::render_file_page(ORRERY_VERSION); }},
};

}  // namespace

int main(int argc, char** argv) {
  const auto form = kForms.find(argc < 2 ? "settings" : argv[1]);
  if (form == kForms.end()) {
    std::string known;
    for (const auto& [word, render] : kForms) known += fmt::format("{}{}", known.empty() ? "" : ", ", word);
    fmt::print(stderr, "settings_reference: there is no form `{}`; known are {}\n", argv[1], known);
    return 2;
  }
  return std::fputs(form->second().c_str(), stdout) < 0 ? 1 : 0;
}
