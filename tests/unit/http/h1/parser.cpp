#include "http/h1/parser.hpp"

#include <catch2/catch.hpp>

#include "http/h1/guard.hpp"
#include "http/message.hpp"

namespace orrery::http::h1 {
namespace {

/// A message whose head is parsed, as the connection does it.
struct Parsed {
  MessagePool pool;
  Message* message = pool.take();
  Guard guard;
  Parser parser;
  std::string head;
  bool accepted = false;

  explicit Parsed(std::string text) : head(std::move(text)) {
    message->bytes = head.data();
    guard.scan(head, {});
    accepted = parse(guard.field_count());
  }
  ~Parsed() { message->release(); }
  bool parse(std::size_t fields) {
    return parser.parse_fields(*message, std::string_view{head}.substr(guard.request_line_length()), fields);
  }

  [[nodiscard]] std::string fields() const {
    std::string out;
    for (const FieldSpan& span : message->fields) {
      const Field field = message->field(span);
      out += std::string{field.name} + "=" + std::string{field.value} + ";";
    }
    return out;
  }
};

TEST_CASE("llhttp is compiled in strict mode") {
  struct Row {
    const char* name;
    std::string request;
  };
  const Row rows[] = {
      {"8-bit target", "GET /caf\xc3\xa9 HTTP/1.1\r\n\r\n"},
      {"CR in a value (CVE-2023-30589)", "GET / HTTP/1.1\r\nX-A: \rxTransfer-Encoding: chunked\r\n\r\n"},
      {"space in a field name", "GET / HTTP/1.1\r\nX A: b\r\n\r\n"},
      {"any two bytes behind chunk data", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\naXX0\r\n\r\n"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    llhttp_t state;
    llhttp_init(&state, HTTP_REQUEST, &settings);
    CHECK(llhttp_execute(&state, row.request.data(), row.request.size()) != HPE_OK);
  }
}

TEST_CASE("A head is read into spans, without the blanks around values") {
  Parsed parsed{"GET /a?b HTTP/1.1\r\nHost: h\r\nA:  b \t\r\nE:\r\nF:\t\r\nC: d e\r\n\r\n"};
  CHECK(parsed.accepted);
  CHECK(parsed.fields() == "Host=h;A=b;E=;F=;C=d e;");
}

TEST_CASE("Fields are the same with and without llhttp") {
  const char* rows[] = {"GET / HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
                        "GET / HTTP/1.1\r\nA:b\r\nB:\r\nC:  x:y \t\r\nD:\t\r\n\r\n"};
  for (const char* text : rows) {
    INFO(text);
    Parsed parsed{text};
    REQUIRE(parsed.accepted);
    const std::string by_llhttp = parsed.fields();
    Parser::split_fields(*parsed.message, parsed.head.size());
    CHECK(parsed.fields() == by_llhttp);
  }
}

TEST_CASE("Fields the guard did not see are refused") {
  Parsed parsed{"GET / HTTP/1.1\r\nA: b\r\n\r\n"};
  parsed.message->fields.clear();
  CHECK_FALSE(parsed.parse(0));
}

TEST_CASE("Upgrade and CONNECT do not stop the parser") {
  for (const char* head :
       {"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", "CONNECT h:1 HTTP/1.1\r\n\r\n"}) {
    INFO(head);
    Parsed parsed{head};
    CHECK(parsed.accepted);
    CHECK(parsed.parser.parse_body("").complete);
  }
}

TEST_CASE("A body is read to its end and no further") {
  struct Row {
    const char* name;
    const char* framing;
    std::string body;
    std::string decoded;
    std::string trailers;
  };
  const Row rows[] = {
      {"length", "Content-Length: 5", "hello", "hello", ""},
      {"chunked", "Transfer-Encoding: chunked", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", "hello", ""},
      {"trailers", "Transfer-Encoding: chunked", "1\r\na\r\n0\r\nX: y\r\nZ:\r\nW:  v \r\n\r\n", "a", "X=y;Z=;W=v;"},
      {"extension", "Transfer-Encoding: chunked", "1;n=v\r\na\r\n0\r\n\r\n", "a", ""},
  };
  for (const Row& row : rows) {
    for (std::size_t at = 0; at <= row.body.size(); ++at) {
      INFO(row.name << " split at " << at);
      Parsed parsed{std::string{"POST / HTTP/1.1\r\n"} + row.framing + "\r\n\r\n"};
      REQUIRE(parsed.accepted);
      Parser& parser = parsed.parser;
      const std::string text = row.body + "GET /";
      if (at > 0 && at < row.body.size()) {
        const auto first = parser.parse_body(std::string_view{text}.substr(0, at));
        CHECK_FALSE(first.refused);
        CHECK_FALSE(first.complete);
        CHECK(first.consumed == at);
      }
      const std::size_t from = at < row.body.size() ? at : 0;
      const auto last = parser.parse_body(std::string_view{text}.substr(from));
      CHECK(last.complete);
      CHECK(from + last.consumed == row.body.size());
      CHECK(parsed.message->body == row.decoded);
      CHECK(parsed.message->body_received == row.decoded.size());
      std::string trailers;
      for (const FieldSpan& span : parsed.message->trailers) {
        const Field field = parsed.message->trailer(span);
        trailers += std::string{field.name} + "=" + std::string{field.value} + ";";
      }
      CHECK(trailers == row.trailers);
    }
  }
}

TEST_CASE("A discarded body is counted, not kept") {
  Parsed parsed{"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n"};
  parsed.message->body_discarded = true;
  CHECK(parsed.parser.parse_body("hello").complete);
  CHECK(parsed.message->body.empty());
  CHECK(parsed.message->body_received == 5);
}

}  // namespace
}  // namespace orrery::http::h1
