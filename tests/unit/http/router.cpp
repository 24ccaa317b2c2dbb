#include "http/router.hpp"

#include <catch2/catch.hpp>

namespace orrery::http {
namespace {

using Kind = RouteMatch::Kind;

Router router_with(std::initializer_list<std::pair<const char*, const char*>> routes) {
  Router router;
  for (const auto& [method, pattern] : routes) {
    INFO(method << " " << pattern);
    REQUIRE(router.add(method, pattern));
  }
  return router;
}

/// "2 id=7 rest=a/b", "no path", "405 GET, HEAD", "options GET".
std::string shown(const RouteMatch& match, std::string_view path) {
  switch (match.kind) {
    case Kind::kNoPath: return "no path";
    case Kind::kNoMethod: return "405 " + *match.allow;
    case Kind::kOptions: return "options " + *match.allow;
    case Kind::kFound: break;
  }
  std::string out = std::to_string(match.route);
  for (std::size_t i = 0; i < match.names->size(); ++i) {
    const auto [begin, length] = match.parameters[i];
    out += " " + (*match.names)[i] + "=" + std::string{path.substr(begin, length)};
  }
  return out;
}

TEST_CASE("Literal beats {name} beats {name...}, segment by segment") {
  const Router router = router_with({{"GET", "/"},                  // 0
                                     {"GET", "/users/me"},          // 1
                                     {"GET", "/users/{id}"},        // 2
                                     {"GET", "/users/{id}/posts"},  // 3
                                     {"GET", "/users/{rest...}"},   // 4
                                     {"GET", "/users/me/{what}"},   // 5
                                     {"GET", "/files/{path...}"},   // 6
                                     {"GET", "/a/{x}/c/{y}"},       // 7
                                     {"GET", "/a/b/{z}/d"},         // 8
                                     {"GET", "/slash/"}});          // 9
  struct Row {
    const char* path;
    const char* expected;
  };
  const Row rows[] = {
      {"/", "0"},
      {"/users/me", "1"},
      {"/users/7", "2 id=7"},
      {"/users/Me", "2 id=Me"},
      {"/users/7/posts", "3 id=7"},
      {"/users/me/posts", "5 what=posts"},
      {"/users/7/likes", "4 rest=7/likes"},
      {"/users/7/posts/1", "4 rest=7/posts/1"},
      {"/users/me/a/b", "4 rest=me/a/b"},
      {"/users/", "4 rest="},
      {"/users", "4 rest="},
      {"/users//", "4 rest=/"},
      {"/files", "6 path="},
      {"/files/", "6 path="},
      {"/files/a/b/", "6 path=a/b/"},
      {"/a/b/c/d", "8 z=c"},
      {"/a/b/c/e", "7 x=b y=e"},
      {"/a/q/c/d", "7 x=q y=d"},
      {"/a/b/c", "no path"},
      {"/a//c/d", "no path"},
      {"/slash/", "9"},
      {"/slash", "no path"},
      {"/slash//", "no path"},
      {"//", "no path"},
      {"/nothing", "no path"},
      {"/usersx", "no path"},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    CHECK(shown(router.match("GET", row.path), row.path) == row.expected);
  }
}

TEST_CASE("Methods: GET answers HEAD, OPTIONS and 405 come with Allow") {
  const Router router = router_with({{"GET", "/get"},
                                     {"POST", "/post"},
                                     {"GET", "/both"},
                                     {"POST", "/both"},
                                     {"HEAD", "/head"},
                                     {"GET", "/head"},
                                     {"*", "/any"},
                                     {"*", "/some"},
                                     {"PUT", "/some"},
                                     {"OPTIONS", "/own"},
                                     {"GET", "/x/{id}"},
                                     {"DELETE", "/x/{name}"}});
  struct Row {
    const char* method;
    const char* path;
    const char* expected;
  };
  const Row rows[] = {
      {"HEAD", "/get", "0"},
      {"POST", "/get", "405 GET, HEAD, OPTIONS"},
      {"get", "/get", "405 GET, HEAD, OPTIONS"},
      {"OPTIONS", "/get", "options GET, HEAD, OPTIONS"},
      {"HEAD", "/post", "405 POST, OPTIONS"},
      {"DELETE", "/both", "405 GET, HEAD, OPTIONS, POST"},
      {"POST", "/both", "3"},
      {"HEAD", "/head", "4"},
      {"GET", "/head", "5"},
      {"OPTIONS", "/head", "options HEAD, OPTIONS, GET"},
      {"DELETE", "/any", "6"},
      {"HEAD", "/any", "6"},
      {"OPTIONS", "/any", "6"},
      {"PUT", "/some", "8"},
      {"GET", "/some", "7"},
      {"OPTIONS", "/own", "9"},
      {"GET", "/own", "405 OPTIONS"},
      {"DELETE", "/x/7", "11 name=7"},
      {"GET", "/x/7", "10 id=7"},
      {"GET", "/nowhere", "no path"},
      {"OPTIONS", "/nowhere", "no path"},
      {"OPTIONS", "*", "options GET, HEAD, OPTIONS, POST, PUT, DELETE"},
  };
  for (const Row& row : rows) {
    INFO(row.method << " " << row.path);
    CHECK(shown(router.match(row.method, row.path), row.path) == row.expected);
  }
}

TEST_CASE("Malformed patterns are refused with a sentence that names them") {
  struct Row {
    const char* pattern;
    const char* part;
  };
  const Row rows[] = {
      {"", "begins with /"},
      {"a", "begins with /"},
      {"*", "begins with /"},
      {"{a}", "begins with /"},
      {"/{}", "is not {name}"},
      {"/{...}", "is not {name}"},
      {"/{a", "is not {name}"},
      {"/{a}b", "is not {name}"},
      {"/a}", "either literal or one {name}"},
      {"/a{b}", "either literal or one {name}"},
      {"/{a...}/b", "must be the last segment"},
      {"/{a...}/", "must be the last segment"},
      {"/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h}/{i}", "more than 8"},
      {"/{a}/{a}", "the name of `{a}` stands in it before"},
      {"/{a}/b/{a...}", "the name of `{a...}` stands in it before"},
      {"/{id:int}", "`{id:int}` has a type"},
      {"/{id:int...}", "has a type"},
      {"/{a{", "is not {name}"},
  };
  for (const Row& row : rows) {
    INFO(row.pattern);
    Router router;
    const auto added = router.add("GET", row.pattern);
    REQUIRE_FALSE(added);
    CHECK_THAT(added.error().message, Catch::Contains(row.part));
    CHECK_THAT(added.error().message, Catch::Contains(row.pattern));
  }
}

TEST_CASE("A route is registered once, whatever its parameters are called") {
  Router router = router_with({{"GET", "/a/{x}"}, {"POST", "/a/{x}"}, {"GET", "/a/{x...}"}});
  const auto again = router.add("GET", "/a/{y}");
  REQUIRE_FALSE(again);
  CHECK(again.error().message == "route GET /a/{y} is registered twice");
  CHECK_FALSE(router.add("GET", "/a/{other...}"));
  CHECK(router.add("PUT", "/a/{y}"));
}

TEST_CASE("Eight parameters are the most, and all of them arrive") {
  const Router router = router_with({{"GET", "/{a}/{b}/{c}/{d}/{e}/{f}/{g}/{h...}"}});
  const std::string path = "/1/2/3/4/5/6/7/8/9";
  CHECK(shown(router.match("GET", path), path) == "0 a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8/9");
}

TEST_CASE("A failed way leaves no parameters behind") {
  const Router router = router_with({{"GET", "/{a}/{b}/x"}, {"GET", "/{all...}"}});
  CHECK(shown(router.match("GET", "/1/2/y"), "/1/2/y") == "1 all=1/2/y");
}

}  // namespace
}  // namespace orrery::http
