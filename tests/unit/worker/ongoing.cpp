#include "worker/ongoing.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>

namespace orrery::worker {
namespace {

TEST_CASE("ongoing: requests that go on stand beside each other, and each is found by its name") {
  Ongoing ongoing;
  CHECK_FALSE(ongoing);
  CHECK(ongoing.find(1) == nullptr);
  Ongoing::Pieces& one = ongoing.of(1, false);
  Ongoing::Pieces& three = ongoing.of(3, false);
  CHECK(&one != &three);
  CHECK(&ongoing.of(1, false) == &one);
  CHECK(ongoing.find(3) == &three);
  three.wants_drain = true;
  CHECK(ongoing.find_if([](const auto& pieces) { return pieces.wants_drain; }) == &three);
  CHECK(ongoing.outlets().size() == 2);
  CHECK(ongoing.take(1)->request == 1);
  CHECK(ongoing.find(1) == nullptr);
  CHECK(ongoing.take(1) == nullptr);
  CHECK(ongoing.take_first()->request == 3);
  CHECK(ongoing.take_first() == nullptr);
  CHECK_FALSE(ongoing);
}

TEST_CASE("ongoing: a connection that has one request at a time has one place, and nothing of the request before") {
  Ongoing ongoing;
  Ongoing::Pieces& one = ongoing.of(1, true);
  one.body_ended = true;
  CHECK(&ongoing.of(2, true) == &one);
  CHECK(one.request == 2);
  CHECK_FALSE(one.body_ended);
  CHECK(ongoing.find(1) == nullptr);
  ongoing.reuse();
  CHECK(ongoing.find(2) == nullptr);
  CHECK(ongoing);
}

TEST_CASE("ongoing: a reader is told once that its request is over, and may throw") {
  Ongoing ongoing;
  std::string told;
  ongoing.of(1, true).body_callback = [&](const BodyPiece& piece) {
    told += piece.kind == BodyPiece::Kind::kAborted ? "aborted " : "more ";
    throw std::runtime_error("it does not care");
  };
  tell_over(*ongoing.find(1));
  tell_over(*ongoing.find(1));
  CHECK(told == "aborted ");
}

}  // namespace
}  // namespace orrery::worker
