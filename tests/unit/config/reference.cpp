#include "config/reference.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <sstream>
#include <variant>

#include "config/settings.hpp"
#include "config/yaml.hpp"
#include "workshop.hpp"

namespace orrery::config {
namespace {

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

TEST_CASE("reference: config/SETTINGS.md is true") {
  std::ifstream file(std::string{ORRERY_TEST_DATA_DIR} + "/../config/SETTINGS.md");
  std::stringstream text;
  text << file.rdbuf();
  INFO(
      "config/SETTINGS.md differs from the settings table; to make it anew, run in the top folder:\n"
      "  build/debug/settings_reference > config/SETTINGS.md");
  CHECK((text.str() == render_reference()));
}

TEST_CASE("reference: --help fits 80 columns and names every flag") {
  const auto help = render_help("orrery");
  for (const auto& line : lines_of(help)) {
    INFO(line);
    CHECK(line.size() <= 80);
    CHECK((line.empty() || line.back() != ' '));
  }
  for (const Setting& setting : settings()) {
    INFO(setting.name);
    CHECK_THAT(help, Catch::Contains(shown_flag(setting)));
  }
  for (const char* signal : {"TERM", "INT, QUIT", "HUP", "USR2", "TTIN, TTOU", "USR1", "WINCH"})
    CHECK_THAT(help, Catch::Contains(std::string{"\n  "} + signal + " "));
  CHECK_THAT(help, Catch::Contains("\n  orrery -b 0.0.0.0:8000 -w 4"));
  CHECK_THAT(help,
             Catch::Contains("[2048 connections]") && Catch::Contains("[30s]") && Catch::Contains("[8190 bytes]"));
}

TEST_CASE("reference: --print-config shows each value and where it came from") {
  const TemporaryFolder folder;
  const auto file = folder.write("f.yaml", "\ntimeout: 5\nuser: \"\"\n");
  const auto text = load_arguments({"-c", file, "-w", "4", "--print-config"}, {{"PORT", "80"}}).text;
  std::vector<std::size_t> columns;
  std::map<std::string, std::string> origins;
  for (const auto& line : lines_of(text)) {
    const auto mark = line.rfind("  # ");
    if (mark == std::string::npos) continue;
    origins[line.substr(0, line.find(':'))] = line.substr(mark + 4);
    if (mark < 70) columns.push_back(mark);
  }
  CHECK(origins["workers"] == "--workers");
  CHECK(origins["timeout"] == file + ":2");
  CHECK(origins["user"] == file + ":3");
  CHECK(origins["bind"] == "environment PORT");
  CHECK(origins["keepalive"] == "default");
  const auto& table = settings();
  const auto values = std::count_if(table.begin(), table.end(), [](const Setting& setting) {
    return !std::holds_alternative<std::monostate>(setting.member);
  });
  CHECK(origins.size() == static_cast<std::size_t>(values));
  CHECK(std::all_of(columns.begin(), columns.end(), [&](std::size_t column) { return column == columns.front(); }));
}

TEST_CASE("reference: what --print-config prints is a file that means the same") {
  const TemporaryFolder folder;
  const auto first = load_arguments({"-w", "4", "-b", ":1", "-b", "unix:/a \"b\"", "-t", "1500ms", "-m", "22", "--env",
                                     "A=\\x", "-k", "threads", "--print-config"});
  REQUIRE(first.complaints.empty());
  const auto second = load_arguments({"-c", folder.write("f.yaml", first.text)});
  CHECK(print_complaints("orrery", second.complaints).empty());
  CHECK(compare(first.config, second.config).empty());
}

}  // namespace
}  // namespace orrery::config
