#include "http/h2/stream.hpp"

#include <array>
#include <catch2/catch.hpp>
#include <cstdio>
#include <memory>
#include <unistd.h>

namespace orrery::http::h2 {
namespace {

std::string take(Outgoing& out, std::size_t size) {
  std::string bytes(size, '\0');
  CHECK(out.take(bytes.data(), size));
  return bytes;
}

TEST_CASE("Outgoing gives what it was given, in pieces of any size") {
  for (const bool outlives : {false, true}) {
    Outgoing out;
    const std::string_view text = "hello world";
    outlives ? out.set(text) : out.set(std::string{text});
    CHECK(out.size() == 11);
    CHECK(take(out, 5) == "hello");
    CHECK(out.size() == 6);
    CHECK(take(out, 6) == " world");
    CHECK(out.size() == 0);
    CHECK(take(out, 0).empty());
  }
}

TEST_CASE("Outgoing takes pieces while others leave") {
  Outgoing out;
  std::string seen;
  for (int i = 0; i < 100; ++i) {
    out.append("abc");
    seen += take(out, 2);
  }
  seen += take(out, static_cast<std::size_t>(out.size()));
  std::string wanted;
  for (int i = 0; i < 100; ++i) wanted += "abc";
  CHECK(seen == wanted);
}

TEST_CASE("Outgoing tells when a file is shorter than was said") {
  FILE* const file = std::tmpfile();
  std::fputs("0123456789", file);
  std::fflush(file);
  Outgoing out;
  out.set(FilePart{std::make_shared<OpenFile>(::dup(::fileno(file)), "a file"), 2, 20});
  std::fclose(file);
  CHECK(out.size() == 20);
  CHECK(take(out, 4) == "2345");
  CHECK(out.size() == 16);
  std::array<char, 16> rest{};
  CHECK_FALSE(out.take(rest.data(), rest.size()));
}

}  // namespace
}  // namespace orrery::http::h2
