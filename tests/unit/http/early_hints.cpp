// Which early hints may be sent, and what becomes of them in both protocols.
#include "http/early_hints.hpp"

#include <catch2/catch.hpp>

#include "support/http2_driver.hpp"

namespace orrery::test {

namespace {

const std::vector<std::string> kLinks{"</style.css>; rel=preload; as=style", "</a.js>; rel=preload; as=script"};
const std::string kWritten =
    "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload; as=style\r\n"
    "Link: </a.js>; rel=preload; as=script\r\n\r\n";
const std::string kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

}  // namespace

TEST_CASE("early hints: which links may be sent") {
  struct Case {
    const char* name;
    std::vector<std::string> links;
    std::string why;
  };
  const std::string bad = "` of the early hints is empty, or has a byte that no field may have";
  for (const Case& row :
       std::vector<Case>{{"two", kLinks, ""},
                         {"none", {}, "early hints need at least one link"},
                         {"an empty one", {"</a>", ""}, "the link `" + bad},
                         {"a line break", {"</a>\r\nX: y"}, "the link `</a>\r\nX: y" + bad},
                         {"as many bytes as there may be", {std::string(2048, 'x'), std::string(2048, 'y')}, ""},
                         {"too many",
                          {std::string(2048, 'x'), std::string(2049, 'y')},
                          "the links of early hints have 4097 bytes; at most 4096 are sent at once"}}) {
    INFO(row.name);
    const auto judged = http::judge_early_hints(row.links);
    CHECK((judged ? "" : judged.error().message) == row.why);
  }
}

TEST_CASE("early hints: HTTP/1.1 has them in front of the answer, and counts them as no answer") {
  ConnectionDriver driver;
  driver.hold_requests();
  driver.receive(kGet + kGet);
  driver.send_early_hints(kLinks);
  CHECK(driver.take_output() == kWritten);
  CHECK(driver.answers().empty());
  driver.send_early_hints(kLinks);
  CHECK(driver.take_output() == kWritten);
  CHECK(driver.answer(Response::text("body")));
  CHECK(driver.answers() == std::vector<SeenAnswer>{{"GET", 200, 4, base::Ending::kKept}});
  const auto answers = read_responses(driver.take_output());
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].status == 200);
  // The second request is here now, and its answer has its own.
  CHECK(driver.requests().size() == 2);
  driver.send_early_hints(kLinks);
  CHECK(driver.take_output() == kWritten);
}

TEST_CASE("early hints: nothing is sent to HTTP/1.0, nor behind the head of an answer") {
  ConnectionDriver old;
  old.hold_requests();
  old.receive("GET / HTTP/1.0\r\n\r\n");
  old.send_early_hints(kLinks);
  CHECK(old.output().empty());
  ConnectionDriver driver;
  driver.hold_requests();
  driver.receive(kGet);
  REQUIRE(driver.start_stream(Response::text("")));
  driver.take_output();
  driver.send_early_hints(kLinks);
  CHECK(driver.output().empty());
  driver.end_stream();
  driver.take_output();
  driver.send_early_hints(kLinks);
  CHECK(driver.output().empty());
}

TEST_CASE("early hints: a client that does not read them has a deadline") {
  Config config;
  config.request_deadline = std::chrono::milliseconds{0};
  ConnectionDriver driver{config};
  driver.hold_requests();
  driver.receive(kGet);
  CHECK_FALSE(driver.has_deadline());
  driver.block_output(10);
  driver.send_early_hints(kLinks);
  CHECK(driver.output() == kWritten.substr(0, 10));
  CHECK(driver.until_deadline() == config.write_timeout);
  driver.read();
  CHECK(driver.output() == kWritten);
  CHECK_FALSE(driver.has_deadline());
  CHECK(driver.answer(Response::text("body")));
  CHECK(driver.answers().size() == 1);
}

TEST_CASE("early hints: HTTP/2 has them in front of the answer, and not behind its head") {
  Http2Driver driver;
  driver.hold_requests();
  driver.greet();
  driver.receive(http2::headers(1, http2::get()) + http2::headers(3, http2::get()));
  driver.send_early_hints(3, kLinks);
  driver.send_early_hints(1, kLinks);
  CHECK(driver.events() == "103 3, 103 1");
  CHECK(driver.answers().empty());
  CHECK(driver.answer(1, Response::text("body")));
  const http2::Answer& answer = driver.reader().answer(1);
  CHECK(answer.interim == std::vector<int>{103});
  CHECK(answer.interim_fields == http2::Fields{{"link", kLinks[0]}, {"link", kLinks[1]}});
  CHECK(answer.status == 200);
  CHECK(answer.whole);
  CHECK(driver.answers() == std::vector<SeenAnswer>{{"GET", 200, 4, base::Ending::kKept}});
  driver.events();
  driver.send_early_hints(1, kLinks);
  REQUIRE(driver.start_stream(3, Response::text("")));
  driver.events();
  driver.send_early_hints(3, kLinks);
  driver.send_early_hints(5, kLinks);
  CHECK(driver.events().empty());
  driver.receive(http2::reset(3));
  driver.send_early_hints(3, kLinks);
  CHECK(driver.events().empty());
}

}  // namespace orrery::test
