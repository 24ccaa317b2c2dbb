#include "http/h1/framing.hpp"

#include <catch2/catch.hpp>

#include "unit/http/judged.hpp"

namespace orrery::http::h1 {
namespace {

using test::judged;

TEST_CASE("A request is framed, or refused, from its fields") {
  const std::string h = "/ HTTP/1.1\r\nHost: h\r\n";
  struct Row {
    const char* name;
    std::string rest;
    const char* expected;
  };
  const Row rows[] = {
      {"nothing", "/ HTTP/1.1\r\nHost: h", "none keep"},
      {"length", h + "Content-Length: 5", "length 5 keep"},
      {"length 0", h + "Content-Length: 0", "none keep"},
      {"largest length", h + "Content-Length: 18446744073709551615", "length 18446744073709551615 keep"},
      {"length above", h + "Content-Length: 18446744073709551616", "bad_content_length"},
      {"chunked", h + "Transfer-Encoding: chunked", "chunked keep"},
      {"both", h + "Transfer-Encoding: chunked\r\nContent-Length: 5", "length_with_coding"},
      {"both, length 0", h + "Content-Length: 0\r\nTransfer-Encoding: chunked", "length_with_coding"},
      {"chunked and another", h + "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip", "bad_transfer_coding"},
      {"another, then chunked", h + "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", "unknown_transfer_coding"},
      {"the same as one line", h + "Transfer-Encoding: gzip, chunked", "unknown_transfer_coding"},
      {"one with a parameter", h + "Transfer-Encoding: a ; b = \"c,\\\"d\";e=f , chunked", "unknown_transfer_coding"},
      {"a parameter without value", h + "Transfer-Encoding: gzip;q, chunked", "bad_transfer_coding"},
      {"a parameter that is open", h + "Transfer-Encoding: gzip;q=\", chunked", "bad_transfer_coding"},
      {"chunked with a parameter", h + "Transfer-Encoding: gzip, chunked;q=1", "bad_transfer_coding"},
      {"chunked in the middle", h + "Transfer-Encoding: gzip, chunked, br", "bad_transfer_coding"},
      {"chunked twice behind another", h + "Transfer-Encoding: gzip, chunked\r\nTransfer-Encoding: chunked",
       "bad_transfer_coding"},
      {"another with a length", h + "Transfer-Encoding: gzip\r\nContent-Length: 5", "length_with_coding"},
      {"another on 1.0", "/ HTTP/1.0\r\nTransfer-Encoding: gzip, chunked", "coding_on_1_0"},
      {"two codings", h + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "bad_transfer_coding"},
      {"expects", h + "Expect: 100-continue\r\nContent-Length: 1", "length 1 keep expects"},
      {"expects chunked", h + "Expect: 100-continue\r\nTransfer-Encoding: chunked", "chunked keep expects"},
      {"expects it twice", h + "Expect: 100-continue, 100-Continue\r\nExpect: 100-continue\r\nContent-Length: 1",
       "length 1 keep expects"},
      {"expects an empty list", h + "Expect: ,\r\nContent-Length: 1", "length 1 keep"},
      {"expects it and something", h + "Expect: 100-continue\r\nExpect: tea\r\nContent-Length: 1", "bad_expectation"},
      {"expects nothing", h + "Expect: 100-continue", "none keep"},
      {"expects on 1.0", "/ HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1", "length 1 close"},
      {"1.0", "/ HTTP/1.0", "none close"},
      {"1.0 keep-alive", "/ HTTP/1.0\r\nConnection: x, Keep-Alive", "none keep"},
      {"1.0 both", "/ HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close", "none close"},
      {"1.0 coding", "/ HTTP/1.0\r\nTransfer-Encoding: chunked", "coding_on_1_0"},
      {"close", h + "Connection: close", "none close"},
      {"proxy-connection is nothing", h + "Proxy-Connection: close", "none keep"},
      {"no host", "/ HTTP/1.1\r\nA: b", "missing_host"},
      {"empty host", "/ HTTP/1.1\r\nHost:", "none keep"},
      {"empty host twice", "/ HTTP/1.1\r\nHost:\r\nHost:", "repeated_host"},
      {"only a port", "/ HTTP/1.1\r\nHost: :80", "bad_host"},
      {"1.9 is 1.1", "/ HTTP/1.9\r\nHost: h\r\nTransfer-Encoding: chunked", "chunked keep"},
      {"1.2 needs a host", "/ HTTP/1.2", "missing_host"},
      {"of two faulty fields the first counts", "/ HTTP/1.1\r\nTransfer-Encoding: ,\r\nHost: h i",
       "bad_transfer_coding"},
      {"also when framing is the second", "/ HTTP/1.1\r\nHost: h i\r\nTransfer-Encoding: ,", "bad_host"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(judged("POST", row.rest) == row.expected);
  }
}

}  // namespace
}  // namespace orrery::http::h1
