#include "os/journal.hpp"

#include <catch2/catch.hpp>
#include <memory>
#include <set>
#include <string>

namespace orrery::os {

namespace {

void add(EventRing& ring, const std::string& text) {
  ring.add([&](LifeEvent& event) { event.text = decltype(event.text){text}; });
}

}  // namespace

TEST_CASE("journal: entries are numbered, and come out the oldest first") {
  const auto ring = std::make_unique<EventRing>();
  CHECK(ring->newest() == 0);
  CHECK(ring->after(0).empty());
  for (int i = 1; i <= 3; ++i) add(*ring, std::to_string(i));
  const auto all = ring->after(0);
  REQUIRE(all.size() == 3);
  CHECK(all[0].sequence == 1);
  CHECK(all[2].text.view() == "3");
  CHECK(ring->after(2).size() == 1);
  CHECK(ring->after(3).empty());
  CHECK(ring->after(99).empty());
}

TEST_CASE("journal: only the last ones stay") {
  const auto ring = std::make_unique<EventRing>();
  for (int i = 1; i <= 1000; ++i) add(*ring, std::to_string(i));
  const auto all = ring->after(0);
  REQUIRE(all.size() == 256);
  CHECK(all.front().text.view() == "745");
  CHECK(all.back().sequence == 1000);
  CHECK(ring->after(999).size() == 1);
}

TEST_CASE("journal: an entry keeps nothing of the one before it in its cell") {
  const auto ring = std::make_unique<EventRing>();
  ring->add([](LifeEvent& event) { event.sender = decltype(event.sender){"somebody"}; });
  for (int i = 0; i < 256; ++i) add(*ring, "x");
  CHECK(ring->after(256).at(0).sender.view().empty());
}

TEST_CASE("journal: every kind has a word of its own") {
  std::set<std::string_view> words;
  for (int kind = 0; kind <= static_cast<int>(EventKind::kStopping); ++kind)
    words.insert(word_for(static_cast<EventKind>(kind)));
  CHECK(words.size() == static_cast<std::size_t>(EventKind::kStopping) + 1);
}

}  // namespace orrery::os
