#include "migrate/statements.hpp"

#include <catch2/catch.hpp>

namespace orrery::migrate {
namespace {

std::string as_text(std::string_view text) {
  std::string out;
  for (const Statement& statement : cut_statements(text))
    out += std::to_string(statement.line) + (statement.indented ? ">" : ":") + statement.text + "|";
  return out;
}

TEST_CASE("statements: a Python file is cut where Python cuts it") {
  struct Row {
    const char* name;
    const char* text;
    const char* statements;
  };
  const Row rows[] = {
      {"nothing", "\n\n", ""},
      {"lines", "a = 1\nb = 2\n", "1:a = 1|2:b = 2|"},
      {"comments", "# x\na = 1  # y\n  # z\nb = 2", "2:a = 1|4:b = 2|"},
      {"a number sign in a string", "a = '#1'  # x\n", "1:a = '#1'|"},
      {"brackets", "a = [\n  1,  # x\n  2,\n]\nb = 2\n", "1:a = [\n  1,  \n  2,\n]|5:b = 2|"},
      {"brackets in a string", "a = '['\nb = 2\n", "1:a = '['|2:b = 2|"},
      {"a backslash", "a = 1 + \\\n  2\nb = 3\n", "1:a = 1 +    2|3:b = 3|"},
      {"a text over lines", "\"\"\"a\nb = 1\n\"\"\"\nc = 2\n", "1:\"\"\"a\nb = 1\n\"\"\"|4:c = 2|"},
      {"an escaped quote", "a = 'it\\'s'\nb = 2\n", "1:a = 'it\\'s'|2:b = 2|"},
      {"semicolons", "a = 1; b = 2\n", "1:a = 1|1:b = 2|"},
      {"indented", "if x:\n    a = 1\n\n    b = 2\nc = 3\n", "1:if x:|2>a = 1|4>b = 2|5:c = 3|"},
      {"an open quote", "a = 'b\nc = 2\n", "1:a = 'b|2:c = 2|"},
      {"an open bracket", "a = [1\nb = 2\n", "1:a = [1\nb = 2|"},
      {"a closing bracket too many", "a = 1)\nb = 2\n", "1:a = 1)|2:b = 2|"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(as_text(row.text) == row.statements);
  }
}

}  // namespace
}  // namespace orrery::migrate
