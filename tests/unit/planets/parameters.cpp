#include "planets/parameters.hpp"

#include <catch2/catch.hpp>

#include "support/connection_driver.hpp"

namespace orrery::planets {
namespace {

template <class Use>
void with_parameters(const std::string& query, NameSet read, Use use) {
  test::ConnectionDriver driver;
  driver.answer_with([&](const Request& request) {
    Parameters parameters{request, read};
    use(parameters);
    return Response::text("");
  });
  driver.receive("GET /?" + query + " HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(driver.answers().size() == 1);
}

}  // namespace

TEST_CASE("parameters: of each name the first value, and only those that are read", "[planets]") {
  with_parameters("lon=1&lat=&lon=2", {Name::kLongitude, Name::kLatitude}, [](Parameters& parameters) {
    CHECK(parameters[Name::kLongitude] == "1");
    CHECK(parameters.have(Name::kLatitude));
    CHECK(parameters[Name::kLatitude].empty());
    CHECK_FALSE(parameters.have(Name::kTime));
    CHECK(parameters.take_problems().empty());
  });
}

TEST_CASE("parameters: the nearest is one that is read", "[planets]") {
  struct Row {
    const char* asked;
    NameSet read;
    const char* nearest;
  };
  for (const Row& row : {
           Row{"latitude", {Name::kLatitude, Name::kElevation}, "lat"},
           Row{"LATITUDE", {Name::kLatitude, Name::kElevation}, "lat"},
           Row{"la", {Name::kLongitude, Name::kLatitude}, "lat"},
           Row{"lng", {Name::kLatitude, Name::kLongitude}, "lon"},
           Row{"day", {Name::kLatitude, Name::kDays}, "days"},
           Row{"steps", {Name::kLatitude, Name::kStep}, "step"},
           Row{"date", {Name::kLatitude, Name::kTime}, "time"},
           Row{"date", {Name::kDays, Name::kElevation}, "days"},  // time is not read there
           Row{"form", {Name::kFrom, Name::kTo}, "from"},
       }) {
    INFO(row.asked);
    with_parameters(std::string{row.asked} + "=1", row.read, [&](Parameters& parameters) {
      const auto problems = parameters.take_problems();
      REQUIRE(problems.size() == 1);
      CHECK(problems[0].starts_with(std::string{row.asked} + ": "));
      CHECK(problems[0].find("did you mean " + std::string{row.nearest} + "?") != std::string::npos);
    });
  }
}

TEST_CASE("parameters: many unknown names are not all told", "[planets]") {
  std::string query;
  for (int i = 0; i < 50; ++i) query += "x" + std::to_string(i) + "=&";
  with_parameters(query, {Name::kLatitude},
                  [](Parameters& parameters) { CHECK(parameters.take_problems().size() == 8); });
}

}  // namespace orrery::planets
