// Every state of a connection against every input: what it does is written out, and nothing may crash, hang or answer
// twice.
#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "support/connection_driver.hpp"

namespace orrery::test {
namespace {

using base::Reject;
using Driver = ConnectionDriver;

const std::string kGet = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kPost = "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n";
const std::string kStream = "POST /stream HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n";

struct Start {
  const char* name;
  void (*reach)(Driver&);
};

struct Input {
  const char* name;
  void (*give)(Driver&);
};

const Start kStates[] = {
    {"fresh", [](Driver&) {}},
    {"idle",
     [](Driver& d) {
       d.receive(kGet);
       d.hold_requests();
     }},
    {"head",
     [](Driver& d) {
       d.hold_requests();
       d.receive("GET /a HT");
     }},
    {"body",
     [](Driver& d) {
       d.hold_requests();
       d.receive(kPost + "he");
     }},
    {"handling",
     [](Driver& d) {
       d.hold_requests();
       d.receive(kGet);
     }},
    {"handling, body unread",
     [](Driver& d) {
       d.hold_requests();
       d.receive(kStream + "he");
     }},
    {"streaming",
     [](Driver& d) {
       d.hold_requests();
       d.receive(kGet);
       d.start_stream(Response::text(""));
     }},
    {"discard",
     [](Driver& d) {
       d.hold_requests();
       d.receive(kStream + "he");
       d.answer(Response::text("early"));
     }},
    {"closing, blocked",
     [](Driver& d) {
       d.block_output();
       d.receive("GET /a HTTP/1.0\r\n\r\n");
       d.hold_requests();
     }},
    {"idle, blocked",
     [](Driver& d) {
       d.block_output();
       d.receive(kGet);
       d.hold_requests();
     }},
    {"lingering",
     [](Driver& d) {
       d.linger();
       d.receive("no request\r\n\r\n");
     }},
};

const Input kInputs[] = {
    {"request", [](Driver& d) { d.receive(kGet); }},
    {"end", [](Driver& d) { d.receive_end(); }},
    {"abandon", [](Driver& d) { d.abandon(); }},
    {"respond", [](Driver& d) { d.answer(Response::text("late")); }},
    {"refuse", [](Driver& d) { d.refuse(Reject::queue_full); }},
    {"cut off", [](Driver& d) { d.refuse(Reject::too_many_connections); }},
    {"start_stream", [](Driver& d) { d.start_stream(Response::text("")); }},
    {"send_piece", [](Driver& d) { d.send_piece("piece"); }},
    {"end_stream", [](Driver& d) { d.end_stream(); }},
    {"break_stream", [](Driver& d) { d.break_stream(); }},
    {"pulled", [](Driver& d) { d.pulled("piece", false); }},
    {"want_body", [](Driver& d) { d.want_body(); }},
    {"drain", [](Driver& d) { d.drain(); }},
    {"close_if_idle", [](Driver& d) { d.close_if_idle(); }},
    {"a tick", [](Driver& d) { d.pass(std::chrono::milliseconds{1}); }},
    {"a long time", [](Driver& d) { d.pass(std::chrono::hours{1}); }},
};

std::string shown(Driver& driver) {
  const auto& connection = driver.connection();
  std::string out{name_of(driver.end())};
  if (driver.end() == End::kOpen) {
    out = connection.idle()        ? "idle"
          : connection.handling()  ? "handling"
          : connection.streaming() ? "streaming"
          : connection.closing()   ? "closing"
          : connection.lingering() ? "lingering"
                                   : "reading";
  }
  for (const auto& answer : driver.answers()) out += " " + std::to_string(answer.status);
  for (const auto& reject : driver.rejects()) out += " " + reject;
  return out;
}

/// "idle", "handling", "streaming", "closing", "lingering" or "reading" while open, else how it ended; then the
/// statuses answered, then the rejects.
const std::map<std::string, std::map<std::string, std::string>> kExpected{
    {"fresh",
     {{"request", "idle 200"},
      {"end", "close"},
      {"abandon", "broken"},
      {"respond", "idle"},
      {"refuse", "idle"},
      {"cut off", "idle"},
      {"start_stream", "idle"},
      {"send_piece", "idle"},
      {"end_stream", "idle"},
      {"break_stream", "idle"},
      {"pulled", "idle"},
      {"want_body", "idle"},
      {"drain", "idle"},
      {"close_if_idle", "close"},
      {"a tick", "idle"},
      {"a long time", "close silent_connection"}}},
    {"idle",
     {{"request", "handling 200"},
      {"end", "close 200"},
      {"abandon", "broken 200"},
      {"respond", "idle 200"},
      {"refuse", "idle 200"},
      {"cut off", "idle 200"},
      {"start_stream", "idle 200"},
      {"send_piece", "idle 200"},
      {"end_stream", "idle 200"},
      {"break_stream", "idle 200"},
      {"pulled", "idle 200"},
      {"want_body", "idle 200"},
      {"drain", "close 200"},
      {"close_if_idle", "close 200"},
      {"a tick", "idle 200"},
      {"a long time", "close 200"}}},
    {"head",
     {{"request", "linger 400 bad_request_line"},
      {"end", "close truncated_request"},
      {"abandon", "broken"},
      {"respond", "reading"},
      {"refuse", "reading"},
      {"cut off", "reading"},
      {"start_stream", "reading"},
      {"send_piece", "reading"},
      {"end_stream", "reading"},
      {"break_stream", "reading"},
      {"pulled", "reading"},
      {"want_body", "reading"},
      {"drain", "reading"},
      {"close_if_idle", "reading"},
      {"a tick", "reading"},
      {"a long time", "linger 408 header_timeout"}}},
    {"body",
     {{"request", "handling"},
      {"end", "close 499 truncated_request"},
      {"abandon", "broken 499"},
      {"respond", "reading"},
      {"refuse", "reading"},
      {"cut off", "reading"},
      {"start_stream", "reading"},
      {"send_piece", "reading"},
      {"end_stream", "reading"},
      {"break_stream", "reading"},
      {"pulled", "reading"},
      {"want_body", "reading"},
      {"drain", "reading"},
      {"close_if_idle", "reading"},
      {"a tick", "reading"},
      {"a long time", "linger 408 body_timeout"}}},
    {"handling",
     {{"request", "handling"},
      {"end", "handling"},
      {"abandon", "broken 499"},
      {"respond", "idle 200"},
      {"refuse", "linger 503 queue_full"},
      {"cut off", "close 499 too_many_connections"},
      {"start_stream", "streaming"},
      {"send_piece", "handling"},
      {"end_stream", "handling"},
      {"break_stream", "handling"},
      {"pulled", "handling"},
      {"want_body", "handling"},
      {"drain", "handling"},
      {"close_if_idle", "handling"},
      {"a tick", "handling"},
      {"a long time", "linger 504 request_deadline"}}},
    {"handling, body unread",
     {{"request", "handling"},
      {"end", "handling"},
      {"abandon", "broken 499"},
      {"respond", "reading 200"},
      {"refuse", "linger 503 queue_full"},
      {"cut off", "close 499 too_many_connections"},
      {"start_stream", "streaming"},
      {"send_piece", "handling"},
      {"end_stream", "handling"},
      {"break_stream", "handling"},
      {"pulled", "handling"},
      {"want_body", "handling"},
      {"drain", "handling"},
      {"close_if_idle", "handling"},
      {"a tick", "handling"},
      {"a long time", "linger 504 request_deadline"}}},
    {"streaming",
     {{"request", "streaming"},
      {"end", "streaming"},
      {"abandon", "broken 200"},
      {"respond", "streaming"},
      {"refuse", "linger 200 queue_full"},
      {"cut off", "close 200 too_many_connections"},
      {"start_stream", "streaming"},
      {"send_piece", "streaming"},
      {"end_stream", "idle 200"},
      {"break_stream", "broken 200"},
      {"pulled", "idle 200"},
      {"want_body", "streaming"},
      {"drain", "streaming"},
      {"close_if_idle", "streaming"},
      {"a tick", "streaming"},
      {"a long time", "streaming"}}},
    {"discard",
     {{"request", "linger 200 400 bad_request_line"},
      {"end", "close 200 truncated_request"},
      {"abandon", "broken 200"},
      {"respond", "reading 200"},
      {"refuse", "linger 200 queue_full"},
      {"cut off", "close 200 too_many_connections"},
      {"start_stream", "reading 200"},
      {"send_piece", "reading 200"},
      {"end_stream", "reading 200"},
      {"break_stream", "reading 200"},
      {"pulled", "reading 200"},
      {"want_body", "reading 200"},
      {"drain", "reading 200"},
      {"close_if_idle", "reading 200"},
      {"a tick", "reading 200"},
      {"a long time", "linger 200 body_timeout"}}},
    {"closing, blocked",
     {{"request", "closing"},
      {"end", "closing"},
      {"abandon", "broken 200"},
      {"respond", "closing"},
      {"refuse", "closing"},
      {"cut off", "closing"},
      {"start_stream", "closing"},
      {"send_piece", "closing"},
      {"end_stream", "closing"},
      {"break_stream", "closing"},
      {"pulled", "closing"},
      {"want_body", "closing"},
      {"drain", "closing"},
      {"close_if_idle", "closing"},
      {"a tick", "closing"},
      {"a long time", "broken 200 write_timeout"}}},
    {"idle, blocked",
     {{"request", "reading"},
      {"end", "idle"},
      {"abandon", "broken 200"},
      {"respond", "idle"},
      {"refuse", "idle"},
      {"cut off", "idle"},
      {"start_stream", "idle"},
      {"send_piece", "idle"},
      {"end_stream", "idle"},
      {"break_stream", "idle"},
      {"pulled", "idle"},
      {"want_body", "idle"},
      {"drain", "closing"},
      {"close_if_idle", "idle"},
      {"a tick", "idle"},
      {"a long time", "broken 200 write_timeout"}}},
    {"lingering",
     {{"request", "lingering 400 bad_request_line"},
      {"end", "close 400 bad_request_line"},
      {"abandon", "broken 400 bad_request_line"},
      {"respond", "lingering 400 bad_request_line"},
      {"refuse", "lingering 400 bad_request_line"},
      {"cut off", "lingering 400 bad_request_line"},
      {"start_stream", "lingering 400 bad_request_line"},
      {"send_piece", "lingering 400 bad_request_line"},
      {"end_stream", "lingering 400 bad_request_line"},
      {"break_stream", "lingering 400 bad_request_line"},
      {"pulled", "lingering 400 bad_request_line"},
      {"want_body", "lingering 400 bad_request_line"},
      {"drain", "lingering 400 bad_request_line"},
      {"close_if_idle", "lingering 400 bad_request_line"},
      {"a tick", "lingering 400 bad_request_line"},
      {"a long time", "close 400 bad_request_line"}}},
};

TEST_CASE("Every state takes every input") {
  for (const Start& start : kStates) {
    for (const Input& input : kInputs) {
      INFO(start.name << " + " << input.name);
      Driver driver;
      start.reach(driver);
      input.give(driver);
      CHECK(shown(driver) == kExpected.at(start.name).at(input.name));
    }
  }
}

TEST_CASE("Every two inputs in a row leave well-framed responses, and one for each request at most") {
  for (const Start& start : kStates) {
    for (const Input& first : kInputs) {
      for (const Input& second : kInputs) {
        INFO(start.name << " + " << first.name << " + " << second.name);
        Driver driver;
        start.reach(driver);
        first.give(driver);
        second.give(driver);
        driver.read();
        CHECK_NOTHROW(read_responses(driver.output()));
        const auto& answers = driver.answers();
        const auto sent = std::count_if(answers.begin(), answers.end(),
                                        [](const auto& answer) { return answer.status != http::kClientLeft; });
        CHECK(static_cast<std::size_t>(sent) <= driver.requests().size() + driver.rejects().size());
        const auto& rejects = driver.rejects();
        // A refusal that the client does not take is cut off in its turn; there is no other second reason.
        CHECK(std::count_if(rejects.begin(), rejects.end(), [](const auto& name) { return name != "write_timeout"; }) <=
              1);
      }
    }
  }
}

}  // namespace
}  // namespace orrery::test
