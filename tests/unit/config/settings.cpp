#include "config/settings.hpp"

#include <catch2/catch.hpp>
#include <cctype>
#include <set>
#include <string>

namespace orrery::config {

TEST_CASE("settings: no two rows share a name, a flag, a letter or a variable") {
  std::set<std::string_view> names, flags, variables;
  std::set<char> letters;
  for (const Setting& setting : settings()) {
    INFO(setting.name);
    CHECK(names.insert(setting.name).second);
    for (const std::string_view flag : setting.flags) CHECK(flags.insert(flag).second);
    if (setting.letter != 0) CHECK(letters.insert(setting.letter).second);
    if (!setting.environment.empty()) CHECK(variables.insert(setting.environment).second);
  }
}

TEST_CASE("settings: each row is found by what it is called, and by nothing else") {
  for (const Setting& setting : settings()) {
    INFO(setting.name);
    CHECK(find_setting(setting.name) == &setting);
    for (const std::string_view flag : setting.flags) CHECK(find_flag(flag) == &setting);
    if (setting.letter != 0) CHECK(find_letter(setting.letter) == &setting);
  }
  CHECK(find_setting("worker") == nullptr);
  CHECK(find_setting("") == nullptr);
  CHECK(find_flag("--workers") == nullptr);
  CHECK(find_flag("") == nullptr);
  CHECK(find_letter('\0') == nullptr);
}

TEST_CASE("settings: each row says what it is for, in sentences, and what its value is") {
  for (const Setting& setting : settings()) {
    INFO(setting.name);
    REQUIRE_FALSE(setting.doc.empty());
    CHECK(setting.doc.back() == '.');
    CHECK_FALSE(std::islower(static_cast<unsigned char>(setting.doc.front())));
    CHECK(setting.doc.starts_with(summary(setting)));
    CHECK(summary(setting).size() <= setting.doc.size());
    CHECK_FALSE(group_title(setting.group).empty());
    CHECK_FALSE(impact_word(setting.impact).empty());
    CHECK(setting.range.least <= setting.range.most);
    CHECK((setting.kind == Kind::kChoice) == !setting.choices.empty());
    CHECK(is_command(setting) == std::holds_alternative<std::monostate>(setting.member));
    if (!is_command(setting)) CHECK_FALSE(setting.flags.empty());
  }
}

TEST_CASE("settings: a message calls a row by its flag") {
  CHECK(shown_flag(*find_setting("workers")) == "--workers");
  CHECK(summary(*find_setting("help")) == "Show this text and exit.");
}

}  // namespace orrery::config
