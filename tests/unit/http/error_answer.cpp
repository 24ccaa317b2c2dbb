#include "http/error_answer.hpp"

#include <catch2/catch.hpp>
#include <stdexcept>
#include <string>

#include "support/connection_driver.hpp"

namespace orrery::http {
namespace {

using test::ConnectionDriver;
using test::read_responses;

std::string shown(const Problem& problem) {
  return std::to_string(problem.status) + " [" + std::string{problem.name} + "] " + problem.message + " " +
         (problem.request ? std::string{problem.request->method()} : "no request");
}

App application(ErrorHandler on_error) {
  App app;
  app.get("/", [](const Request&) { return Response::text("fine"); });
  app.get("/thrown", [](const Request&) -> Response { throw HttpError{418, "Short and stout."}; });
  app.get("/broken", [](const Request&) -> Response { throw std::runtime_error("secret"); });
  app.get("/forged", [](const Request&) { return Response::text("").with_field("a b", ""); });
  app.on_error(std::move(on_error));
  return app;
}

test::SeenResponse answer_to(const App& app, const std::string& request) {
  ConnectionDriver driver{app};
  driver.receive(request);
  return read_responses(driver.output()).at(0);
}

std::string head(const std::string& line, const std::string& fields = {}) {
  return line + " HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

TEST_CASE("App::on_error makes the answer of every error") {
  const App app = application([](const Problem& problem) {
    return Response::text(shown(problem)).with_status(problem.status).with_field("X-Form", "one");
  });
  struct Row {
    std::string request;
    const char* body;
  };
  const Row rows[] = {
      {head("GET /nowhere"), "404 [no_path] Nothing is served at this path. GET"},
      {head("PUT /"), "405 [no_method] This path does not answer that method; see Allow. PUT"},
      {head("GET /thrown"), "418 [] Short and stout. GET"},
      {head("GET /broken"), "500 [handler_failed] The server failed to answer this request. GET"},
      {head("GET /forged"), "500 [unsendable] The server failed to answer this request. GET"},
      {head("GET /", "Expect: more\r\n"),
       "417 [bad_expectation] Expect has an expectation other than `100-continue` GET"},
      {"GET\r\n\r\n", "400 [bad_request_line] the request line is not `method SP target SP HTTP/x.y CRLF` no request"},
  };
  for (const Row& row : rows) {
    INFO(row.request);
    const auto response = answer_to(app, row.request);
    CHECK(response.body == row.body);
    CHECK(response.field("X-Form") == "one");
  }
  CHECK(answer_to(app, head("PUT /")).field("Allow") == "GET, HEAD, OPTIONS");
  CHECK(answer_to(app, head("GET /")).body == "fine");
}

TEST_CASE("Where App::on_error fails, the error has the form it has without it") {
  const App app = application([](const Problem& problem) -> Response {
    if (problem.status == 404) throw std::runtime_error("broken");
    return Response::text("").with_field("a b", "");
  });
  CHECK(answer_to(app, head("GET /nowhere")).body == "Nothing is served at this path.\n");
  const auto response = answer_to(app, head("GET /broken"));
  CHECK(response.status == 500);
  CHECK(response.body == "The server failed to answer this request.\n");
}

TEST_CASE("A bad status of a handler is told by its number") {
  App app;
  app.get("/{status}", [](const Request&, int status) { return Response::status(status); });
  for (const char* status : {"99", "0", "-5", "600", "65736"}) {
    INFO(status);
    ConnectionDriver driver{app};
    driver.receive(head(std::string{"GET /"} + status));
    CHECK(read_responses(driver.output()).at(0).status == 500);
    CHECK(driver.failures().size() == 1);
  }
}

}  // namespace
}  // namespace orrery::http
