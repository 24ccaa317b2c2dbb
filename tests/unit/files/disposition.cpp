#include "files/disposition.hpp"

#include <catch2/catch.hpp>

namespace orrery::files {

TEST_CASE("disposition: a name that can be sent in every form") {
  struct Row {
    const char* name;
    const char* field;
  };
  const Row row =
      GENERATE(Row{"report.pdf", R"(attachment; filename="report.pdf")"},
               Row{"my report.pdf", R"(attachment; filename="my report.pdf")"},
               Row{R"(a"b.txt)", R"(attachment; filename="a\"b.txt")"},
               Row{"../../etc/passwd", R"(attachment; filename="passwd")"},
               Row{R"(C:\windows\x.ini)", R"(attachment; filename="x.ini")"},
               Row{"a\r\nSet-Cookie: b", R"(attachment; filename="a__Set-Cookie: b")"},
               Row{"äpfel.txt", "attachment; filename=\"__pfel.txt\"; filename*=UTF-8''%C3%A4pfel.txt"},
               Row{"100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"},
               Row{"a'b (ä).txt", "attachment; filename=\"a'b (__).txt\"; filename*=UTF-8''a%27b%20%28%C3%A4%29.txt"});
  INFO(row.name);
  CHECK(attachment(row.name) == row.field);
}

}  // namespace orrery::files
