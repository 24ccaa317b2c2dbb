#include "planets/assets.hpp"

#include <catch2/catch.hpp>
#include <set>
#include <string>

namespace orrery::planets {

TEST_CASE("assets: what it refers to is there, under an address that names the content") {
  const auto assets = page_assets();
  REQUIRE(assets.size() > 3);
  CHECK(assets.front().path == "/");
  std::set<std::string> addresses;
  for (const Asset& asset : assets.subspan(1)) {
    CHECK((asset.path.starts_with("/page/") || asset.path == "/service_worker.js"));
    addresses.insert(std::string{asset.path});
  }
  const std::string html{assets.front().identity};
  int references = 0;
  for (std::size_t at = html.find("\"page/"); at != std::string::npos; at = html.find("\"page/", at + 1)) {
    const std::string reference = "/" + html.substr(at + 1, html.find('"', at + 1) - at - 1);
    INFO(reference);
    CHECK(addresses.contains(reference));
    ++references;
  }
  CHECK(references >= 3);
}

TEST_CASE("assets: the page has one script, which asks for no other") {
  int scripts = 0;
  for (const Asset& asset : page_assets()) {
    if (!asset.media_type.starts_with("text/javascript") || asset.path == "/service_worker.js") continue;
    ++scripts;
    for (const char* form : {"\nimport ", "import(", "\nexport "})
      CHECK(asset.identity.find(form) == std::string_view::npos);
  }
  CHECK(scripts == 1);
}

TEST_CASE("assets: the service worker names all that the page is made of, and its build") {
  const auto assets = page_assets();
  const std::string worker{assets.back().identity};
  REQUIRE(assets.back().path == "/service_worker.js");
  CHECK(worker.find("const files = ['./', 'page/") != std::string::npos);
  for (const Asset& asset : assets.subspan(1, assets.size() - 2)) {
    INFO(asset.path);
    CHECK(worker.find("'" + std::string{asset.path.substr(1)} + "'") != std::string::npos);
  }
  CHECK(worker.find('@') == std::string::npos);
}

TEST_CASE("assets: nothing in it stands inline, and nothing comes from elsewhere") {
  for (const Asset& asset : page_assets()) {
    INFO(asset.path);
    CHECK(asset.identity.find("<style") == std::string_view::npos);
    CHECK(asset.identity.find(" style=") == std::string_view::npos);
    CHECK(asset.identity.find(" onclick=") == std::string_view::npos);
    CHECK(asset.identity.find("https://") == std::string_view::npos);
    CHECK(asset.gzip.size() < asset.identity.size());
    CHECK(asset.brotli.size() < asset.identity.size());
  }
}

}  // namespace orrery::planets
