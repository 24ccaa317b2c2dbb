#include "config/commands.hpp"

#include <catch2/catch.hpp>
#include <set>

namespace orrery::config {

TEST_CASE("commands: the first word decides whether it is one; flags of the server never are") {
  for (const char* word : {"ctl", "top", "plan", "doctor", "migrate"}) CHECK(is_command_word(word));
  for (const char* word : {"", "-c", "--workers", "status", "ctl ", "orrery.yaml"}) CHECK_FALSE(is_command_word(word));
}

TEST_CASE("commands: each row has a sentence, options that exist, and a name of its own") {
  std::set<std::pair<std::string_view, bool>> names;
  for (const Command& command : commands()) {
    INFO(command.name);
    CHECK(names.insert({command.name, command.under_ctl}).second);
    CHECK(command.doc.ends_with('.'));
    CHECK(command.least <= command.most);
    CHECK((command.most > 0) == !command.operands.empty());
    for (const auto option : options_of(command)) CHECK(command_option(option).name == option);
    CHECK(find_command(command.name, command.under_ctl) == &command);
    CHECK(find_command(command.name, !command.under_ctl) == nullptr);
    if (!command.under_ctl) CHECK(is_command_word(command.name));
  }
}

TEST_CASE("commands: the help names every command, every option and the exit codes, at most 120 columns wide") {
  const std::string help = render_command_help("orrery");
  for (const Command& command : commands()) CHECK_THAT(help, Catch::Contains(std::string{command.doc}));
  for (const CommandOption& option : command_options())
    CHECK_THAT(help, Catch::Contains("--" + std::string{option.name}));
  CHECK_THAT(help, Catch::Contains("Exit status: 0 done, 1 refused or failed, 2 a wrong command line, 3 the admin"));
  for (std::size_t at = 0; at < help.size();) {
    const std::size_t end = help.find('\n', at);
    INFO(help.substr(at, end - at));
    CHECK(end - at <= 120);
    at = end + 1;
  }
}

}  // namespace orrery::config
