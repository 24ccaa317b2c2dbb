#include "http/target.hpp"

#include <catch2/catch.hpp>

namespace orrery::http {
namespace {

TEST_CASE("A target is split into authority, path and query") {
  struct Row {
    const char* target;
    const char* authority;
    const char* path;
    const char* query;
  };
  const Row rows[] = {
      {"/", "", "/", ""},
      {"/a/b?c=d", "", "/a/b", "c=d"},
      {"/a?", "", "/a", ""},
      {"/a?b?c", "", "/a", "b?c"},
      {"/?/..", "", "/", "/.."},
      {"*", "", "*", ""},
      {"//h/a", "", "//h/a", ""},
      {"http://h", "h", "/", ""},
      {"http://h/", "h", "/", ""},
      {"http://h?q", "h", "/", "q"},
      {"http://h?", "h", "/", ""},
      {"HTTPS://h:1/a?b", "h:1", "/a", "b"},
      {"http://[::1]:8/a", "[::1]:8", "/a", ""},
      {"http://h/http://g/", "h", "/http://g/", ""},
  };
  for (const Row& row : rows) {
    INFO(row.target);
    const auto parts = split_target(row.target);
    REQUIRE(parts);
    CHECK(parts->authority == row.authority);
    CHECK(parts->path == row.path);
    CHECK(parts->query == row.query);
  }
}

TEST_CASE("A target of no form of ours is refused") {
  for (const char* target : {"", "a", "?a", "**", "*/", "h:80", "http:", "http:/h", "http://", "http:///a", "ftp://h/",
                             "http://u@h/", "http://h:x/", "httpx://h/", "xhttp://h/", " /", "\\"}) {
    INFO(target);
    CHECK_FALSE(split_target(target));
  }
}

TEST_CASE("Paths are decoded once and never climb above the root") {
  struct Row {
    const char* path;
    const char* result;
  };
  const Row rows[] = {
      {"/", "/"},
      {"/a", "/a"},
      {"/%61", "/a"},
      {"/%C3%a9", "/\xc3\xa9"},
      {"/%2541", "/%41"},
      {"/%252e%252e/a", "/%2e%2e/a"},
      {"/.", "/"},
      {"/..", "/"},
      {"/./", "/"},
      {"/../", "/"},
      {"/../..", "/"},
      {"/../../../a", "/a"},
      {"/a/..", "/"},
      {"/a/../", "/"},
      {"/a/../..", "/"},
      {"/a/../../b", "/b"},
      {"/a/b/../c", "/a/c"},
      {"/a/b/..", "/a/"},
      {"/a/b/.", "/a/b/"},
      {"/a/./b", "/a/b"},
      {"/a//../b", "/a/b"},
      {"//..", "/"},
      {"//../a", "/a"},
      {"/a/%2e%2e/b", "/b"},
      {"/a/%2E./b", "/b"},
      {"/a/.%2e", "/"},
      {"/%2e", "/"},
      {"/...", "/..."},
      {"/a../b", "/a../b"},
      {"/..a/b", "/..a/b"},
      {"/.a", "/.a"},
      {"/a/..%5cb", "/a/..\\b"},
      {"/%20%0a%7f", "/ \n\x7f"},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    NormalPath out{"left over", {1, 2}};
    CHECK_FALSE(normalize_path(row.path, EncodedSlash::kRefuse, out));
    CHECK(out.text == row.result);
    CHECK(out.slashes.empty());
  }
}

TEST_CASE("Bad escapes and NUL are refused in paths, kept slashes or not") {
  for (const char* path : {"/%", "/%4", "/%zz", "/%4g", "/%g4", "/%%", "/%00", "/a%00b", "/%2f%00", "/%u0041", "/%-1",
                           "/% 1", "/%+1", "/%2", "/a%2"}) {
    INFO(path);
    NormalPath out;
    CHECK(normalize_path(path, EncodedSlash::kKeep, out) == base::Reject::bad_target);
    const bool slash_first = std::string_view{path}.starts_with("/%2f");
    CHECK(normalize_path(path, EncodedSlash::kRefuse, out) ==
          (slash_first ? base::Reject::encoded_slash : base::Reject::bad_target));
  }
}

TEST_CASE("An encoded slash is refused, or kept inside its segment") {
  struct Row {
    const char* path;
    const char* kept;
    std::vector<std::uint32_t> slashes;
    const char* value;  ///< of all of it
  };
  const Row rows[] = {
      {"/a%2Fb", "/a%2Fb", {2}, "/a/b"},
      {"/a%2fb", "/a%2Fb", {2}, "/a/b"},
      {"/%2F", "/%2F", {1}, "//"},
      {"/%2F%2f/x", "/%2F%2F/x", {1, 4}, "////x"},
      {"/a%252Fb", "/a%2Fb", {}, "/a%2Fb"},
      {"/a%252F%2Fb", "/a%2F%2Fb", {5}, "/a%2F/b"},
      {"/..%2f..%2fetc", "/..%2F..%2Fetc", {3, 8}, "/../../etc"},
      {"/x/../a%2Fb/./c%2Fd", "/a%2Fb/c%2Fd", {2, 8}, "/a/b/c/d"},
      {"/%2E%2E%2F/..", "/", {}, "/"},
      {"/a", "/a", {}, "/a"},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    NormalPath out{"left over", {1, 2}};
    REQUIRE_FALSE(normalize_path(row.path, EncodedSlash::kKeep, out));
    CHECK(out.text == row.kept);
    CHECK(out.slashes == row.slashes);
    std::string value = ">";
    append_with_slashes(value, out.text, 0, out.slashes);
    CHECK(value == ">" + std::string{row.value});
    const bool any = std::string_view{row.path}.find("%2F") != std::string_view::npos ||
                     std::string_view{row.path}.find("%2f") != std::string_view::npos;
    const auto reason = normalize_path(row.path, EncodedSlash::kRefuse, out);
    CHECK(reason.has_value() == any);
    CHECK(reason.value_or(base::Reject::encoded_slash) == base::Reject::encoded_slash);
  }
  std::string part;
  append_with_slashes(part, "b%2Fc", 10, {1, 11, 15});
  CHECK(part == "b/c");
}

TEST_CASE("A path that needs no work is known as such") {
  for (const char* path : {"/", "/a", "/a/b/", "//", "/a.b", "/a..b", "*"}) {
    INFO(path);
    CHECK(is_plain_path(path));
  }
  for (const char* path : {"/%41", "/.", "/..", "/a/./b", "/a/../b", "/a/..", "/a%"}) {
    INFO(path);
    CHECK_FALSE(is_plain_path(path));
  }
}

TEST_CASE("Query components are decoded, and what is no escape stands for itself") {
  struct Row {
    const char* text;
    std::string result;
  };
  const Row rows[] = {{"", ""},
                      {"a", "a"},
                      {"a+b", "a b"},
                      {"%2B", "+"},
                      {"%41%42", "AB"},
                      {"%", "%"},
                      {"%4", "%4"},
                      {"%zz", "%zz"},
                      {"100%", "100%"},
                      {"%25", "%"},
                      {"%%41", "%A"},
                      {"a%2", "a%2"},
                      {"%00", std::string(1, '\0')},
                      {"%2541", "%41"}};
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(decode_query_component(row.text) == row.result);
  }
}

TEST_CASE("An authority is a host and perhaps a port") {
  for (const char* good : {"h", "example.org", "h:80", "h:", "h:65535", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:80",
                           "[::]:", "[2001:db8::1]:8080", "a_b", "a-b.c.", "a%41"}) {
    INFO(good);
    CHECK(is_valid_authority(good));
  }
  for (const char* bad :
       {"",    ":",         ":80",    "h:x",      "h:-1",   "h:+1",      "h:123456", "h:8 ",
        " h",  "h ",        "a b",    "a:b:1",    "::1",    "[::1",      "::1]",     "[]",
        "[a]", "[1.2.3.4]", "[::1]x", "[::1]x:1", "x[::1]", "u@h",       "h/a",      "h?a",
        "h#a", "h\\a",      "\"h\"",  "<h>",      "h\x7f",  "h\xc3\xa9", "[::g]",    "[fe80::1%25eth0]"}) {
    INFO(bad);
    CHECK_FALSE(is_valid_authority(bad));
  }
  CHECK_FALSE(is_valid_authority(std::string_view{"h\0", 2}));
  // What was judged before changes nothing: neither a longer one, nor one of the same length, nor an empty one.
  const std::string longest(300, 'a');
  for (const char* good : {"example.org:80", longest.c_str()}) {
    CHECK(is_valid_authority(good));
    CHECK(is_valid_authority(good));
    CHECK_FALSE(is_valid_authority("example.org:8x"));
    CHECK_FALSE(is_valid_authority(std::string{good} + "/"));
    CHECK_FALSE(is_valid_authority(""));
    CHECK(is_valid_authority(good));
  }
}

}  // namespace
}  // namespace orrery::http
