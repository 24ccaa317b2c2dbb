#include "http/sendable.hpp"

#include <catch2/catch.hpp>

namespace orrery::http {
namespace {

TEST_CASE("Fields that could not be sent cannot be fixed") {
  for (const char* name : {"", "a b", "Date", "content-length", "Content-Type", "Connection"}) {
    INFO(name);
    CHECK_THROWS_AS((FixedFields{{name, "x"}}), std::invalid_argument);
  }
  CHECK_THROWS_AS((FixedFields{{"X", "a\r\nb"}}), std::invalid_argument);
}

TEST_CASE("Only what cannot forge a message is sendable") {
  const auto with = [](std::string name, std::string value) {
    return Response::text("x").with_field(std::move(name), std::move(value));
  };
  struct Row {
    const char* name;
    Response response;
    bool sendable;
  };
  const Row rows[] = {
      {"plain", Response::text("x"), true},
      {"body may be anything", Response::text(std::string{"\r\n\0", 3}), true},
      {"tab and 8-bit in a value", with("A", "a\tb\xff"), true},
      {"empty value", with("A", ""), true},
      {"LF in a value", with("A", "a\nSet-Cookie: b"), false},
      {"CR in a value", with("A", "a\rb"), false},
      {"CRLF in a value", with("Location", "/\r\n\r\n<html>"), false},
      {"NUL in a value", with("A", std::string(1, '\0')), false},
      {"NUL far in a value", with("A", std::string(30, 'a') + '\0'), false},
      {"DEL in a value", with("A", "\x7f"), false},
      {"empty name", with("", "a"), false},
      {"space in a name", with("A b", "a"), false},
      {"colon in a name", with("A:", "a"), false},
      {"CRLF in a name", with("A\r\nB", "a"), false},
      {"8-bit in a name", with("\xc4", "a"), false},
      {"LF in a dropped field", with("Server", "a\nb"), false},
      {"LF in the media type", with("Content-Type", "a/b\nc: d"), false},
      {"LF in the maker's media type", Response::bytes("a/b\r\n", ""), false},
      {"lowest status", Response::status(200), true},
      {"highest status", Response::status(599), true},
      {"interim status", Response::status(199), false},
      {"100", Response::status(100), false},
      {"101", Response::status(101), false},
      {"zero", Response::status(0), false},
      {"600", Response::status(600), false},
      {"negative", Response::status(-1), false},
      {"four digits", Response::status(2000), false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(is_sendable(row.response) == row.sendable);
  }
}

}  // namespace
}  // namespace orrery::http
