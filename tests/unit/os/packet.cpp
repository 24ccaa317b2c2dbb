#include "os/packet.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "os/process.hpp"

namespace orrery::os {

TEST_CASE("packet: messages come one by one, and what does not fit is told by its size") {
  auto channel = make_channel();
  REQUIRE(channel);
  const int ours = channel->ours.get(), theirs = channel->theirs.get();
  std::array<char, 8> room{};
  CHECK(take_packet(ours, room).what == Arrival::kNothing);
  REQUIRE(send_packet(theirs, std::string_view{"one"}));
  REQUIRE(send_packet(theirs, std::string_view{"much too long"}));
  Packet packet = take_packet(ours, room);
  CHECK(packet.what == Arrival::kMessage);
  CHECK(std::string_view{room.data(), packet.size} == "one");
  packet = take_packet(ours, room);
  CHECK(packet.what == Arrival::kMessage);
  CHECK(packet.size == 13);
  CHECK(std::string_view{room.data(), room.size()} == "much too");
  CHECK(take_packet(ours, room).what == Arrival::kNothing);
}

TEST_CASE("packet: an end that is gone is told to both who send and who take") {
  auto channel = make_channel();
  REQUIRE(channel);
  REQUIRE(send_packet(channel->theirs.get(), std::string_view{"last"}));
  channel->theirs.reset();
  std::array<char, 8> room{};
  CHECK(take_packet(channel->ours.get(), room).what == Arrival::kMessage);
  CHECK(take_packet(channel->ours.get(), room).what == Arrival::kClosed);
  CHECK_FALSE(send_packet(channel->ours.get(), std::string_view{"x"}));
  CHECK(take_packet(-1, room).what == Arrival::kClosed);
}

TEST_CASE("packet: what nobody takes is refused at last, and nothing waits") {
  auto channel = make_channel();
  REQUIRE(channel);
  const std::string message(4096, 'x');
  int sent = 0;
  while (sent < 100'000 && send_packet(channel->ours.get(), message)) ++sent;
  CHECK(sent > 0);
  CHECK(sent < 100'000);
}

}  // namespace orrery::os
