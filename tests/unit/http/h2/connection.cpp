#include "http/h2/connection.hpp"

#include <catch2/catch.hpp>

#include "support/http2_driver.hpp"

namespace orrery::test::http2 {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("h2: a server introduces itself by its SETTINGS") {
  Config config;
  config.http2_max_concurrent_streams = 7;
  config.limit_request_head = 9000;
  Http2Driver driver{config};
  driver.greet();
  CHECK(driver.reader().settings() == std::map<std::uint16_t, std::uint32_t>{{3, 7}, {6, 9000}, {9, 1}});
  // 100 ms of 1 Gbit/s for the connection.
  CHECK(driver.reader().opened(0) + 65535 == 12'500'000);
}

TEST_CASE("h2: a handler sees a request as that of HTTP/1.1") {
  Http2Driver driver;
  driver.greet();
  driver.receive(headers(
      1,
      get({{":method", "POST"}, {":path", "/a%20b/../c?q=1"}, {"accept", "text/plain"}, {"cookie", "a=1"}, {"x", "y"}}),
      kEndHeaders));
  driver.receive(data(1, "hel") + data(1, "lo") + headers(1, {{"checksum", "7"}}));
  const SeenRequest& seen = driver.requests().at(0);
  CHECK(seen.text() ==
        "POST /a%20b/../c?q=1 HTTP/2\npath /c\nquery q=1\nasked by 192.0.2.1 for http://a.example\n"
        "field host: a.example\nfield accept: text/plain\nfield cookie: a=1\nfield x: y\nbody hello\n"
        "trailer checksum: 7\n");
  const Answer& answer = driver.reader().answer(1);
  CHECK(answer.status == 200);
  CHECK(answer.body == seen.text());
  CHECK(answer.field("content-length") == std::to_string(answer.body.size()));
  CHECK(answer.field("content-type") == "text/plain; charset=utf-8");
  CHECK(answer.field("server") == "orrery");
  CHECK(answer.field("date") == "Sun, 09 Sep 2001 01:46:40 GMT");
  CHECK(answer.field("x-request-id") == seen.id);
  CHECK(driver.answers() == std::vector<SeenAnswer>{{"POST", 200, answer.body.size(), base::Ending::kKept}});
  CHECK(driver.connection().idle());
}

TEST_CASE("h2: the name of a request's id is spelt once a second, and refers to the table afterwards") {
  Http2Driver driver;
  driver.greet();
  const auto bytes_of = [&](std::uint32_t stream) {
    driver.receive(headers(stream, get()));
    CHECK(driver.reader().answer(stream).field("x-request-id") == driver.requests().back().id);
    return driver.reader().answer(stream).block_bytes;
  };
  const std::size_t first = bytes_of(1), second = bytes_of(3), third = bytes_of(5);
  CHECK(second < first);
  CHECK(third == second);
  driver.context().date.update(base::WallTime{std::chrono::seconds{1'000'000'001}});
  CHECK(bytes_of(7) > third);
  CHECK(bytes_of(9) == third);
}

TEST_CASE("h2: cookies that a client has split are one field") {
  Http2Driver driver;
  driver.greet();
  Fields fields = get({{"cookie", "a=1"}, {"x", "y"}});
  fields.emplace_back("cookie", "b=2");
  driver.receive(headers(1, fields));
  CHECK(driver.requests().at(0).text().find("field cookie: a=1; b=2\nfield x: y\nbody") != std::string::npos);
}

TEST_CASE("h2: fields of an answer are lower-case, and those of a connection are the server's") {
  Http2Driver driver;
  driver.answer_with([](const Request&) {
    return Response::text("x").with_field("X-One", "1").with_field("Connection", "close").with_field("Upgrade", "h2c");
  });
  driver.greet();
  driver.receive(headers(1, get()));
  const Answer& answer = driver.reader().answer(1);
  CHECK(answer.field("x-one") == "1");
  CHECK(answer.field("connection").empty());
  CHECK(answer.field("upgrade").empty());
}

TEST_CASE("h2: answers without a body") {
  struct Case {
    const char* name;
    Fields more;
    int status;
    const char* length;
  };
  for (const Case& row : std::vector<Case>{{"HEAD has the length of GET's", {{":method", "HEAD"}}, 200, "5"},
                                           {"204 has none", {}, 204, ""},
                                           {"304 has none", {}, 304, ""}}) {
    INFO(row.name);
    Http2Driver driver;
    driver.answer_with([&](const Request&) { return Response::text("hello").with_status(row.status); });
    driver.greet();
    driver.receive(headers(1, get(row.more)));
    CHECK(driver.events() == std::to_string(row.status) + " 1, end 1");
    CHECK(driver.reader().answer(1).field("content-length") == row.length);
  }
}

TEST_CASE("h2: requests are handled side by side, and answered in the order of their answers") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get()) + headers(3, get()) + headers(5, get()));
  CHECK(driver.asked() == std::vector<http::RequestId>{1, 3, 5});
  CHECK(driver.answer(5, Response::status(205)));
  CHECK(driver.answer(1, Response::status(201)));
  CHECK(driver.events() == "205 5, end 5, 201 1, end 1");
  CHECK_FALSE(driver.answer(1, Response::status(202)));
  CHECK(driver.answer(3, Response::status(203)));
  CHECK(driver.events() == "203 3, end 3");
}

TEST_CASE("h2: a stuck stream waits alone, and is reset when its time is over") {
  Config config;
  config.write_timeout = seconds{5};
  config.min_rate = 1'000'000;
  Http2Driver driver{config};
  driver.answer_with([](const Request& request) {
    return Response::text(std::string(request.path() == "/large" ? 100'000 : 10, 'x'));
  });
  driver.greet();
  driver.receive(window(0, 1'000'000) + headers(1, get({{":path", "/large"}})));
  driver.receive(headers(3, get()));
  CHECK(driver.reader().answer(3).whole);
  CHECK(driver.reader().answer(1).body.size() == 65535);
  driver.pass(seconds{4});
  driver.receive(headers(5, get()));
  CHECK(driver.reader().answer(5).whole);
  driver.reader().take_events();
  driver.pass(seconds{8});
  CHECK(driver.events() == "reset 1 CANCEL");
  CHECK(driver.rejects() == std::vector<std::string>{"write_timeout"});
  CHECK(driver.answers().back() == SeenAnswer{"GET", 200, 65535, base::Ending::kCut});
  CHECK(driver.end() == End::kOpen);
}

TEST_CASE("h2: a large body leaves in frames, as the windows allow") {
  Http2Driver driver;
  const std::string large(1'000'000, 'y');
  driver.answer_with([&](const Request&) { return Response::text(large); });
  driver.greet(settings({{4, 2'000'000}}));
  driver.receive(window(0, 2'000'000) + headers(1, get()));
  CHECK(driver.reader().answer(1).body == large);
  CHECK(driver.reader().answer(1).whole);
  CHECK(driver.answers().back().body_bytes == large.size());
}

TEST_CASE("h2: while the client takes nothing, nothing more is written") {
  Http2Driver driver;
  const std::string large(1'000'000, 'y');
  driver.answer_with([&](const Request&) { return Response::text(large); });
  driver.greet(settings({{4, 2'000'000}}));
  driver.receive(window(0, 2'000'000));
  driver.block_output(1000);
  driver.receive(headers(1, get()));
  CHECK(driver.connection().blocked());
  CHECK(driver.connection().unsent() < 200'000);
  driver.read();
  CHECK(driver.reader().answer(1).body == large);
  CHECK_FALSE(driver.connection().blocked());
}

TEST_CASE("h2: a connection whose client takes nothing is closed") {
  Config config;
  config.write_timeout = seconds{5};
  Http2Driver driver{config};
  driver.greet();
  driver.block_output();
  driver.receive(headers(1, get()));
  driver.pass(seconds{6});
  CHECK(driver.end() == End::kBroken);
  CHECK(driver.rejects() == std::vector<std::string>{"write_timeout"});
  CHECK(driver.answers().back().ending == base::Ending::kCut);
}

TEST_CASE("h2: a response that is pulled") {
  Http2Driver driver;
  driver.answer_with([](const Request&) {
    return Response::stream("text/plain", [n = 0](std::string& out) mutable {
      out = std::to_string(++n);
      return n < 3;
    });
  });
  driver.greet();
  driver.receive(headers(1, get()));
  CHECK(driver.reader().answer(1).body == "123");
  CHECK(driver.reader().answer(1).whole);
  CHECK(driver.reader().answer(1).field("content-length").empty());
}

TEST_CASE("h2: a response is pulled no further than the client's window and a little ahead") {
  Http2Driver driver;
  int pulls = 0;
  driver.answer_with([&](const Request&) {
    return Response::stream("text/plain", [&pulls](std::string& out) {
      ++pulls;
      out.assign(10'000, 'x');
      return true;
    });
  });
  driver.greet(settings({{4, 20'000}}));
  driver.receive(headers(1, get()));
  CHECK(driver.reader().answer(1).body.size() == 20'000);
  CHECK(pulls < 12);
  driver.receive(window(1, 10'000));
  CHECK(driver.reader().answer(1).body.size() == 30'000);
  driver.receive(reset(1));
  CHECK(driver.answers().back() == SeenAnswer{"GET", 200, 30'000, base::Ending::kCut});
}

TEST_CASE("h2: a response that is written piece by piece") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get()));
  CHECK(driver.start_stream(1, Response::bytes("text/plain", "")));
  CHECK(driver.events() == "200 1");
  driver.send_piece(1, "one");
  CHECK(driver.events() == "data 1 3");
  driver.send_piece(1, "");
  CHECK(driver.events().empty());
  driver.send_piece(1, "three");
  driver.end_stream(1);
  CHECK(driver.events() == "data 1 5, data 1 0, end 1");
  CHECK(driver.answers() == std::vector<SeenAnswer>{{"GET", 200, 8, base::Ending::kKept}});
  CHECK(driver.over() == std::vector<http::RequestId>{1});
}

TEST_CASE("h2: a stream that breaks is reset behind what was written of it") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get()) + headers(3, get()));
  driver.start_stream(1, Response::bytes("text/plain", ""));
  driver.send_piece(1, "one");
  driver.break_stream(1);
  CHECK(driver.events() == "200 1, data 1 3, reset 1 INTERNAL_ERROR");
  CHECK(driver.answers() == std::vector<SeenAnswer>{{"GET", 200, 3, base::Ending::kCut}});
  CHECK(driver.over() == std::vector<http::RequestId>{1});
  CHECK(driver.answer(3, Response::status(204)));
  CHECK(driver.events() == "204 3, end 3");
}

TEST_CASE("h2: a stream of which only the end waits for the connection's window is reset at its time") {
  const bool breaks = GENERATE(false, true);
  Http2Driver driver;
  driver.hold_requests();
  driver.greet(settings({{4, 1'000'000}}));
  driver.receive(headers(1, get()) + headers(3, get()));
  driver.start_stream(1, Response::bytes("text/plain", ""));
  driver.answer(3, Response::text(std::string(70'000, 'x')));
  breaks ? driver.break_stream(1) : driver.end_stream(1);
  CHECK_FALSE(driver.reader().answer(1).whole);
  CHECK(driver.rejects().empty());
  driver.pass(seconds{30});
  CHECK(driver.rejects() == std::vector<std::string>{"write_timeout"});
  // What its client has taken of it gives the other one time: 500 bytes are a second.
  driver.pass(seconds{132});
  CHECK(driver.rejects() == std::vector<std::string>(2, "write_timeout"));
  CHECK(driver.connection().idle());
}

TEST_CASE("h2: a piece has its whole time to be taken, however long its stream was quiet") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet(settings({{4, 0}}));
  driver.receive(headers(1, get()));
  driver.start_stream(1, Response::bytes("text/plain", ""));
  driver.pass(std::chrono::hours{1});
  driver.send_piece(1, "one");
  driver.pass(seconds{29});
  CHECK(driver.rejects().empty());
  driver.pass(seconds{1});
  CHECK(driver.rejects() == std::vector<std::string>{"write_timeout"});
}

TEST_CASE("h2: a stream is reset while a frame of it waits for room in the output") {
  Http2Driver driver;
  driver.answer_with([](const Request&) { return Response::text(std::string(300'000, 'x')); });
  driver.greet(settings({{4, 1'000'000}}));
  driver.receive(window(0, 1'000'000));
  driver.block_output();
  driver.receive(headers(1, get()) + headers(3, get()));
  driver.receive(reset(1));
  driver.read();
  CHECK_FALSE(driver.reader().answer(1).whole);
  CHECK(driver.reader().answer(3).whole);
  CHECK(driver.end() == End::kOpen);
}

TEST_CASE("h2: a head that is refused before its target came is logged without one") {
  Http2Driver driver;
  driver.greet();
  driver.receive(headers(1, {{":path", "/a"}, {":method", "G T"}}));
  driver.receive(headers(3, {{":path", "/a"}, {"x", std::string(9000, 'x')}}));
  CHECK(driver.reader().answer(1).status == 400);
  CHECK(driver.reader().answer(3).status == 431);
  CHECK(driver.answers().size() == 2);
}

TEST_CASE("h2: a stream shorter than its length is reset") {
  Http2Driver driver;
  driver.answer_with([](const Request&) {
    return Response::stream(
        "text/plain", [](std::string& out) { return out = "ab", false; }, 5);
  });
  driver.greet();
  driver.receive(headers(1, get()));
  CHECK(driver.events() == "200 1, data 1 2, reset 1 INTERNAL_ERROR");
}

TEST_CASE("h2: a client that resets its request is told to the handler, and to nobody else") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get()) + headers(3, get()));
  int cancelled = 0;
  driver.connection().message(1)->on_cancelled = [&] { ++cancelled; };
  driver.receive(reset(1));
  CHECK(driver.left() == std::vector<http::RequestId>{1});
  CHECK(cancelled == 1);
  CHECK_FALSE(driver.answer(1, Response::status(200)));
  CHECK(driver.connection().message(1) == nullptr);
  CHECK(driver.answers() == std::vector<SeenAnswer>{{"GET", http::kClientLeft, 0, base::Ending::kCut}});
  CHECK(driver.answer(3, Response::status(204)));
}

TEST_CASE("h2: a reset stream that somebody writes is over for it") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get()));
  driver.start_stream(1, Response::bytes("text/plain", ""));
  driver.receive(reset(1));
  CHECK(driver.over() == std::vector<http::RequestId>{1});
  CHECK_FALSE(driver.connection().streaming(1));
  CHECK(driver.connection().idle());
}

TEST_CASE("h2: a client that closes its side") {
  for (const bool waits : {false, true}) {
    INFO((waits ? "client_half_close: waits" : "client_half_close: leaves"));
    Config config;
    config.client_half_close = waits ? ClientHalfClose::kWaits : ClientHalfClose::kLeaves;
    Http2Driver driver{config};
    driver.hold_requests();
    driver.greet();
    driver.receive(headers(1, get()) + headers(3, get({{":method", "POST"}}), kEndHeaders));
    driver.receive_end();
    CHECK(driver.left().size() == (waits ? 0 : 1));
    CHECK(driver.rejects() == std::vector<std::string>{"truncated_request"});
    CHECK(driver.end() == End::kOpen);
    driver.answer(1, Response::status(204));
    CHECK(driver.end() == End::kClose);
    CHECK(driver.reader().answer(1).status == 204);
  }
}

TEST_CASE("h2: a connection that breaks ends all its requests") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get()) + headers(3, get()));
  driver.start_stream(3, Response::bytes("text/plain", ""));
  driver.abandon();
  CHECK(driver.end() == End::kBroken);
  CHECK(driver.answers().size() == 2);
  CHECK(driver.answers().at(0).status == http::kClientLeft);
  CHECK(driver.answers().at(1).status == 200);
}

TEST_CASE("h2: a handler that takes too long is answered for") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get({{":path", "/quick"}})) + headers(3, get({{":path", "/endless"}})));
  driver.pass(milliseconds{150});
  CHECK(driver.reader().answer(1).status == 504);
  CHECK(driver.rejects() == std::vector<std::string>{"request_deadline"});
  CHECK_FALSE(driver.answer(1, Response::status(200)));
  CHECK(driver.answer(3, Response::status(200)));
}

TEST_CASE("h2: the most urgent answer goes first (RFC 9218)") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(headers(1, get({{"priority", "u=6"}})) + headers(3, get({{"priority", "u=1"}})));
  driver.block_output();
  driver.receive(ping());
  driver.answer(1, Response::text(std::string(50'000, 'a')));
  driver.answer(3, Response::text("b"));
  driver.reader().take_events();
  driver.read();
  const std::string events = driver.events();
  CHECK(events.find("end 3") < events.find("data 1"));
}

TEST_CASE("h2: more requests at once than allowed are refused") {
  Config config;
  config.http2_max_concurrent_streams = 2;
  Http2Driver driver{config};
  driver.hold_requests();
  driver.receive(std::string{kPreface} + settings() + headers(1, get()) + headers(3, get()) + headers(5, get()));
  CHECK(driver.events().find("reset 5 REFUSED_STREAM") != std::string::npos);
  CHECK(driver.asked() == std::vector<http::RequestId>{1, 3});
}

TEST_CASE("h2: a path that nobody has, and a method") {
  Http2Driver driver{{}, [] {
                       Route route;
                       route.method = "GET";
                       route.pattern = "/get";
                       return std::vector<Route>{route};
                     }()};
  driver.greet();
  driver.receive(headers(1, get()) + headers(3, get({{":path", "/get"}, {":method", "PUT"}})) +
                 headers(5, get({{":path", "/get"}, {":method", "OPTIONS"}})));
  CHECK(driver.reader().answer(1).status == 404);
  CHECK(driver.reader().answer(3).status == 405);
  CHECK(driver.reader().answer(3).field("allow") == "GET, HEAD, OPTIONS");
  CHECK(driver.reader().answer(5).status == 204);
}

TEST_CASE("h2: an answer that cannot be sent is 500") {
  Http2Driver driver;
  driver.answer_with([](const Request&) { return Response::text("x").with_field("x", "a\nb"); });
  driver.greet();
  driver.receive(headers(1, get()));
  CHECK(driver.reader().answer(1).status == 500);
  CHECK(driver.rejects() == std::vector<std::string>{"unsendable"});
}

TEST_CASE("h2: the client behind a trusted proxy is known") {
  Config config;
  config.forwarded_allow_ips = {"192.0.2.1"};
  Http2Driver driver{config};
  driver.greet();
  driver.receive(
      headers(1, get({{"x-forwarded-for", "198.51.100.7"}, {"x-forwarded-proto", "https"}, {"x-request-id", "abc"}})));
  const SeenRequest& seen = driver.requests().at(0);
  CHECK(seen.client == "198.51.100.7");
  CHECK(seen.scheme == "https");
  CHECK(seen.id == "abc");
}

TEST_CASE("h2: what is read of a head is whole though its bytes move when the host is put in") {
  Config config;
  config.forwarded_allow_ips = {"192.0.2.1"};
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  for (std::size_t size = 0; size < 80; ++size) {
    Http2Driver driver{config};
    driver.greet();
    driver.receive(
        headers(1, get({{"x-request-id", "abcdefgh"}, {"traceparent", trace}, {"x", std::string(size, 'x')}})));
    INFO(size);
    CHECK(driver.requests().at(0).id == "abcdefgh");
  }
}

}  // namespace
}  // namespace orrery::test::http2
