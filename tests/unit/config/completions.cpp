#include "config/completions.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "config/commands.hpp"
#include "config/settings.hpp"

namespace orrery::config {
namespace {

// What a shell makes of them is tested by tests/install/pages.

TEST_CASE("completions: every flag is in each shell's") {
  const auto bash = render_bash_completion();
  const auto zsh = render_zsh_completion();
  const auto fish = render_fish_completion();
  for (const Setting& setting : settings()) {
    for (const auto flag : setting.flags) {
      const std::string name{flag};
      INFO(name);
      CHECK_THAT(bash, Catch::Contains(" --" + name) || Catch::Contains("'--" + name));
      CHECK_THAT(zsh, Catch::Contains("--" + name + "=[") || Catch::Contains("--" + name + "["));
      CHECK_THAT(fish, Catch::Contains(" -l " + name + " "));
    }
  }
}

TEST_CASE("completions: every command and every option of one is in each shell's") {
  for (const std::string& page : {render_bash_completion(), render_zsh_completion(), render_fish_completion()}) {
    for (const Command& command : commands()) CHECK_THAT(page, Catch::Contains(std::string{command.name}));
    for (const CommandOption& option : command_options()) {
      const std::string name{option.name};
      CHECK_THAT(page, Catch::Contains("--" + name) || Catch::Contains(" -l " + name + " "));
    }
  }
}

TEST_CASE("completions: a value is completed as what it is") {
  const std::string classes = "-k | --worker-class) values=\"-W 'async sync threads gthread'\" ;;";
  CHECK_THAT(render_bash_completion(), Catch::Contains(classes) && Catch::Contains("--config) values=\"-f\" ;;") &&
                                           Catch::Contains("--user) values=\"-u\" ;;") &&
                                           Catch::Contains("--timeout) return ;;"));
  CHECK_THAT(render_zsh_completion(), Catch::Contains(":CLASS:(async sync threads gthread)'") &&
                                          Catch::Contains(":USER:_users'") && Catch::Contains("'*--bind="));
  CHECK_THAT(render_fish_completion(), Catch::Contains("-l worker-class -x -a 'async sync threads gthread'"));
}

}  // namespace
}  // namespace orrery::config
