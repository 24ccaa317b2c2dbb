#include "migrate/conversion.hpp"

#include <catch2/catch.hpp>

#include "base/joined.hpp"

namespace orrery::migrate {
namespace {

TEST_CASE("conversion: values that are written or meant in another way") {
  struct Row {
    const char* name;
    std::vector<std::string> values;
    const char* converted;
    const char* comment;  ///< a part; empty = there is none
  };
  const Row rows[] = {
      {"workers", {"4"}, "4", ""},
      {"worker_class", {"sync"}, "sync", ""},
      {"worker_class", {"gthread"}, "threads", ""},
      {"worker_class", {"gevent"}, "threads", "`gevent` is Python's"},
      {"worker_class", {"eventlet"}, "threads", "`eventlet` is Python's"},
      {"worker_class", {"uvicorn.workers.UvicornWorker"}, "async", "on an event loop too"},
      {"worker_class", {"my.Worker"}, "my.Worker", ""},
      {"bind", {"0.0.0.0:80,:81"}, "0.0.0.0:80;:81", ""},
      {"bind", {"unix:///run/g.sock"}, "unix:/run/g.sock", ""},
      {"bind", {"unix:g.sock"}, "unix:g.sock", "is relative"},
      {"bind", {"unix://tmp/g.sock"}, "unix:tmp/g.sock", "is relative"},
      {"bind", {"tcp://127.0.0.1:80"}, "127.0.0.1:80", ""},
      {"bind", {"unix:${SOCK}"}, "unix:${SOCK}", ""},
      {"forwarded_allow_ips", {"10.0.0.1, 10.0.0.2"}, "10.0.0.1;10.0.0.2", ""},
      {"raw_env", {"A=1", "", "B=,"}, "A=1;B=,", ""},
      {"timeout", {"120"}, "120", "`request_deadline` bounds a request"},
      {"limit_request_line", {"0"}, "1m", "0 is no limit"},
      {"limit_request_line", {"8190"}, "8190", ""},
      {"limit_request_field_size", {"0"}, "1m", "0 is no limit"},
      {"umask", {"0"}, "000", ""},
      {"umask", {"007"}, "007", ""},
      {"umask", {"0o22"}, "022", ""},
      {"umask", {"18"}, "022", ""},
      {"umask", {"0x12"}, "022", ""},
      {"umask", {"x"}, "x", ""},
      {"proxy_protocol", {"true"}, "optional", "`required` refuses them"},
      {"proxy_protocol", {"v2"}, "optional", "Versions 1 and 2"},
      {"proxy_protocol", {"off"}, "off", ""},
      {"loglevel", {"warn"}, "warning", ""},
      {"certfile", {"a.pem"}, "a.pem", "Read by the master"},
      {"worker_connections", {"1000"}, "1000", "bounds every class"},
  };
  for (const Row& row : rows) {
    INFO(row.name << " " << row.converted);
    const Converted converted = convert(row.name, row.values);
    CHECK(base::joined(converted.values, ";") == row.converted);
    CHECK(converted.comments.empty() == std::string_view{row.comment}.empty());
    if (!converted.comments.empty()) CHECK_THAT(converted.comments.front(), Catch::Contains(row.comment));
  }
}

}  // namespace
}  // namespace orrery::migrate
