#include "base/access_sketch.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::base {

TEST_CASE("access sketch: texts and atoms, in order, each with its column") {
  const std::string format = R"(a%%"%(h)s" %(t)s)";
  const auto sketch = AccessSketch::of(format);
  REQUIRE(sketch);
  std::string seen;
  for (const AccessSketch::Part& part : sketch->parts()) {
    seen += part.name.empty() ? "'" + std::string{part.text} + "'"
                              : "<" + std::string{part.name} + (part.bare ? " bare>" : " quoted>");
    seen += std::to_string(part.at) + " ";
  }
  CHECK(seen == R"('a'0 '%'1 '"'3 <h quoted>4 '"'9 ' '10 <t bare>11 )");
}

TEST_CASE("access sketch: a percent sign that begins no atom is refused with its column") {
  for (const char* format : {"ab%", "ab%x", "ab%(h", "ab%(h)", "ab%()s", "ab%s"}) {
    INFO(format);
    const auto sketch = AccessSketch::of(format);
    REQUIRE_FALSE(sketch);
    CHECK(sketch.error().message ==
          "`%` at column 3 begins no atom; write %(x)s for an atom and %% for a percent sign");
  }
}

TEST_CASE("access sketch: which formats are JSON objects, and why one that begins as an object is none") {
  struct Row {
    const char* format;
    bool is_json;
    const char* fault;
  };
  for (const Row& row : {
           Row{R"({"h":"%(h)s","s":%(s)s})", true, ""},
           Row{R"({"share":"100 %%"})", true, ""},
           Row{R"(%(h)s "%(r)s")", false, ""},
           Row{"", false, ""},
           Row{R"({"h":"%(h)s")", false, "its end is missing"},
           Row{R"({"h":%(h)s "s":1})", false, "look at column 12"},
           Row{R"({"a\"b":"%(h)s"})", true, ""},
           Row{"{\"a\":\"\n\"}", false, "look at column 7"},
       }) {
    INFO(row.format);
    const auto sketch = AccessSketch::of(row.format);
    REQUIRE(sketch);
    CHECK(sketch->is_json() == row.is_json);
    CHECK(sketch->json_fault() == row.fault);
  }
}

}  // namespace orrery::base
