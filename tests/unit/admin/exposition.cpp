#include "admin/exposition.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::admin {

TEST_CASE("exposition: the value of a label is escaped, whatever it is") {
  struct Row {
    const char* text;
    const char* escaped;
  };
  for (const auto& row : {Row{"plain", "plain"}, Row{"a\"b\\c\nd", R"(a\"b\\c\nd)"}, Row{"\xc3\xa9", "\xc3\xa9"},
                          Row{"\xff x \xc3", "? x ?"}, Row{"", ""}}) {
    INFO(row.text);
    CHECK(escaped_label(row.text) == row.escaped);
  }
}

TEST_CASE("exposition: a family has its sentence, its type and its samples") {
  Exposition out{Exposure::kPrometheus};
  out.counter("things_total", R"(Things in C:\here.)");
  out.sample(2, "kind", "a", "");
  out.sample(std::string{"7"}, R"(kind="b",size="c")");
  CHECK(out.take() ==
        "# HELP things_total Things in C:\\\\here.\n# TYPE things_total counter\nthings_total{kind=\"a\"} 2\n"
        "things_total{kind=\"b\",size=\"c\"} 7\n");
}

TEST_CASE("exposition: a counter's family has no suffix in OpenMetrics, and the text has an end") {
  Exposition out{Exposure::kOpenMetrics};
  out.counter("things_total", "Things.");
  out.sample(2);
  CHECK(out.take() == "# HELP things Things.\n# TYPE things counter\nthings_total 2\n# EOF\n");
}

}  // namespace orrery::admin
