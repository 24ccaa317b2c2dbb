#include "base/html_text.hpp"

#include <catch2/catch.hpp>

namespace orrery::base {

TEST_CASE("html_text: what HTML would read as its own is written as text") {
  CHECK(html_text("") == "");
  CHECK(html_text("<script>alert('\"&") == "&lt;script&gt;alert(&#39;&quot;&amp;");
  CHECK(html_text("Zürich €") == "Zürich €");
}

TEST_CASE("html_text: bytes that are no UTF-8 are replaced, one by one") {
  CHECK(html_text("a\xff\xfe<") == "a\uFFFD\uFFFD&lt;");
  CHECK(html_text("\xe2\x82") == "\uFFFD\uFFFD");
  CHECK(html_text("\xc0\xbc") == "\uFFFD\uFFFD");
}

}  // namespace orrery::base
