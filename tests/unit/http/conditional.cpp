#include "orrery/conditional.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include "support/connection_driver.hpp"

namespace orrery {
namespace {

Precondition judged(const std::string& fields, std::string_view tag) {
  Precondition precondition = Precondition::kMet;
  test::ConnectionDriver driver;
  driver.answer_with([&](const Request& request) {
    precondition = evaluate(request, {tag, {}});
    return Response::text("");
  });
  driver.receive("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
  CHECK(driver.answers().size() == 1);
  return precondition;
}

}  // namespace

TEST_CASE("preconditions: tags are compared as RFC 9110 has it, over all lines") {
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

namespace {

constexpr HttpTime kChanged{std::chrono::seconds{784111777}};  // Sun, 06 Nov 1994 08:49:37 GMT
constexpr Validators kBoth{"\"a\"", kChanged};

/// What `judge` says of a request with these fields.
template <class Judge>
auto of_request(const std::string& fields, Judge&& judge) {
  decltype(judge(std::declval<const Request&>())) said{};
  test::ConnectionDriver driver;
  driver.answer_with([&](const Request& request) {
    said = judge(request);
    return Response::text("");
  });
  driver.receive("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
  CHECK(driver.answers().size() == 1);
  return said;
}

}  // namespace

TEST_CASE("conditional: times are asked in the order of RFC 9110, and only where no tag is named") {
  struct Row {
    const char* name;
    const char* fields;
    Precondition expected;
  };
  constexpr auto kMet = Precondition::kMet;
  constexpr auto kNotModified = Precondition::kNotModified;
  constexpr auto kFailed = Precondition::kFailed;
  for (const Row& row : {
           Row{"not changed since", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", kNotModified},
           Row{"later than that", "If-Modified-Since: Sun, 06 Nov 1994 08:49:38 GMT\r\n", kNotModified},
           Row{"changed since", "If-Modified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", kMet},
           Row{"no time", "If-Modified-Since: yesterday\r\n", kMet},
           Row{"a list of times", "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT, x\r\n", kMet},
           Row{"not changed since, and it should not be", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
               kMet},
           Row{"changed, and it should not be", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", kFailed},
           Row{"no time that it should not be", "If-Unmodified-Since: x\r\n", kMet},
           Row{"If-Match instead of If-Unmodified-Since",
               "If-Match: \"a\"\r\nIf-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\n", kMet},
           Row{"If-None-Match instead of If-Modified-Since",
               "If-None-Match: \"b\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", kMet},
           Row{"an empty If-None-Match too", "If-None-Match:\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
               kMet},
           Row{"failed before it is known",
               "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:36 GMT\r\nIf-None-Match: \"a\"\r\n", kFailed},
           Row{"met and then known", "If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\nIf-None-Match: \"a\"\r\n",
               kNotModified},
       }) {
    INFO(row.name);
    CHECK(of_request(row.fields, [](const Request& request) { return evaluate(request, kBoth); }) == row.expected);
  }
}

TEST_CASE("conditional: without a time the conditions about it are not asked") {
  const Validators tagged{"\"a\"", {}};
  const auto judge = [&](const Request& request) { return evaluate(request, tagged); };
  CHECK(of_request("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", judge) == Precondition::kMet);
  CHECK(of_request("If-Unmodified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", judge) == Precondition::kMet);
  const Validators timed{{}, kChanged};
  const auto by_time = [&](const Request& request) { return evaluate(request, timed); };
  CHECK(of_request("If-None-Match: \"a\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", by_time) ==
        Precondition::kMet);
}

TEST_CASE("conditional: a range holds for the state that its client has") {
  struct Row {
    const char* fields;
    bool holds;
  };
  for (const Row& row : {
           Row{"", true},
           Row{"If-Range: \"a\"\r\n", true},
           Row{"If-Range: \"b\"\r\n", false},
           Row{"If-Range: W/\"a\"\r\n", false},
           Row{"If-Range: Sun, 06 Nov 1994 08:49:37 GMT\r\n", true},
           Row{"If-Range: Sun, 06 Nov 1994 08:49:38 GMT\r\n", false},
           Row{"If-Range: Sun, 06 Nov 1994 08:49:36 GMT\r\n", false},
           Row{"If-Range: nonsense\r\n", false},
           Row{"If-Range:\r\n", false},
       }) {
    INFO(row.fields);
    CHECK(of_request(row.fields, [](const Request& request) { return range_holds(request, kBoth); }) == row.holds);
  }
}

TEST_CASE("conditional: a tag is made from the bytes") {
  CHECK(entity_tag("a").size() == 18);
  CHECK(entity_tag("a") == entity_tag("a"));
  CHECK(entity_tag("a") != entity_tag("b"));
  CHECK(entity_tag("").front() == '"');
  CHECK(entity_tag("").back() == '"');
}

namespace {

test::SeenResponse made_conditional(const std::string& fields, const std::function<Response()>& make,
                                    const std::string& method = "GET") {
  test::ConnectionDriver driver;
  driver.answer_with([&](const Request& request) {
    Response response = make();
    make_conditional(request, response);
    return response;
  });
  driver.receive(method + " / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
  return test::read_responses(driver.output(), {method}).at(0);
}

}  // namespace

TEST_CASE("make conditional: a body in memory gets a tag, and its client 304 or 412 for it") {
  static const FixedFields kAnybody{{"Access-Control-Allow-Origin", "*"}};
  const auto make = [] {
    return Response::json("{}")
        .with_field("Cache-Control", "no-cache")
        .with_field("Content-Language", "en")
        .with_fixed_fields(kAnybody);
  };
  const std::string tag = entity_tag("{}");
  const auto whole = made_conditional("", make);
  CHECK(whole.status == 200);
  CHECK(whole.field("ETag") == tag);
  const auto known = made_conditional("If-None-Match: " + tag + "\r\n", make);
  CHECK(known.status == 304);
  CHECK(known.body.empty());
  CHECK(known.field("ETag") == tag);
  CHECK(known.field("Cache-Control") == "no-cache");
  CHECK(known.field("Access-Control-Allow-Origin") == "*");
  CHECK_FALSE(known.field("Content-Type"));
  CHECK_FALSE(known.field("Content-Language"));
  const auto other = made_conditional("If-Match: \"x\"\r\n", make);
  CHECK(other.status == 412);
  CHECK(other.field("Access-Control-Allow-Origin") == "*");
  CHECK(made_conditional("If-None-Match: " + tag + "\r\n", make, "HEAD").status == 304);
}

TEST_CASE("make conditional: the response's own validators count") {
  const auto make = [] {
    return Response::text("x")
        .with_field("ETag", "W/\"7\"")
        .with_field("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT");
  };
  CHECK(made_conditional("If-None-Match: \"7\"\r\n", make).status == 304);
  CHECK_FALSE(made_conditional("If-None-Match: \"7\"\r\n", make).field("Last-Modified"));
  CHECK(made_conditional("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n", make).status == 304);
}

TEST_CASE("make conditional: what is not to be kept, not 200 or no GET stays as it is") {
  const auto secret = [] { return Response::text("x").with_field("Cache-Control", "private, No-Store"); };
  CHECK_FALSE(made_conditional("", secret).field("ETag"));
  const auto missing = [] { return Response::text("x").with_status(404); };
  CHECK_FALSE(made_conditional("", missing).field("ETag"));
  const auto plain = [] { return Response::text("x"); };
  CHECK_FALSE(made_conditional("", plain, "POST").field("ETag"));
  const auto stream = [] { return Response::stream("text/plain", [](std::string& out) { return out = "x", false; }); };
  CHECK_FALSE(made_conditional("", stream).field("ETag"));
  CHECK(made_conditional("", stream).body == "x");
}

}  // namespace orrery
