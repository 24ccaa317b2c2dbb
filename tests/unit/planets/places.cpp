#include "planets/places.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace orrery::planets {

namespace {

std::string first_of(std::string_view name) {
  const auto found = find_places(name, 1);
  return found.empty() ? "" : std::string{found.front().name};
}

}  // namespace

TEST_CASE("places: a name is searched without marks, capitals and signs") {
  struct Row {
    const char* written;
    const char* searched;
  };
  for (const Row& row :
       {Row{"São Paulo", "sao paulo"}, Row{"ÎLE-DE-FRANCE", "ile de france"}, Row{"Kraków", "krakow"},
        Row{"Łódź", "lodz"}, Row{"Straße", "strasse"}, Row{"Ærøskøbing", "aeroskobing"}, Row{"Sa\u0303o", "sao"},
        Row{"  Saint  John's ", "saint johns"}, Row{"L’Aquila", "laquila"}, Row{"Đà Nẵng", "da nang"},
        Row{"İzmir", "izmir"}, Row{"100", "100"}, Row{"", ""}, Row{" -,. ", ""}}) {
    INFO(row.written);
    CHECK(folded(row.written) == row.searched);
  }
}

TEST_CASE("places: bytes that are no text are spaces") {
  for (const char* bytes : {"\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x8c", "\xc0\x80", "\x80\x80", "東京"}) {
    CHECK(folded(bytes).empty());
    CHECK(find_places(bytes, 5).empty());
  }
  CHECK(folded("a\xff z") == "a z");
}

TEST_CASE("places: the most populous with a word that begins so; a whole name before all") {
  struct Row {
    const char* asked;
    const char* found;
  };
  for (const Row& row : {Row{"tokyo", "Tokyo"}, Row{"sao pa", "São Paulo"}, Row{"SÃO PA", "São Paulo"},
                         Row{"janeiro", "Rio de Janeiro"}, Row{"melb", "Melbourne"}, Row{"reykjavik", "Reykjavík"},
                         Row{"bath", "Bath"}, Row{"nice", "Nice"}, Row{"springfield il", "Springfield, IL"},
                         Row{"vaduz", "Vaduz"}, Row{"xyzzy", ""}, Row{"okyo", ""}, Row{"", ""}}) {
    INFO(row.asked);
    CHECK(first_of(row.asked) == row.found);
  }
}

TEST_CASE("places: what is found is where it is") {
  const auto found = find_places("paris", 3);
  REQUIRE_FALSE(found.empty());
  const Place& paris = found.front();
  CHECK(paris.name == "Paris");
  CHECK(paris.country == "FR");
  CHECK(paris.lon == Approx(2.3488).margin(0.001));
  CHECK(paris.lat == Approx(48.8534).margin(0.001));
  CHECK(paris.zone == "Europe/Paris");
  CHECK(paris.population > 2'000'000);
}

TEST_CASE("places: as many as were asked for, in order, each once") {
  for (const char letter : std::string{"abcdefghijklmnopqrstuvwxyz"}) {
    const auto found = find_places({&letter, 1}, kMostPlaces);
    INFO(letter);
    REQUIRE(found.size() == kMostPlaces);
    std::set<const char*> names;
    for (const Place& place : found) names.insert(place.name.data());
    CHECK(names.size() == found.size());
    const auto by_size = [](const Place& a, const Place& b) { return a.population > b.population; };
    CHECK(
        std::is_sorted(found.begin() + std::count_if(found.begin(), found.end(),
                                                     [](const Place& place) { return folded(place.name).size() == 1; }),
                       found.end(), by_size));
  }
}

TEST_CASE("places: every one is found by its own name, and fits into JSON as it stands") {
  CHECK(place_count() >= 15'000);
  std::size_t seen = 0;
  for (const char* letters : {"a", "ma", "san", "ko", "st", "new"}) {
    for (const Place& place : find_places(letters, 100'000)) {
      ++seen;
      INFO(place.name);
      CHECK(place.name.find_first_of("\"\\\n\t") == std::string_view::npos);
      CHECK((place.lon >= -180 && place.lon <= 180 && place.lat >= -90 && place.lat <= 90));
      CHECK(place.zone.find('/') != std::string_view::npos);
      CHECK(place.country.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string_view::npos);
      CHECK_FALSE(folded(place.name).empty());
    }
  }
  CHECK(seen > 3000);
}

}  // namespace orrery::planets
