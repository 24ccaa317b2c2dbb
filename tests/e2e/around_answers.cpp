// What stands around an answer, as clients meet it in all worker classes: early hints in front of it, trailer fields
// behind it, over HTTP/1.1 and HTTP/2.
#include "e2e/classes.hpp"
#include "support/tool.hpp"

namespace orrery::test {

namespace {

struct AroundServer : ServerProcess {
  explicit AroundServer(const std::string& worker_class)
      : ServerProcess{Program::kEcho, {"-w", "1", "-k", worker_class, "--access-logfile", "access.log"}} {}
  /// The heads and the trailers, then the body, in one text.
  [[nodiscard]] std::string curl(const std::string& options, const std::string& path) const {
    return said_by("curl -sS -m 100 -D - " + options + " http://127.0.0.1:" + std::to_string(port()) + path);
  }
  [[nodiscard]] std::string nghttp(const std::string& path) const {
    return said_by("nghttp -v -t 100 http://127.0.0.1:" + std::to_string(port()) + path);
  }
};

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++found;
  return found;
}

}  // namespace

TEST_CASE("around answers: early hints reach clients of both protocols, of each kind of handler") {
  AroundServer server{GENERATE(from_range(kClasses))};
  REQUIRE(server.serve());
  for (const char* path : {"/hints", "/hints/responder", "/hints/pool"}) {
    INFO(path);
    const std::string first = server.curl("--http1.1", path);
    INFO(first);
    CHECK(count(first, "HTTP/1.1 103 Early Hints\r\n") == 2);
    CHECK(count(first, "Link: <") == 3);
    CHECK(first.find("</sky.json>; rel=preload; as=fetch") < first.find("HTTP/1.1 200 OK"));
    CHECK(first.ends_with("hinted\n"));
    const std::string second = server.curl("--http2-prior-knowledge", path);
    INFO(second);
    CHECK(count(second, "HTTP/2 103") == 2);
    CHECK(count(second, "link: <") == 3);
    CHECK(second.ends_with("hinted\n"));
    const std::string frames = server.nghttp(path);
    INFO(frames);
    CHECK(count(frames, ":status: 103") == 2);
    CHECK(count(frames, ":status: 200") == 1);
    const std::string old = server.curl("--http1.0", path);
    CHECK(count(old, "Early Hints") == 0);
    CHECK(old.ends_with("hinted\n"));
  }
  CHECK(server.wait_for_text("access.log", "\"GET /hints HTTP/1.1\" 200 7"));
  CHECK(server.wait_for_text("access.log", "\"GET /hints/pool HTTP/2.0\" 200 7"));
  CHECK(text_of_file(server.file("access.log")).find(" 103 ") == std::string::npos);
  CHECK(server.stop() == 0);
}

TEST_CASE("around answers: hints that cannot be sent are refused with a sentence") {
  AroundServer server{GENERATE(from_range(kClasses))};
  REQUIRE(server.serve());
  for (const char* protocol : {"--http1.1", "--http2-prior-knowledge"}) {
    const std::string said = server.curl(protocol, "/hints/refused");
    INFO(said);
    CHECK(count(said, " 103") == 8);
    CHECK(count(said, "X-Forged: 1\r\n") == 0);
    CHECK_THAT(said, Catch::Contains("early hints need at least one link"));
    CHECK_THAT(said, Catch::Contains("the links of early hints have 5000 bytes; at most 4096 are sent at once"));
    CHECK_THAT(said, Catch::EndsWith("a request may have 8 early hints, and has had them\n"));
  }
  CHECK(server.stop() == 0);
}

TEST_CASE("around answers: trailers reach clients of both protocols") {
  AroundServer server{GENERATE(from_range(kClasses))};
  REQUIRE(server.serve());
  for (const char* path : {"/trailers/pulled", "/trailers/written"}) {
    INFO(path);
    const std::string first = server.curl("--http1.1", path);
    INFO(first);
    CHECK(count(first, "Trailer: X-Sum\r\n") == 1);
    CHECK(count(first, "X-Sum: 18\r\n") == 1);
    CHECK(count(first, "X-Forged") == 0);
    const std::string second = server.curl("--http2-prior-knowledge", path);
    INFO(second);
    CHECK(count(second, "trailer: X-Sum\r\n") == 1);
    CHECK(count(second, "x-sum: 18\r\n") == 1);
    CHECK_THAT(server.nghttp(path), Catch::Contains("x-sum: 18"));
    const std::string old = server.curl("--http1.0", path);
    CHECK(count(old, "X-Sum: 18") == 0);
    CHECK(count(old, "Trailer:") == 0);
    const std::string head = server.curl("--http1.1 -I", path);
    CHECK(count(head, "X-Sum: 18") == 0);
    CHECK(count(head, "200 OK") >= 1);
  }
  CHECK(server.wait_for_text("access.log", "\"GET /trailers/pulled HTTP/1.1\" 200 18"));
  CHECK(server.wait_for_text("access.log", "\"GET /trailers/pulled HTTP/2.0\" 200 18"));
  CHECK(server.stop() == 0);
}

TEST_CASE("around answers: a trailer that was not announced breaks its answer, and harms no other") {
  AroundServer server{GENERATE(from_range(kClasses))};
  REQUIRE(server.serve());
  for (const char* protocol : {"--http1.1", "--http2-prior-knowledge"}) {
    const std::string said = server.curl(protocol, "/trailers/wrong");
    INFO(said);
    CHECK_THAT(said, Catch::Contains("curl: ("));
    CHECK(count(said, "X-Other:") == 0);
    CHECK_THAT(server.curl(protocol, "/constant"), Catch::Contains(" 200"));
  }
  CHECK(server.wait_for_line("the trailer field `X-Other` was not announced"));
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
