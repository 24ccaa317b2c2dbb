#include "migrate/text_lines.hpp"

#include <catch2/catch.hpp>

namespace orrery::migrate {
namespace {

std::string as_text(const std::vector<TextLine>& lines) {
  std::string out;
  for (const TextLine& line : lines) out += std::to_string(line.number) + (line.indented ? ">" : ":") + line.text + "|";
  return out;
}

TEST_CASE("text lines: lines that a backslash continues are one") {
  struct Row {
    const char* name;
    const char* text;
    Joining joining;
    bool semicolons;
    const char* lines;
  };
  const Row rows[] = {
      {"nothing", "", Joining::kBackslash, false, ""},
      {"lines", "a\n\n  b\r\n# c\nd", Joining::kBackslash, false, "1:a|3>b|5:d|"},
      {"continued", "a \\\n  b \\\n  c\nd\n", Joining::kBackslash, false, "1:a b c|4:d|"},
      {"a comment inside", "a \\\n# x\n  b\n", Joining::kBackslash, false, "1:a b|"},
      {"not continued", "a \\\nb\n", Joining::kNone, false, "1:a \\|2:b|"},
      {"semicolons", "; a\nb\n", Joining::kNone, true, "2:b|"},
      {"no semicolons", "; a\n", Joining::kNone, false, "1:; a|"},
      {"an end in a backslash", "a \\", Joining::kBackslash, false, "1:a|"},
      {"an empty line ends it", "a \\\n\nb\n", Joining::kBackslash, false, "1:a|3:b|"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(as_text(cut_lines(row.text, row.joining, row.semicolons)) == row.lines);
  }
  CHECK(trimmed(" \t a b \n") == "a b");
  CHECK(trimmed(" \n").empty());
  CHECK(place("f", 3) == "f:3");
}

}  // namespace
}  // namespace orrery::migrate
