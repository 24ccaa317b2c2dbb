// Layers, one form of errors and typed handlers: around handlers of every shape and the server's own answers, in every
// class.
#include <string>

#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// A service with ECHO_ROUTES=layers.
struct Service {
  explicit Service(const std::string& worker_class, std::vector<std::string> more = {})
      : server(ServerProcess::Program::kEcho, {"-w", "1", "-k", worker_class}) {
    server.arguments.insert(server.arguments.end(), more.begin(), more.end());
    server.environment.emplace_back("ECHO_ROUTES", "layers");
  }
  ServerProcess server;
};

}  // namespace

TEST_CASE("layers: around handlers of every shape, and the server's own answers") {
  const std::string worker_class = GENERATE(from_range(kClasses));
  Service service{worker_class};
  REQUIRE(service.server.serve());
  struct Row {
    const char* ask;
    int status;
    std::string body;
  };
  for (const Row& row :
       {Row{"GET /plain", 200, "plain\n"}, Row{"GET /task", 200, "task\n"}, Row{"GET /later", 200, "later\n"},
        Row{"GET /stream", 200, "streamed\n"}, Row{"GET /pull", 200, "pulled\n"},
        Row{"GET /teapot", 418, "418 : Short and stout."},
        Row{"GET /nowhere", 404, "404 no_path: Nothing is served at this path."},
        Row{"PUT /plain", 405, "405 no_method: This path does not answer that method; see Allow."},
        Row{"GET /quick/later", 504, "504 request_deadline: the handler did not answer within request_deadline"},
        Row{"GET /typed/1/2", 200, "3\n"}, Row{"GET /typed-task/1/2", 200, "3\n"},
        Row{"GET /typed-later/1/2", 200, "3\n"},
        Row{"GET /typed/1/x", 400,
            "400 : The parameter `b` is not a whole number from -9223372036854775808 to 9223372036854775807."},
        Row{"GET /typed-task/1/x", 400,
            "400 : The parameter `b` is not a whole number from -9223372036854775808 to 9223372036854775807."},
        Row{"GET /typed-later/x/2", 400,
            "400 : The parameter `a` is not a whole number from -9223372036854775808 to 9223372036854775807."}}) {
    INFO(row.ask);
    Wire wire{service.server.port()};
    const Answer answer = wire.ask(row.ask);
    CHECK(answer.status == row.status);
    CHECK(answer.body == row.body);
    CHECK(answer.count("X-Layer") == 1);
    CHECK(answer.field("X-Layer") == "1 loop");
  }
  CHECK(service.server.count_lines("[ERROR]") == 0);
  CHECK(service.server.stop() == 0);
}

TEST_CASE("layers: what one throws is answered and logged, and the worker lives") {
  const std::string worker_class = GENERATE(from_range(kClasses));
  Service service{worker_class};
  REQUIRE(service.server.serve());
  Wire wire{service.server.port()};
  for (const std::string path : {"/plain", "/task", "/later", "/stream", "/pull"}) {
    for (const std::string when : {"before", "after"}) {
      INFO(path << " " << when);
      const Answer answer = wire.ask("GET " + path + "?fault=" + when);
      CHECK(answer.status == 500);
      CHECK(answer.body == "500 layer_failed: The server failed to answer this request.");
      CHECK(answer.field("X-Layer") == "1 loop");
      CHECK(service.server.wait_for_line("layer faulty failed at GET " + path + ": told to fail " + when));
    }
  }
  CHECK(wire.ask("GET /plain").status == 200);
  CHECK(service.server.stop() == 0);
}

TEST_CASE("layers: an answer before the body spares it") {
  const std::string worker_class = GENERATE(from_range(kClasses));
  Service service{worker_class};
  REQUIRE(service.server.serve());
  SECTION("100 Continue is not sent") {
    Wire wire{service.server.port()};
    wire.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
    const Answer answer = wire.read();
    CHECK(answer.status == 401);
    CHECK(answer.body == "no token\n");
  }
  SECTION("with a token it is") {
    Wire wire{service.server.port()};
    wire.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\nX-Token: t\r\n\r\n");
    CHECK(wire.read_some(25) == "HTTP/1.1 100 Continue\r\n\r\n");
    wire.send("12345");
    CHECK(wire.read().body == "read\n");
  }
  CHECK(service.server.stop() == 0);
}

TEST_CASE("layers: a handler that blocks beyond its deadline, in threads") {
  Service service{"threads"};
  REQUIRE(service.server.serve());
  Wire wire{service.server.port()};
  const Answer answer = wire.ask("GET /quick");
  CHECK(answer.status == 504);
  CHECK(answer.field("X-Layer") == "1 loop");
  CHECK(service.server.stop() == 0);
}

TEST_CASE("layers: JSON in and out") {
  Service service{"sync"};
  REQUIRE(service.server.serve());
  Wire wire{service.server.port()};
  wire.send("POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n[4,5]");
  const Answer answer = wire.read();
  CHECK(answer.body == "[4,5,2]");
  CHECK(answer.field("Content-Type") == "application/json");
  CHECK(service.server.stop() == 0);
}

TEST_CASE("layers: fields that the operator hides") {
  Service service{"async", {"--hide-server", "--hide-request-id"}};
  REQUIRE(service.server.serve());
  Wire wire{service.server.port()};
  for (const char* const ask : {"GET /plain", "GET /nowhere"}) {
    const Answer answer = wire.ask(ask);
    CHECK_FALSE(answer.field("Server"));
    CHECK_FALSE(answer.field("X-Request-ID"));
    CHECK(answer.field("Date"));
  }
  CHECK(service.server.stop() == 0);
}

TEST_CASE("layers: wrong routes stop a start, and --check-config tells all of them") {
  ServerProcess server{ServerProcess::Program::kEcho, {"--check-config"}};
  server.environment.emplace_back("ECHO_ROUTES", "wrong");
  server.start();
  CHECK(server.wait_for_end() == 2);
  for (const char* const sentence : {"route /{a}/{a}: the name of `{a}` stands in it before",
                                     "route /{id:int}: `{id:int}` has a type", "route GET /fine is registered twice",
                                     "route GET /{a}/{b}: its handler takes 1 value, and the pattern has 2 names"}) {
    INFO(server.log());
    CHECK(count_in(server.log(), sentence) == 1);
  }
}

}  // namespace orrery::test
