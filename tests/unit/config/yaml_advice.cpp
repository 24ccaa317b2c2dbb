#include "config/yaml_advice.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::config {

TEST_CASE("yaml advice: what a person should change in the line") {
  struct Row {
    const char* name;
    const char* text;
    int line;
    const char* advice;
  };
  for (const Row& row : {
           Row{"an alias without its anchor", "user: *base", 0,
               "`user: *base`: `*base` stands for what has the anchor `&base` further up, and nothing has; for the "
               "text "
               "itself put it in quotes: user: '*base'"},
           Row{"a percent sign", "a: b\naccess_log_format: %(h)s", 1,
               "`access_log_format: %(h)s`: a value that begins with `%` means something else to YAML; put it in "
               "quotes: access_log_format: '%(h)s'"},
           Row{"an entry of a list", "bind:\n  - [::]:8000", 1,
               "`- [::]:8000`: a value that begins with `[` is a list to YAML; put it in quotes: - '[::]:8000'"},
           Row{"single quotes inside", "a: %'x", 0,
               "`a: %'x`: a value that begins with `%` means something else to YAML; put it in quotes: a: \"%'x\""},
           Row{"behind a quote", "a: \"b\" c", 0,
               "`a: \"b\" c`: something stands behind the closing quote; put the whole value in quotes: a: '\"b\" c'"},
           Row{"a backslash", "a: \"\\x", 0,
               "`a: \"\\x`: a backslash in double quotes begins an escape; use single quotes"},
           Row{"a colon and a blank", "a: b: c", 0,
               "`a: b: c`: a value with a colon and a blank in it is a mapping to YAML; put it in quotes: a: 'b: c'"},
           Row{"no colon", "workers 4", 0, "`workers 4`: there is no colon in it; write `name: value`"},
           Row{"no blank", "workers:4", 0, "`workers:4`: a blank is missing behind its colon; write `name: value`"},
           Row{"the line before", "workers 4\nbind: x", 1,
               "line 1, `workers 4`: there is no colon in it; write `name: value`"},
           Row{"nothing to say", "workers: 4", 0, ""},
           Row{"no such line", "workers: 4", 7, ""},
           Row{"a line before the first", "workers: 4", -1, ""},
       }) {
    INFO(row.name);
    CHECK(advise(row.text, row.line) == row.advice);
  }
}

TEST_CASE("yaml advice: a line as a message shows it") {
  CHECK(shown_line("a\n  b\tc\x7f"
                   "d \n",
                   1) == "b c d");
  CHECK(shown_line("a", 1).empty());
  CHECK(shown_line(std::string(81, 'x'), 0) == std::string(80, 'x') + "…");
  CHECK(shown_line(std::string(79, 'x') + "é", 0) == std::string(79, 'x') + "…");
  CHECK(shown_line(std::string(78, 'x') + "éé", 0) == std::string(78, 'x') + "é…");
  CHECK(shown_line(std::string(80, 'x'), 0) == std::string(80, 'x'));
}

TEST_CASE("yaml advice: blanks at both ends, and nothing but blanks") {
  CHECK(trimmed(" \ta b\r\n") == "a b");
  CHECK(trimmed(" \r\n").empty());
  CHECK(trimmed("").empty());
}

}  // namespace orrery::config
