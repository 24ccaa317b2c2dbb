// Forms with files over real sockets, in every class: as they come, malformed, and from clients that leave.
#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

std::string part(const std::string& fields, const std::string& content) {
  return "--B\r\nContent-Disposition: form-data; " + fields + "\r\n\r\n" + content + "\r\n";
}

std::string posted(const std::string& body) {
  return "POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

TEST_CASE("forms: fields and files come as they were sent") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  Wire wire{server.port()};
  const std::string body =
      part("name=\"a\"", "one") +
      part("name=\"f\"; filename=\"x.bin\"\r\nContent-Type: image/png", std::string(5'000'000, 'x')) + "--B--\r\n";
  wire.send(posted(body));
  const Answer answer = wire.read();
  CHECK(answer.status == 200);
  CHECK(answer.body == "a - text/plain 3\nf x.bin image/png 5000000\n");
  wire.send(posted(part("name=\"a\"", "one")));
  const Answer cut = wire.read();
  CHECK(cut.status == 400);
  CHECK(cut.body == "the form ends before its last boundary\n");
  const Answer other = fetch(server.port(), "POST /form", "Content-Length: 0\r\n");
  CHECK(other.status == 400);
  CHECK(other.body == "the Content-Type is not multipart/form-data\n");
}

TEST_CASE("forms: a client that leaves in the middle harms nobody") {
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const std::string whole = posted(part("name=\"a\"", std::string(100'000, 'x')) + "--B--\r\n");
  Wire wire{server.port()};
  wire.send(std::string_view{whole}.substr(0, 60'000));
  wire.reset();
  CHECK(fetch(server.port(), "GET /constant").status == 200);
  CHECK(server.count_lines("[ERROR]") == 0);
}

}  // namespace orrery::test
