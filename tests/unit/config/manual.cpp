#include "config/manual.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>
#include <string>

#include "config/commands.hpp"
#include "config/settings.hpp"

namespace orrery::config {
namespace {

// That man reads them without a warning is tested by tests/install/pages.

std::string with_dashes(std::string_view flag) {
  std::string out;
  for (const char c : flag) out += c == '-' ? std::string{"\\-"} : std::string{c};
  return out;
}

TEST_CASE("manual: orrery(1) has every flag, orrery.yaml(5) every setting") {
  const auto program = render_program_page("1.2.3");
  const auto file = render_file_page("1.2.3");
  for (const Setting& setting : settings()) {
    INFO(setting.name);
    for (const auto flag : setting.flags)
      CHECK_THAT(program, Catch::Contains("\\fB\\-\\-" + with_dashes(flag) + "\\fR"));
    const bool told = file.find(".TP\n.B " + std::string{setting.name} + "\n") != std::string::npos;
    CHECK(told != is_command(setting));
  }
}

TEST_CASE("manual: orrery(1) has every command and its options") {
  const auto program = render_program_page("1.2.3");
  for (const Command& command : commands())
    CHECK_THAT(program, Catch::Contains("\n\\fB" + std::string{command.under_ctl ? "ctl " : ""} +
                                        with_dashes(command.name) + "\\fR"));
  for (const CommandOption& option : command_options())
    CHECK_THAT(program, Catch::Contains("\\fB\\-\\-" + with_dashes(option.name) + "\\fR"));
}

TEST_CASE("manual: the pages name themselves and the version") {
  CHECK_THAT(render_program_page("1.2.3"), Catch::Contains(".TH ORRERY 1 \"\" \"Orrery 1.2.3\""));
  CHECK_THAT(render_file_page("1.2.3"), Catch::Contains(".TH ORRERY.YAML 5 \"\" \"Orrery 1.2.3\""));
}

TEST_CASE("manual: no text is taken for a request, and bold ends where it began") {
  for (const auto& page : {render_program_page("1"), render_file_page("1")}) {
    std::istringstream lines(page);
    for (std::string line; std::getline(lines, line);) {
      INFO(line);
      if (line.front() == '.') CHECK((line[1] == '\\' || (line[1] >= 'A' && line[1] <= 'Z') || line == ".br"));
      const auto count = [&](std::string_view part) {
        std::size_t found = 0;
        for (auto at = line.find(part); at != std::string::npos; at = line.find(part, at + 1)) ++found;
        return found;
      };
      CHECK(std::max(count("\\fB") + count("\\fI"), count("\\fR")) <= count("\\fR") + 1);
    }
  }
}

}  // namespace
}  // namespace orrery::config
