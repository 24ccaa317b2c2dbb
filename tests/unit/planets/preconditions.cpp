#include "planets/preconditions.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "support/connection_driver.hpp"

namespace orrery::planets {
namespace {

Precondition judged(const std::string& fields, std::string_view tag) {
  Precondition precondition = Precondition::kMet;
  test::ConnectionDriver driver;
  driver.answer_with([&](const Request& request) {
    precondition = evaluate(request, tag);
    return Response::text("");
  });
  driver.receive("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
  CHECK(driver.answers().size() == 1);
  return precondition;
}

}  // namespace

TEST_CASE("preconditions: tags are compared as RFC 9110 has it, over all lines", "[planets]") {
  struct Row {
    const char* name;
    const char* fields;
    const char* tag;
    Precondition expected;
  };
  constexpr auto kMet = Precondition::kMet;
  constexpr auto kNotModified = Precondition::kNotModified;
  constexpr auto kFailed = Precondition::kFailed;
  for (const Row& row : {
           Row{"nothing asked", "", "\"a\"", kMet},
           Row{"known", "If-None-Match: \"a\"\r\n", "\"a\"", kNotModified},
           Row{"known weakly", "If-None-Match: W/\"a\"\r\n", "\"a\"", kNotModified},
           Row{"weak and known", "If-None-Match: \"a\"\r\n", "W/\"a\"", kNotModified},
           Row{"any known", "If-None-Match: *\r\n", "\"a\"", kNotModified},
           Row{"another known", "If-None-Match: \"b\"\r\n", "\"a\"", kMet},
           Row{"in a list", "If-None-Match: \"b\" ,\t\"a\",\"c\"\r\n", "\"a\"", kNotModified},
           Row{"in a list with holes", "If-None-Match: , ,\"b\",,\"a\",\r\n", "\"a\"", kNotModified},
           Row{"on the second line", "If-None-Match: \"b\"\r\nIf-None-Match: \"a\"\r\n", "\"a\"", kNotModified},
           Row{"in another case", "IF-NONE-MATCH: \"b\"\r\nif-none-match: \"a\"\r\n", "\"a\"", kNotModified},
           Row{"a comma inside", "If-None-Match: \"b,\"\r\n", "\"b,\"", kNotModified},
           Row{"no part of another", "If-None-Match: \"x,\"a\"\"\r\n", "\"b\"", kMet},
           Row{"the case counts", "If-None-Match: \"A\"\r\n", "\"a\"", kMet},
           Row{"never closed", "If-None-Match: \"a\r\n", "\"a\"", kMet},
           Row{"empty", "If-None-Match:\r\n", "\"a\"", kMet},
           Row{"only a W/", "If-None-Match: W/\r\n", "\"a\"", kMet},
           Row{"the one", "If-Match: \"a\"\r\n", "\"a\"", kMet},
           Row{"not the one", "If-Match: \"b\"\r\n", "\"a\"", kFailed},
           Row{"any", "If-Match: *\r\n", "\"a\"", kMet},
           Row{"weak is not strong", "If-Match: W/\"a\"\r\n", "\"a\"", kFailed},
           Row{"strong is not weak", "If-Match: \"a\"\r\n", "W/\"a\"", kFailed},
           Row{"weak is not even itself", "If-Match: W/\"a\"\r\n", "W/\"a\"", kFailed},
           Row{"the second line has it", "If-Match: \"b\"\r\nIf-Match: \"a\"\r\n", "\"a\"", kMet},
           Row{"If-Match comes first", "If-None-Match: \"a\"\r\nIf-Match: \"b\"\r\n", "\"a\"", kFailed},
           Row{"then If-None-Match", "If-None-Match: \"a\"\r\nIf-Match: \"a\"\r\n", "\"a\"", kNotModified},
           Row{"no tag to match", "If-Match: \"a\"\r\n", "", kFailed},
           Row{"no tag but any", "If-Match: *\r\n", "", kMet},
           Row{"no tag that anybody knows", "If-None-Match: *\r\n", "", kMet},
       }) {
    INFO(row.name);
    CHECK(judged(row.fields, row.tag) == row.expected);
  }
}

}  // namespace orrery::planets
