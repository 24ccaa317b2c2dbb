// The rules of RFC 9113 (and of RFC 7541 as far as frames can show it), a named case for each: what a client sends
// behind its preface, and what becomes of it. What is said behind `then` is asked afterwards, of the same connection.
#include <catch2/catch.hpp>
#include <regex>

#include "support/http2_driver.hpp"

namespace orrery::test::http2 {
namespace {

struct Rule {
  const char* name;
  std::string bytes;
  std::string events;       ///< what the client gets
  std::string reject = {};  ///< as it is counted; empty: nothing is
};

void check(const std::vector<Rule>& rules) {
  for (const Rule& rule : rules) {
    for (const bool bytewise : {false, true}) {
      INFO(rule.name << (bytewise ? ", byte by byte" : ""));
      Http2Driver driver;
      driver.answer_with([](const Request&) { return Response::status(204); });
      driver.greet();
      if (bytewise)
        driver.receive_bytewise(rule.bytes);
      else
        driver.receive(rule.bytes);
      const std::string events = std::regex_replace(driver.events(), std::regex{", data 1 [0-9]+, end"}, ", end");
      // A fault that comes in the same breath as a request may come before its answer.
      if (rule.reject == "bad_frame" && !bytewise && !events.starts_with("204"))
        CHECK(rule.events.find(events) != std::string::npos);
      else
        CHECK(events == rule.events);
      const std::string reject = driver.rejects().empty() ? "" : driver.rejects().front();
      CHECK(reject == rule.reject);
      CHECK(driver.rejects().size() <= 1);
    }
  }
}

const std::string kFine = "204 1, end 1";

TEST_CASE("h2: frames and their sizes (RFC 9113, 4)") {
  check({
      {"an unknown type of frame is ignored (4.1)", frame(0x16, 0, 0, "12345678") + headers(1, get()), kFine},
      {"undefined flags are ignored (4.1)", ping("abcdefgh", 0x16), "pong abcdefgh"},
      {"the reserved bit is ignored (4.1)", frame(kPing, 0, 0x80000000, "abcdefgh"), "pong abcdefgh"},
      {"a frame of 2^14 bytes is taken (4.2)",
       headers(1, get({{":method", "POST"}}), kEndHeaders) + data(1, std::string(16384, 'x'), kEndStream), kFine},
      {"a larger frame of DATA (4.2)",
       headers(1, get({{":method", "POST"}}), kEndHeaders) + data(1, std::string(16385, 'x'), kEndStream),
       "goaway 1 FRAME_SIZE_ERROR", "bad_frame"},
      {"a larger frame of HEADERS (4.2)", frame(kHeaders, kEndHeaders, 1, std::string(16385, 'x')),
       "goaway 0 FRAME_SIZE_ERROR", "bad_frame"},
      {"a header block that cannot be decompressed (4.3)",
       frame(kHeaders, kEndHeaders | kEndStream, 1, "\xff\xff\xff\xff\xff\xff"), "goaway 1 COMPRESSION_ERROR",
       "bad_frame"},
      {"an index beyond the table (RFC 7541, 2.3.3)", frame(kHeaders, kEndHeaders | kEndStream, 1, "\xc6"),
       "goaway 1 COMPRESSION_ERROR", "bad_frame"},
      {"index 0 (RFC 7541, 6.1)", frame(kHeaders, kEndHeaders | kEndStream, 1, "\x80"), "goaway 1 COMPRESSION_ERROR",
       "bad_frame"},
      {"a larger table than allowed (RFC 7541, 6.3)",
       frame(kHeaders, kEndHeaders | kEndStream, 1, "\x3f\xe2\x1f" + block(get())), "goaway 1 COMPRESSION_ERROR",
       "bad_frame"},
      {"a table size behind a field (RFC 7541, 4.2)",
       frame(kHeaders, kEndHeaders | kEndStream, 1, block(get()) + "\x20"), "goaway 1 COMPRESSION_ERROR", "bad_frame"},
      {"padding of Huffman longer than 7 bits (RFC 7541, 5.2)",
       frame(kHeaders, kEndHeaders | kEndStream, 1, block(get()) + std::string{"\0\x04test\x83\xf9\xff\xff", 10}),
       "goaway 1 COMPRESSION_ERROR", "bad_frame"},
      {"padding of Huffman that is not ones (RFC 7541, 5.2)",
       frame(kHeaders, kEndHeaders | kEndStream, 1, block(get()) + std::string{"\0\x04test\x81\xf0", 8}),
       "goaway 1 COMPRESSION_ERROR", "bad_frame"},
      {"EOS in a Huffman text (RFC 7541, 5.2)",
       frame(kHeaders, kEndHeaders | kEndStream, 1,
             block(get()) + std::string{"\0\x04test\x88\xf9\x63\xe7\xff\xff\xff\xff\xff", 15}),
       "goaway 1 COMPRESSION_ERROR", "bad_frame"},
      {"another frame within a header block (4.3)", headers(1, get(), kEndStream) + ping(), "goaway 1 PROTOCOL_ERROR",
       "bad_frame"},
      {"another stream's HEADERS within a header block (4.3)", headers(1, get(), kEndStream) + headers(3, get()),
       "goaway 1 PROTOCOL_ERROR", "bad_frame"},
  });
}

TEST_CASE("h2: streams and their states (RFC 9113, 5.1)") {
  const std::string open = headers(1, get({{":method", "POST"}}), kEndHeaders);
  check({
      {"idle: DATA", data(1, "x", kEndStream), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"idle: RST_STREAM", reset(1), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"idle: WINDOW_UPDATE", window(1, 100), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"idle: CONTINUATION", frame(kContinuation, kEndHeaders, 1, block(get())), "goaway 0 PROTOCOL_ERROR",
       "bad_frame"},
      {"idle: PRIORITY is allowed", frame(kPriority, 0, 1, number(0) + "\x10") + headers(1, get()), kFine},
      {"an even stream (5.1.1)", headers(2, get()), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"a stream of a lower number (5.1.1)", headers(5, get()) + headers(3, get()),
       "204 5, end 5, goaway 5 PROTOCOL_ERROR", "bad_frame"},
      {"HEADERS on stream 0 (5.1)", headers(0, get()), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"DATA on stream 0 (6.1)", data(0, "x"), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"half-closed: DATA", headers(1, get()) + data(1, "x"), "204 1, end 1, goaway 1 STREAM_CLOSED", "bad_frame"},
      {"half-closed: HEADERS", headers(1, get()) + headers(1, get()), "204 1, end 1, goaway 1 STREAM_CLOSED",
       "bad_frame"},
      {"reset: DATA", open + reset(1) + data(1, "x"), "goaway 1 STREAM_CLOSED", "bad_frame"},
      {"reset: HEADERS", open + reset(1) + headers(1, get()), "goaway 1 STREAM_CLOSED", "bad_frame"},
      {"closed: PRIORITY, WINDOW_UPDATE and RST_STREAM are allowed",
       headers(1, get()) + frame(kPriority, 0, 1, number(0) + "\x10") + window(1, 5), kFine},
      {"DATA of a stream that was passed over", headers(5, get()) + data(3, "x"),
       "204 5, end 5, goaway 5 PROTOCOL_ERROR", "bad_frame"},
      {"two requests are answered", headers(1, get()) + headers(3, get()), "204 1, end 1, 204 3, end 3"},
      {"a body is read", open + data(1, "abc", kEndStream), kFine},
      {"a body of several frames", open + data(1, "a") + data(1, "b") + data(1, "", kEndStream), kFine},
      {"a stream may be reset and another one begun", open + reset(1) + headers(3, get()), "204 3, end 3"},
  });
}

TEST_CASE("h2: what frames must look like (RFC 9113, 6)") {
  const std::string open = headers(1, get({{":method", "POST"}}), kEndHeaders);
  const std::string padded_block = std::string{"\x03", 1} + block(get()) + std::string(3, '\0');
  const std::string prioritised = number(0) + "\x20" + block(get());
  const std::string half = block(get()).substr(0, 8);
  const std::string rest = block(get()).substr(8);
  check({
      {"DATA with padding (6.1)",
       open + data(1,
                   std::string{"\x02"
                               "abc\0\0",
                               6},
                   kPadded | kEndStream),
       kFine},
      {"DATA with more padding than bytes (6.1)",
       open + data(1,
                   "\x05"
                   "abc",
                   kPadded | kEndStream),
       "goaway 1 PROTOCOL_ERROR", "bad_frame"},
      {"HEADERS with padding (6.2)", frame(kHeaders, kEndHeaders | kEndStream | kPadded, 1, padded_block), kFine},
      {"HEADERS with more padding than bytes (6.2)", frame(kHeaders, kEndHeaders | kEndStream | kPadded, 1, "\x50xy"),
       "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"HEADERS with a priority (6.2)", frame(kHeaders, kEndHeaders | kEndStream | kWithPriority, 1, prioritised),
       kFine},
      {"HEADERS and CONTINUATION (6.10)",
       frame(kHeaders, kEndStream, 1, half) + frame(kContinuation, 0, 1, "") +
           frame(kContinuation, kEndHeaders, 1, rest),
       kFine},
      {"CONTINUATION behind a whole block (6.10)",
       headers(1, get()) + frame(kContinuation, kEndHeaders, 1, block(get())), "204 1, end 1, goaway 1 PROTOCOL_ERROR",
       "bad_frame"},
      {"PRIORITY of a stream that depends on itself (RFC 7540, 5.3.1)", frame(kPriority, 0, 1, number(1) + "\x10"),
       "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"PRIORITY on stream 0 (6.3)", frame(kPriority, 0, 0, number(0) + "\x10"), "goaway 0 PROTOCOL_ERROR",
       "bad_frame"},
      {"PRIORITY of another length (6.3)", open + frame(kPriority, 0, 1, "\x80"), "goaway 1 FRAME_SIZE_ERROR",
       "bad_frame"},
      {"RST_STREAM on stream 0 (6.4)", reset(0), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"RST_STREAM of another length (6.4)", open + frame(kRstStream, 0, 1, "abc"), "goaway 1 FRAME_SIZE_ERROR",
       "bad_frame"},
      {"SETTINGS are acknowledged (6.5.3)", settings({{1, 8192}}), "acked"},
      {"unknown SETTINGS are ignored (6.5.2)", settings({{0x99, 7}}), "acked"},
      {"SETTINGS ACK with bytes (6.5)", frame(kSettings, kAck, 0, "x"), "goaway 0 FRAME_SIZE_ERROR", "bad_frame"},
      {"SETTINGS on a stream (6.5)", frame(kSettings, 0, 1, ""), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"SETTINGS of another length (6.5)", frame(kSettings, 0, 0, "abc"), "goaway 0 FRAME_SIZE_ERROR", "bad_frame"},
      {"SETTINGS_ENABLE_PUSH other than 0 and 1 (6.5.2)", settings({{2, 2}}), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"SETTINGS_INITIAL_WINDOW_SIZE above 2^31-1 (6.5.2)", settings({{4, 0x80000000}}), "goaway 0 FLOW_CONTROL_ERROR",
       "bad_frame"},
      {"SETTINGS_MAX_FRAME_SIZE below 2^14 (6.5.2)", settings({{5, 16383}}), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"SETTINGS_MAX_FRAME_SIZE above 2^24-1 (6.5.2)", settings({{5, 16777216}}), "goaway 0 PROTOCOL_ERROR",
       "bad_frame"},
      {"PUSH_PROMISE from a client (8.4)", frame(kPushPromise, kEndHeaders, 1, number(2) + block(get())),
       "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"PING is answered (6.7)", ping("abcdefgh"), "pong abcdefgh"},
      {"PING ACK is not answered (6.7)", ping("abcdefgh", kAck) + ping("12345678"), "pong 12345678"},
      {"PING on a stream (6.7)", frame(kPing, 0, 1, "12345678"), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"PING of another length (6.7)", frame(kPing, 0, 0, "123456"), "goaway 0 FRAME_SIZE_ERROR", "bad_frame"},
      {"GOAWAY on a stream (6.8)", frame(kGoaway, 0, 1, number(0) + number(0)), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"WINDOW_UPDATE of 0 on the connection (6.9)", window(0, 0), "goaway 0 PROTOCOL_ERROR", "bad_frame"},
      {"WINDOW_UPDATE of 0 on a stream (6.9)", open + window(1, 0), "goaway 1 PROTOCOL_ERROR", "bad_frame"},
      {"WINDOW_UPDATE of another length (6.9)", frame(kWindowUpdate, 0, 0, "abc"), "goaway 0 FRAME_SIZE_ERROR",
       "bad_frame"},
      {"a connection's window above 2^31-1 (6.9.1)", window(0, 0x7fffffff) + window(0, 0x7fffffff),
       "goaway 0 FLOW_CONTROL_ERROR", "bad_frame"},
      {"a stream's window above 2^31-1 (6.9.1)", open + window(1, 0x7fffffff), "reset 1 FLOW_CONTROL_ERROR"},
  });
}

TEST_CASE("h2: a window is kept to (RFC 9113, 6.9)") {
  for (const bool late : {false, true}) {
    INFO((late ? "it shrinks later" : "it is small from the first"));
    Http2Driver driver;
    driver.answer_with([](const Request&) { return Response::text("hello"); });
    driver.greet(late ? settings({{4, 65535}}) : settings({{4, 1}}));
    if (late) driver.receive(settings({{4, 1}}));
    driver.reader().take_events();
    driver.receive(headers(1, get()));
    CHECK(driver.events() == "200 1, data 1 1");
    driver.receive(window(1, 2));
    CHECK(driver.events() == "data 1 2");
    driver.receive(settings({{4, 3}}));
    CHECK(driver.events() == "acked, data 1 2, end 1");
    CHECK(driver.reader().answer(1).body == "hello");
  }
}

TEST_CASE("h2: what makes a request malformed (RFC 9113, 8)") {
  const std::string bad = "reset 1 PROTOCOL_ERROR";
  const auto with = [](const Fields& more) { return headers(1, get(more)); };
  const auto post = [](const Fields& more) {
    Fields all = get(more);
    all.front().second = "POST";
    return headers(1, all, kEndHeaders);
  };
  const Fields pseudo = get();
  Fields behind = get({{"x", "1"}});
  std::swap(behind[3], behind[4]);
  const auto twice = [&](std::size_t which) {
    Fields fields = pseudo;
    fields.insert(fields.begin(), fields[which]);
    return headers(1, fields);
  };
  check({
      {"an uppercase name (8.2.1)", with({{"X-Test", "1"}}), bad, "uppercase_field"},
      {"a name with a space (8.2.1)", with({{"x test", "1"}}), "400 1, end 1", "bad_field_name"},
      {"no name (8.2.1)", with({{"", "1"}}), "400 1, end 1", "empty_field_name"},
      {"a value with NUL (8.2.1)", with({{"x", std::string{"a\0b", 3}}}), "400 1, end 1", "control_byte"},
      {"a value with LF (8.2.1)", with({{"x", "a\nb"}}), "400 1, end 1", "control_byte"},
      {"a value that begins with a space (8.2.1)", with({{"x", " a"}}), "400 1, end 1", "padded_field_value"},
      {"a value that ends with a tab (8.2.1)", with({{"x", "a\t"}}), "400 1, end 1", "padded_field_value"},
      {"an unknown pseudo-field (8.3)", with({{":test", "1"}}), bad, "bad_pseudo_field"},
      {"a pseudo-field of responses (8.3)", with({{":status", "200"}}), bad, "bad_pseudo_field"},
      {"a pseudo-field behind a field (8.3)", headers(1, behind), bad, "bad_pseudo_field"},
      {"a pseudo-field in trailers (8.1)", post({}) + data(1, "x") + headers(1, {{":method", "GET"}}), bad,
       "bad_pseudo_field"},
      {":method twice (8.3.1)", twice(0), bad, "bad_pseudo_field"},
      {":scheme twice (8.3.1)", twice(1), bad, "bad_pseudo_field"},
      {":path twice (8.3.1)", twice(2), bad, "bad_pseudo_field"},
      {":authority twice (8.3.1)", twice(3), bad, "bad_pseudo_field"},
      {"no :method (8.3.1)", with({{":method", ""}}), bad, "bad_pseudo_field"},
      {"no :scheme (8.3.1)", with({{":scheme", ""}}), bad, "bad_pseudo_field"},
      {"no :path (8.3.1)", with({{":path", ""}}), bad, "bad_pseudo_field"},
      {"an empty :path (8.3.1)", headers(1, {{":method", "GET"}, {":scheme", "http"}, {":path", ""}}), bad,
       "bad_pseudo_field"},
      {"CONNECT with :path (8.5)", with({{":method", "CONNECT"}}), bad, "bad_pseudo_field"},
      {"CONNECT as it should be (8.5)", headers(1, {{":method", "CONNECT"}, {":authority", "a.example:80"}}),
       "501 1, end 1", "no_tunnel"},
      {"Connection (8.2.2)", with({{"connection", "keep-alive"}}), bad, "connection_field"},
      {"Keep-Alive (8.2.2)", with({{"keep-alive", "5"}}), bad, "connection_field"},
      {"Proxy-Connection (8.2.2)", with({{"proxy-connection", "x"}}), bad, "connection_field"},
      {"Transfer-Encoding (8.2.2)", with({{"transfer-encoding", "chunked"}}), bad, "connection_field"},
      {"Upgrade (8.2.2)", with({{"upgrade", "h2c"}}), bad, "connection_field"},
      {"te other than trailers (8.2.2)", with({{"te", "trailers, deflate"}}), bad, "connection_field"},
      {"te: trailers (8.2.2)", with({{"te", "trailers"}}), kFine},
      {"a body shorter than Content-Length (8.1.1)", post({{"content-length", "3"}}) + data(1, "ab", kEndStream), bad,
       "length_mismatch"},
      {"a body longer than Content-Length (8.1.1)", post({{"content-length", "3"}}) + data(1, "abcd"), bad,
       "length_mismatch"},
      {"several frames longer than Content-Length (8.1.1)",
       post({{"content-length", "3"}}) + data(1, "ab") + data(1, "cd", kEndStream), bad, "length_mismatch"},
      {"Content-Length without a body (8.1.1)", with({{"content-length", "3"}}), bad, "length_mismatch"},
      {"Content-Length as it should be (8.1.1)", post({{"content-length", "3"}}) + data(1, "abc", kEndStream), kFine},
      {"trailers without END_STREAM (8.1)", post({}) + headers(1, {{"x", "1"}}, kEndHeaders), bad, "bad_frame"},
      {"trailers (8.1)", post({}) + data(1, "abc") + headers(1, {{"x", "1"}}), kFine},
      {"Host beside :authority that differs (8.3.1)", with({{"host", "b.example"}}), "400 1, end 1",
       "contradicting_host"},
      {"Host beside the same :authority (8.3.1)", with({{"host", "A.example"}}), kFine},
      {"Host without :authority (8.3.1)", with({{":authority", ""}, {"host", "a.example"}}), kFine},
      {"OPTIONS * (8.3.1)", with({{":method", "OPTIONS"}, {":path", "*"}}), kFine},
  });
}

TEST_CASE("h2: the rules of every protocol") {
  struct Case {
    const char* name;
    Fields more;
    int status;
    const char* reject;
  };
  Config config;
  config.limit_request_line = 64;
  config.limit_request_field_size = 128;
  config.limit_request_head = 512;
  config.limit_request_fields = 6;
  const std::string long_value(100, 'x');
  for (const Case& row : std::vector<Case>{
           {"no host", {{":authority", ""}}, 400, "missing_host"},
           {"a bad host", {{":authority", "a b"}}, 400, "bad_host"},
           {"userinfo in the authority", {{":authority", "me@a.example"}}, 400, "bad_host"},
           {"two hosts are one too many", {{":authority", ""}, {"host", "a, b"}}, 400, "bad_host"},
           {"an absolute target", {{":path", "http://a.example/"}}, 400, "bad_target"},
           {"a target with a space", {{":path", "/a b"}}, 400, "bad_target"},
           {"a target that is not ASCII", {{":path", "/\xc3\xa9"}}, 400, "non_ascii_target"},
           {"a bad escape", {{":path", "/%zz"}}, 400, "bad_target"},
           {"an encoded slash", {{":path", "/a%2Fb"}}, 400, "encoded_slash"},
           {"an unknown method", {{":method", "BREW"}}, 501, "unknown_method"},
           {"a method that is no token", {{":method", "G T"}}, 400, "bad_method"},
           {"a long target", {{":path", "/" + std::string(64, 'x')}}, 414, "long_request_line"},
           {"a long field", {{"x", std::string(129, 'x')}}, 431, "long_field"},
           {"a long head",
            {{"a", long_value}, {"b", long_value}, {"c", long_value}, {"d", long_value}, {"e", long_value}},
            431,
            "long_head"},
           {"many fields",
            {{"a", "1"}, {"b", "1"}, {"c", "1"}, {"d", "1"}, {"e", "1"}, {"f", "1"}, {"g", "1"}},
            431,
            "too_many_fields"},
           {"a list of lengths", {{"content-length", "3, 3"}}, 400, "repeated_content_length"},
           {"a length that is no number", {{"content-length", "+3"}}, 400, "bad_content_length"},
           {"an expectation", {{"expect", "magic"}}, 417, "bad_expectation"},
       }) {
    INFO(row.name);
    Http2Driver driver{config};
    driver.greet();
    driver.receive(headers(1, get(row.more)) + headers(3, get()));
    CHECK(driver.reader().answer(1).status == row.status);
    CHECK(driver.reader().answer(1).whole);
    CHECK(driver.rejects() == std::vector<std::string>{row.reject});
    // A fault of one request is none of the connection's.
    CHECK(driver.reader().answer(3).status == 200);
    CHECK(driver.end() == End::kOpen);
  }
}

TEST_CASE("h2: a preface that is none ends the connection (RFC 9113, 3.4)") {
  Http2Driver driver;
  driver.receive("PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
  CHECK(driver.events().find("goaway 0 PROTOCOL_ERROR") != std::string::npos);
  CHECK(driver.rejects() == std::vector<std::string>{"bad_frame"});
  CHECK(driver.end() == End::kLinger);
}

TEST_CASE("h2: the first frame must be SETTINGS (RFC 9113, 3.4)") {
  Http2Driver driver;
  driver.receive(std::string{kPreface} + ping());
  CHECK(driver.events().find("goaway 0 PROTOCOL_ERROR") != std::string::npos);
  CHECK(driver.end() == End::kLinger);
}

TEST_CASE("h2: CONNECT with :protocol is a method that no route has but that of a WebSocket (RFC 8441)") {
  struct Row {
    const char* path;
    std::string name;
    std::string allow;
  };
  const std::vector<Row> rows{
      {"/of-any-method", "no_method", "OPTIONS"},
      {"/of-connect", "no_method", "CONNECT, OPTIONS"},
      {"/of-get", "no_method", "GET, HEAD, OPTIONS"},
      {"/of-nobody", "no_path", ""},
  };
  std::vector<Route> routes;
  for (const auto& [method, pattern] : std::vector<std::pair<const char*, const char*>>{
           {"GET", "/socket"}, {"*", "/of-any-method"}, {"CONNECT", "/of-connect"}, {"GET", "/of-get"}}) {
    Route& made = routes.emplace_back();
    made.method = method;
    made.pattern = pattern;
  }
  routes.front().websocket = std::make_shared<WebSocketRoute>();
  for (const Row& row : rows) {
    INFO(row.path);
    Http2Driver driver{{}, routes};
    driver.context().error_handler = [](const Problem& problem) { return Response::text(std::string{problem.name}); };
    driver.greet();
    driver.receive(
        headers(1, get({{":method", "CONNECT"}, {":protocol", "websocket"}, {":path", row.path}}), kEndHeaders));
    CHECK(driver.requests().empty());
    const auto& answer = driver.reader().answer(1);
    CHECK(answer.body == row.name);
    CHECK(answer.field("allow") == row.allow);
  }
}

}  // namespace
}  // namespace orrery::test::http2
