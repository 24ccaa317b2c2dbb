// Statements: the text of a Python file cut into its statements, without running Python.
//
// Pure. It knows what Python's own reader of lines knows: strings, brackets, comments, continued lines. What a
// statement means is for the reader of settings files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery::migrate {

struct Statement {
  std::string text;  ///< without comments and without blanks at its ends
  int line = 0;      ///< from 1
  bool indented = false;
};

std::vector<Statement> cut_statements(std::string_view text);

}  // namespace orrery::migrate
