#include "orrery/negotiation.hpp"

#include <array>
#include <catch2/catch.hpp>

#include "support/connection_driver.hpp"

namespace orrery {
namespace {

using Index = std::optional<std::size_t>;
constexpr std::array<std::string_view, 3> kOffered{"application/json", "text/html; charset=utf-8", "text/plain"};

}  // namespace

TEST_CASE("negotiation: the media type that a client weighs highest") {
  struct Row {
    const char* accept;
    Index chosen;
  };
  const Row row = GENERATE(
      Row{"", 0}, Row{"*/*", 0}, Row{"text/html", 1}, Row{"TEXT/Html", 1}, Row{"text/*", 1},
      Row{"text/plain, text/html", 1}, Row{"text/plain;q=0.9, text/html;q=0.8", 2}, Row{"text/*, text/html;q=0.1", 2},
      Row{"*/*;q=0.1, text/plain", 2}, Row{"application/json;q=0, */*", 1}, Row{"image/png", {}}, Row{"*/*;q=0", {}},
      Row{"image/png, */*;q=0.001", 0}, Row{"text/html;charset=utf-8", 1}, Row{"text/html;charset=latin1", {}},
      Row{"text/html;charset=latin1, text/html;q=0.5", 1}, Row{"text/html; charset=UTF-8; q=0.2, text/plain; q=0.1", 1},
      Row{"text/html;q=x", {}}, Row{"text", {}}, Row{"*", {}}, Row{"a/b;x=\"c,d;q=0\", text/plain", 2},
      Row{",, text/plain ,", 2}, Row{"*/html", {}}, Row{"text/html;q=0.5;ext=1, text/plain;q=0.4", 1});
  INFO(row.accept);
  CHECK((choose_media_type(std::string_view{row.accept}, kOffered) == row.chosen));
}

TEST_CASE("negotiation: a client that says nothing, and an application that offers nothing") {
  CHECK((choose_media_type(std::optional<std::string_view>{}, kOffered) == Index{0}));
  CHECK((choose_media_type(std::string_view{"*/*"}, {}) == Index{}));
}

TEST_CASE("negotiation: all Accept fields of a request are one") {
  Index chosen;
  test::ConnectionDriver driver;
  driver.answer_with([&](const Request& request) {
    chosen = choose_media_type(request, kOffered);
    return Response::text("");
  });
  driver.receive("GET / HTTP/1.1\r\nHost: a\r\nAccept: text/html;q=0.1\r\nACCEPT: text/plain\r\n\r\n");
  CHECK((chosen == Index{2}));
}

TEST_CASE("negotiation: a link stays one link, whatever it names") {
  CHECK(link("/items?page=2", "next") == "</items?page=2>; rel=\"next\"");
  CHECK(link("/a#b", "up", "All \"items\"") == "</a#b>; rel=\"up\"; title=\"All \\\"items\\\"\"");
  CHECK(link("/a>; rel=\"x\"", "next") == "</a%3E;%20rel=%22x%22>; rel=\"next\"");
  CHECK(link("/\xc3\xbc", "a\r\nb") == "</%C3%BC>; rel=\"a  b\"");
}

}  // namespace orrery
