#include "config/token.hpp"

#include <catch2/catch.hpp>

#include "config/validate.hpp"
#include "workshop.hpp"

namespace orrery::config {

TEST_CASE("token: one line of visible characters, whatever blanks are around it") {
  TemporaryFolder folder;
  const auto read = [&](const std::string& text) { return read_token(folder.write("token", text)); };
  CHECK(read("0123456789abcdef\n").value() == "0123456789abcdef");
  CHECK(read(" 0123456789abcdef \r\n\n").value() == "0123456789abcdef");
  CHECK(read(std::string(512, 'x')).value().size() == 512);
  for (const std::string& wrong :
       {std::string{}, std::string{"\n"}, std::string{"short"}, std::string{"0123456789abcdef two"},
        std::string{"0123456789abcdef\n0123456789abcdef"}, std::string{"0123456789abcde\x01"}, std::string(513, 'x'),
        std::string(100'000, 'x')}) {
    const auto token = read(wrong);
    REQUIRE_FALSE(token);
    CHECK(token.error().message.find("16 to 512 visible ASCII characters") != std::string::npos);
    if (!wrong.empty() && wrong != "\n") CHECK(token.error().message.find(wrong) == std::string::npos);
  }
}

TEST_CASE("token: a file that cannot be read is a sentence at check time") {
  TemporaryFolder folder;
  CHECK(read_token(folder.path("none")).error().message.find("No such file") != std::string::npos);
  CHECK(read_token(folder.path("")).error().message.find("not a regular file") != std::string::npos);
  const Outcome outcome = load_arguments({"--admin-token", folder.path("none")});
  REQUIRE(outcome.complaints.size() == 1);
  CHECK(outcome.complaints[0].where == "--admin-token");
}

TEST_CASE("token: an admin address that other machines can reach needs one") {
  TemporaryFolder folder;
  const std::string token = folder.write("token", "0123456789abcdef\n");
  for (const char* open : {"0.0.0.0:9000", "[::]:9000", "192.0.2.1:9000", ":9000"}) {
    INFO(open);
    const Outcome refused = load_arguments({"--admin", open});
    REQUIRE(refused.complaints.size() == 1);
    CHECK(refused.complaints[0].message.find("set `admin_token`") != std::string::npos);
    CHECK(load_arguments({"--admin", open, "--admin-token", token}).complaints.empty());
  }
  for (const char* own : {"127.0.0.1:9000", "[::1]:9000", "unix:/run/a.sock", "auto", "off"}) {
    INFO(own);
    CHECK(load_arguments({"--admin", own}).complaints.empty());
  }
}

}  // namespace orrery::config
