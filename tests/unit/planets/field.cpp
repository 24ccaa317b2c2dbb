#include "planets/field.hpp"

#include <catch2/catch.hpp>

namespace orrery::planets {

TEST_CASE("every field is found by its name and no other", "[planets]") {
  for (std::size_t i = 0; i < kFieldNames.size(); ++i) {
    INFO(kFieldNames[i]);
    const auto field = field_named(kFieldNames[i]);
    REQUIRE(field);
    CHECK(static_cast<std::size_t>(*field) == i);
    CHECK(name_of(*field) == kFieldNames[i]);
  }
  for (const char* none : {"", "Az", "az ", "azimuth", "altalt"}) CHECK_FALSE(field_named(none));
}

TEST_CASE("a set of fields holds what was added", "[planets]") {
  FieldSet set{Field::kSet, Field::kRise};
  CHECK(set.has(Field::kSet));
  CHECK_FALSE(set.has(Field::kAzimuth));
  CHECK(set.has_any({Field::kAzimuth, Field::kRise}));
  CHECK_FALSE(set.has_any(kDefaultFields));
  set.add(Field::kSet);
  CHECK(set == FieldSet{Field::kRise, Field::kSet});
  CHECK_FALSE(set == kDefaultFields);
}

}  // namespace orrery::planets
