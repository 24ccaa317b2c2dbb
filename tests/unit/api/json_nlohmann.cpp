#include "orrery/json_nlohmann.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::test {

struct Moon {
  std::string name;
  int radius = 0;
};
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Moon, name, radius)

struct Opaque {
  int value = 0;
};

namespace {

TEST_CASE("A type that nlohmann-json converts has a codec") {
  static_assert(ReadableAsJson<Moon> && WritableAsJson<Moon>);
  static_assert(ReadableAsJson<nlohmann::json> && WritableAsJson<nlohmann::json>);
  static_assert(WritableAsJson<std::vector<Moon>>);
  static_assert(!ReadableAsJson<Opaque> && !WritableAsJson<Opaque>);
  static_assert(!WritableAsJson<Response>);
  const auto moon = JsonCodec<Moon>::read(R"({"name":"Io","radius":1821})");
  REQUIRE(moon);
  CHECK(moon->radius == 1821);
  std::string out;
  JsonCodec<Moon>::write(*moon, out);
  CHECK(out == R"({"name":"Io","radius":1821})");
}

TEST_CASE("What is no JSON, or another type, is a sentence and no exception") {
  struct Row {
    const char* json;
    const char* part;
  };
  for (const Row& row : {Row{"", "parse error"}, Row{"{", "parse error"}, Row{"[]", "cannot use at() with array"},
                         Row{R"({"name":"Io"})", "key 'radius' not found"},
                         Row{R"({"name":"Io","radius":"x"})", "type must be number"}}) {
    INFO(row.json);
    const auto moon = JsonCodec<Moon>::read(row.json);
    REQUIRE_FALSE(moon);
    CHECK_THAT(moon.error().message, Catch::Contains(row.part) && !Catch::Contains("json.exception"));
  }
}

TEST_CASE("Text that is no UTF-8 is written all the same") {
  std::string out;
  JsonCodec<Moon>::write({"m\xe4rs", 1}, out);
  CHECK(out == "{\"name\":\"m\xef\xbf\xbdrs\",\"radius\":1}");
}

}  // namespace
}  // namespace orrery::test
