#include "admin/page.hpp"

#include <catch2/catch.hpp>

namespace orrery::admin {

TEST_CASE("page: what peers sent is text, never markup") {
  PageParts parts;
  os::RequestRecord record;
  record.set_method("<b>");
  record.set_target("/<script>");
  parts.requests = {record};
  parts.deaths.resize(1);
  parts.deaths[0].text = os::CutText<2400>{"<script>"};
  parts.events.resize(1);
  parts.events[0].text = os::CutText<380>{"<script>"};
  parts.view.facts.reload.why = os::CutText<320>{"<script>"};
  const std::string page = page_html(parts, {});
  CHECK(page.find("<script") == std::string::npos);
  CHECK(page.find("/&lt;script&gt;") != std::string::npos);
}

TEST_CASE("page: it loads nothing but its own style sheet, which has light and dark") {
  const std::string page = page_html({}, {});
  CHECK(page.find("href=\"/page.css\"") != std::string::npos);
  CHECK(page.find("src=") == std::string::npos);
  CHECK(page.find("style=") == std::string::npos);
  CHECK(page.find("not ready") != std::string::npos);
  CHECK(page_css().find("prefers-color-scheme: dark") != std::string_view::npos);
}

}  // namespace orrery::admin
