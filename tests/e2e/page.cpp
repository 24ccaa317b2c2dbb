// The page at `/` and its files, as a browser asks for them over the wire. What they show is tests/browser's.
#include <array>
#include <string>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// The address of a file that the page refers to.
std::string address_of(const std::string& html, const std::string& name) {
  const auto end = html.find(name + '"');
  if (end == std::string::npos) return {};
  const auto begin = html.rfind('"', end) + 1;
  return "/" + html.substr(begin, end - begin) + name;
}

}  // namespace

TEST_CASE("page: it is asked about again each time, its files are kept for good") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const Answer page = wire.ask("GET /?lon=1&lat=2&elevation=3");
  REQUIRE(page.status == 200);
  CHECK(page.field("Content-Type") == "text/html; charset=utf-8");
  CHECK(page.field("Cache-Control") == "no-cache");
  const std::string policy = page.field("Content-Security-Policy").value_or("");
  CHECK(policy.starts_with("default-src 'none'"));
  CHECK(policy.find("unsafe") == std::string::npos);

  for (const char* name : {"sky.css", "sky.js", "icon.svg", "manifest.webmanifest"}) {
    const std::string address = address_of(page.body, name);
    INFO(name << " at " << address);
    const Answer file = wire.ask("GET " + address);
    CHECK(file.status == 200);
    CHECK(file.field("Cache-Control") == "public, max-age=31536000, immutable");
    CHECK(file.field("X-Content-Type-Options") == "nosniff");
    CHECK_FALSE(file.body.empty());
  }
  CHECK(wire.ask("GET /page/0123456789abcdef/sky.js").status == 404);
  const Answer worker = wire.ask("GET /service_worker.js");
  CHECK(worker.field("Content-Type") == "text/javascript; charset=utf-8");
  CHECK(worker.field("Cache-Control") == "no-cache");
  const Answer icon = wire.ask("GET /icon-192.png");
  CHECK(icon.field("Content-Type") == "image/png");
  CHECK(icon.body.starts_with("\x89PNG"));
  CHECK(wire.ask("GET /icon-192.png", "If-None-Match: " + icon.field("ETag").value_or("") + "\r\n").status == 304);
}

TEST_CASE("page: each form has its coding, its length and its entity-tag") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1"}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const Answer plain = wire.ask("GET /");
  const Answer gzip = wire.ask("GET /", "Accept-Encoding: br;q=0\r\nAccept-Encoding: gzip\r\n");
  CHECK_FALSE(plain.field("Content-Encoding"));
  CHECK(gzip.field("Content-Encoding") == "gzip");
  CHECK(gzip.body.substr(0, 2) == "\x1f\x8b");
  CHECK(gzip.body.size() < plain.body.size() / 2);
  CHECK(gzip.field("ETag") != plain.field("ETag"));
  for (const Answer& answer : {plain, gzip}) CHECK(answer.field("Vary") == "Accept-Encoding");
  CHECK(wire.ask("GET /", "Accept-Encoding: *;q=0\r\n").status == 406);

  wire.send(request("HEAD /", "Accept-Encoding: gzip;q=1, br;q=0.5\r\n"));
  const Answer head = wire.read(kPatience, true);
  CHECK(head.field("Content-Length") == std::to_string(gzip.body.size()));
  CHECK(head.field("ETag") == gzip.field("ETag"));
}

TEST_CASE("page: what the browser has is not sent again") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1"}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const std::string tag = wire.ask("GET /", "Accept-Encoding: gzip\r\n").field("ETag").value_or("");
  REQUIRE(tag.size() > 10);
  const Answer unchanged = wire.ask("GET /", "Accept-Encoding: gzip\r\nIf-None-Match: \"x\", " + tag + "\r\n");
  CHECK(unchanged.status == 304);
  CHECK(unchanged.body.empty());
  CHECK(unchanged.field("ETag") == tag);
  CHECK(unchanged.field("Vary") == "Accept-Encoding");
  CHECK(wire.ask("GET /", "If-None-Match: \"x\"\r\n").status == 200);
}

}  // namespace orrery::test
