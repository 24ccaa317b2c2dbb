// What a client may offer of permessage-deflate, and what is made of it (RFC 7692, 5 and 7.1).
#include "http/ws/extensions.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace orrery::http::ws {
namespace {

constexpr const char* kPlain = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

/// What the answer says; "none" where nothing is taken.
std::string answer_to(std::string_view offers) {
  const auto deflate = choose_deflate(offers);
  return deflate ? spoken(*deflate) : "none";
}

std::string with_window(int window) {
  return std::string{kPlain} + "; server_max_window_bits=" + std::to_string(window);
}

}  // namespace

TEST_CASE("Extensions: offers that are taken") {
  for (const char* const offers : {
           "permessage-deflate",
           "Permessage-Deflate",
           " permessage-deflate ",
           "permessage-deflate; client_max_window_bits",
           "permessage-deflate;client_max_window_bits=15",
           "permessage-deflate; client_max_window_bits=8",
           "permessage-deflate; client_max_window_bits=\"10\"",
           "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
           "permessage-deflate ; SERVER_no_context_takeover",
           "x-webkit-deflate-frame, permessage-deflate; client_max_window_bits",
           "foo; bar=\"permessage-deflate, a;b\", permessage-deflate",
           "foo; bar=\"a\\\"b, c\", permessage-deflate",
           ", permessage-deflate,",
       }) {
    INFO(offers);
    CHECK(answer_to(offers) == kPlain);
  }
}

TEST_CASE("Extensions: the window that a client can read is kept to, and told") {
  for (int window = 9; window <= 15; ++window) {
    const std::string bits = std::to_string(window);
    CHECK(answer_to("permessage-deflate; server_max_window_bits=" + bits) == with_window(window));
    CHECK(answer_to("permessage-deflate; server_max_window_bits=\"" + bits + "\"; client_max_window_bits") ==
          with_window(window));
  }
  // zlib has no such window; the client's second choice is one that can be met.
  CHECK(answer_to("permessage-deflate; server_max_window_bits=8") == "none");
  CHECK(answer_to("permessage-deflate; server_max_window_bits=8, permessage-deflate; server_max_window_bits=10") ==
        with_window(10));
  CHECK(answer_to("permessage-deflate; server_max_window_bits=8, permessage-deflate") == kPlain);
}

TEST_CASE("Extensions: what breaks the rules, or is not known, is passed over") {
  for (const char* const offers : {
           "",
           "permessage-bzip2",
           "permessage-deflated",
           "permessage-deflate=1",
           "permessage-deflate;",
           "permessage-deflate;;client_max_window_bits",
           "permessage-deflate; unknown",
           "permessage-deflate; client_no_context_takeover=1",
           "permessage-deflate; server_no_context_takeover=\"\"",
           "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
           "permessage-deflate; server_max_window_bits",
           "permessage-deflate; server_max_window_bits=",
           "permessage-deflate; server_max_window_bits=7",
           "permessage-deflate; server_max_window_bits=16",
           "permessage-deflate; server_max_window_bits=010",
           "permessage-deflate; server_max_window_bits=+9",
           "permessage-deflate; server_max_window_bits=9x",
           "permessage-deflate; server_max_window_bits=\"9",
           "permessage-deflate; server_max_window_bits=9999999999",
           "permessage-deflate; server_max_window_bits=10; server_max_window_bits=10",
           "permessage-deflate; client_max_window_bits=7",
           "permessage-deflate; client_max_window_bits=16",
           "permessage-deflate; client_max_window_bits=; server_no_context_takeover",
           "permessage-deflate; client_max_window_bits; client_max_window_bits=10",
           "permessage-deflate; \"",
           "permessage-deflate; a=\"b\\",
       }) {
    INFO(offers);
    CHECK(answer_to(offers) == "none");
    // And a good offer behind it is taken, unless a quote has no end.
    if (std::string_view{offers}.find('"') == std::string_view::npos)
      CHECK(answer_to(std::string{offers} + ", permessage-deflate") == kPlain);
  }
}

}  // namespace orrery::http::ws
