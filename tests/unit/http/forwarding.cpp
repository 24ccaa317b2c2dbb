#include "http/forwarding.hpp"

#include <catch2/catch.hpp>

#include "support/chunker.hpp"

namespace orrery::test {
namespace {

struct Row {
  const char* name;
  const char* peer;
  std::string fields;
  const char* expected;  ///< "scheme client", or the refusal
};

std::string field(const std::string& name, const std::string& value) { return name + ": " + value + "\r\n"; }
std::string list(const std::string& value) { return field("X-Forwarded-For", value); }
std::string pairs(const std::string& value) { return field("Forwarded", value); }
std::string proto(const std::string& value) { return field("X-Forwarded-Proto", value); }

constexpr const char* kNear = "10.0.0.1";  // trusted, as all of 10.0.0.0/8 and 2001:db8:a::/48
constexpr const char* kFar = "192.0.2.7";

const Row kRows[] = {
    {"nothing", kNear, "", "http 10.0.0.1"},
    {"of a stranger", kFar, list("203.0.113.5") + proto("https"), "http 192.0.2.7"},
    {"of a stranger, contradicting", kFar, proto("https") + field("X-Forwarded-Ssl", "off"), "http 192.0.2.7"},
    {"of a unix peer", "unix", list("203.0.113.5"), "http 203.0.113.5"},

    {"one", kNear, list("203.0.113.5"), "http 203.0.113.5"},
    {"one with port", kNear, list("203.0.113.5:4711"), "http 203.0.113.5"},
    {"one of v6", kNear, list("2001:db8::5"), "http 2001:db8::5"},
    {"one of v6 with port", kNear, list("[2001:db8::5]:4711"), "http 2001:db8::5"},
    {"v4 in v6", kNear, list("::ffff:203.0.113.5"), "http 203.0.113.5"},
    {"what the client invents stands left", kNear, list("127.0.0.1, 10.9.9.9, 203.0.113.5"), "http 203.0.113.5"},
    {"through two proxies", kNear, list("6.6.6.6, 203.0.113.5, 10.0.0.2"), "http 203.0.113.5"},
    {"through two, in two fields", kNear, list("6.6.6.6, 203.0.113.5") + list("10.0.0.2"), "http 203.0.113.5"},
    {"all trusted", kNear, list("10.0.0.3, 10.0.0.2"), "http 10.0.0.3"},
    {"empty elements", kNear, list(", 203.0.113.5,, "), "http 203.0.113.5"},
    {"nonsense", kNear, list("203.0.113.5, me"), "http 10.0.0.1"},
    {"nonsense behind a proxy", kNear, list("203.0.113.5, unknown, 10.0.0.2"), "http 10.0.0.2"},
    {"empty", kNear, list(""), "http 10.0.0.1"},
    {"only commas", kNear, list(",,,"), "http 10.0.0.1"},
    {"lower case name", kNear, field("x-forwarded-for", "203.0.113.5"), "http 203.0.113.5"},
    {"another field of that length", kNear, field("Accept-Encoding", "203.0.113.5"), "http 10.0.0.1"},

    {"pairs", kNear, pairs("for=203.0.113.5"), "http 203.0.113.5"},
    {"pairs with more", kNear, pairs("by=10.0.0.1;FOR=203.0.113.5;proto=https;host=h"), "https 203.0.113.5"},
    {"pairs of v6", kNear, pairs(R"(for="[2001:db8::5]:4711")"), "http 2001:db8::5"},
    {"pairs through two", kNear, pairs("for=6.6.6.6;proto=https, for=203.0.113.5;proto=http, for=10.0.0.2;proto=https"),
     "http 203.0.113.5"},
    {"pairs, obfuscated", kNear, pairs("for=203.0.113.5, for=_hidden"), "http 10.0.0.1"},
    {"pairs, unknown", kNear, pairs("for=unknown"), "http 10.0.0.1"},
    {"pairs without for", kNear, pairs("for=203.0.113.5, proto=https"), "https 10.0.0.1"},
    {"pairs, a comma in quotes", kNear, pairs(R"(for=203.0.113.5;host="a,for=6.6.6.6")"), "http 203.0.113.5"},
    {"pairs, an open quote of the client", kNear, pairs(R"(for="6.6.6.6, for=203.0.113.5)"), "http 10.0.0.1"},
    {"pairs, the same in two fields", kNear, pairs(R"(for="6.6.6.6)") + pairs("for=203.0.113.5"), "http 203.0.113.5"},
    {"pairs, an escaped quote", kNear, pairs(R"(for=203.0.113.5;host="\",for=6.6.6.6;a=\"")"), "http 10.0.0.1"},

    {"pairs hide, the list names", kNear, pairs("for=_hidden") + list("203.0.113.5"), "http 203.0.113.5"},
    {"pairs do not know, the list names", kNear, pairs("for=unknown;proto=https") + list("203.0.113.5"),
     "https 203.0.113.5"},
    {"pairs without for, the list names", kNear, pairs("proto=https") + list("203.0.113.5"), "https 203.0.113.5"},
    {"pairs with nonsense, the list names", kNear, pairs("for=me") + list("203.0.113.5"), "http 203.0.113.5"},
    {"pairs hide behind a proxy, the list names", kNear,
     pairs("for=_hidden, for=10.0.0.2") + list("203.0.113.5, 10.0.0.2"), "http 203.0.113.5"},
    {"pairs hide, left of a name", kNear, pairs("for=_hidden, for=203.0.113.5") + list("6.6.6.6"),
     "contradicting_client"},
    {"the list does not know, pairs name", kNear, pairs("for=203.0.113.5") + list("unknown"), "http 203.0.113.5"},
    {"neither knows", kNear, pairs("for=unknown, for=10.0.0.2") + list("unknown"), "http 10.0.0.2"},
    {"pairs that cannot be read hide nothing", kNear, pairs(R"(for="6.6.6.6, for=203.0.113.5)") + list("6.6.6.6"),
     "contradicting_client"},

    {"both, the same", kNear, pairs("for=203.0.113.5") + list("203.0.113.5"), "http 203.0.113.5"},
    {"both, different", kNear, pairs("for=6.6.6.6") + list("203.0.113.5"), "contradicting_client"},

    {"https", kNear, proto("https"), "https 10.0.0.1"},
    {"HTTPS", kNear, proto("HTTPS"), "https 10.0.0.1"},
    {"http", kNear, proto("http"), "http 10.0.0.1"},
    {"ssl on", kNear, field("X-Forwarded-SSL", "on"), "https 10.0.0.1"},
    {"two that agree", kNear, proto("https") + field("X-Forwarded-Ssl", "on"), "https 10.0.0.1"},
    {"two that do not", kNear, proto("https") + field("X-Forwarded-Ssl", "off"), "contradicting_scheme"},
    {"one twice", kNear, proto("https") + proto("http"), "contradicting_scheme"},
    {"one twice, in a list", kNear, proto("https, http"), "contradicting_scheme"},
    {"https twice", kNear, proto("https") + proto("https"), "https 10.0.0.1"},
    {"https twice, in a list", kNear, proto("https, https"), "https 10.0.0.1"},
    {"https twice, oddly", kNear, proto(",HTTPS ,\t https,"), "https 10.0.0.1"},
    {"http twice, in a list", kNear, proto("http,http"), "http 10.0.0.1"},
    {"on twice, in a list", kNear, field("X-Forwarded-Ssl", "on, on"), "https 10.0.0.1"},
    {"on and off, in a list", kNear, field("X-Forwarded-Ssl", "on, off"), "contradicting_scheme"},
    {"lists of all of them", kNear,
     proto("https, https") + field("X-Forwarded-Ssl", "on,on") + field("X-Forwarded-Protocol", "ssl") +
         pairs("proto=https"),
     "https 10.0.0.1"},
    {"an empty one says nothing", kNear, proto("") + field("X-Forwarded-Ssl", "on"), "https 10.0.0.1"},
    {"with pairs", kNear, proto("https") + pairs("for=203.0.113.5;proto=http"), "contradicting_scheme"},
};

std::unique_ptr<ConnectionDriver> connection(const char* peer) {
  Config config;
  config.forwarded_allow_ips = {"10.0.0.0/8", "2001:db8:a::/48"};
  return std::make_unique<ConnectionDriver>(config, echo_routes(), peer);
}

TEST_CASE("Trusted proxies say who asked, and over what") {
  for (const Row& row : kRows) {
    INFO(row.name);
    const std::string bytes = "GET / HTTP/1.1\r\nHost: h\r\n" + row.fields + "\r\n";
    const auto driver = connection(row.peer);
    driver->receive(bytes);
    const std::string outcome = driver->requests().empty()
                                    ? driver->rejects().at(0)
                                    : driver->requests()[0].scheme + " " + driver->requests()[0].client;
    CHECK(outcome == row.expected);
    run_chunked(bytes, [&] { return connection(row.peer); });
  }
}

TEST_CASE("What one request says of its client is not said of the next") {
  const auto driver = connection(kNear);
  driver->receive("GET / HTTP/1.1\r\nHost: h\r\n" + list("203.0.113.5") + proto("https") +
                  "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
  REQUIRE(driver->requests().size() == 2);
  CHECK(driver->requests()[0].client == "203.0.113.5");
  CHECK(driver->requests()[1].client == kNear);
  CHECK(driver->requests()[1].scheme == "http");
}

TEST_CASE("Scheme fields are those of the settings, of any name") {
  Config config;
  config.secure_scheme_headers = {"Front-End-Https=on", "X-" + std::string(80, 'a') + "=1"};
  for (const std::string& fields : {field("front-end-https", "ON"), field("X-" + std::string(80, 'A'), "1")}) {
    ConnectionDriver driver{config, echo_routes(), "127.0.0.1"};
    driver.receive("GET / HTTP/1.1\r\nHost: h\r\n" + fields + proto("http") + "\r\n");
    CHECK(driver.requests().at(0).scheme == "https");
  }
}

TEST_CASE("forwarded_by says which field names the client; the other one is ignored") {
  struct Case {
    ForwardedBy by;
    std::string fields;
    const char* expected;
  };
  const std::string other = pairs("for=203.0.113.5;proto=https") + list("6.6.6.6");
  const Case cases[] = {
      {ForwardedBy::kAuto, other, "contradicting_client"},
      {ForwardedBy::kForwarded, other, "https 203.0.113.5"},
      {ForwardedBy::kXForwardedFor, other, "http 6.6.6.6"},
      {ForwardedBy::kForwarded, list("6.6.6.6"), "http 10.0.0.1"},
      {ForwardedBy::kXForwardedFor, pairs("for=6.6.6.6;proto=https"), "http 10.0.0.1"},
      {ForwardedBy::kXForwardedFor, pairs("proto=http") + proto("https"), "https 10.0.0.1"},
      {ForwardedBy::kForwarded, pairs("for=_hidden") + list("6.6.6.6"), "http 10.0.0.1"},
  };
  for (const Case& c : cases) {
    INFO(c.fields << " by " << int(c.by));
    Config config;
    config.forwarded_allow_ips = {"10.0.0.0/8"};
    config.forwarded_by = c.by;
    ConnectionDriver driver{config, echo_routes(), kNear};
    driver.receive("GET / HTTP/1.1\r\nHost: h\r\n" + c.fields + "\r\n");
    const std::string outcome = driver.requests().empty()
                                    ? driver.rejects().at(0)
                                    : driver.requests()[0].scheme + " " + driver.requests()[0].client;
    CHECK(outcome == c.expected);
  }
}

TEST_CASE("Bad settings of trust are sentences") {
  Config config;
  config.secure_scheme_headers = {"X-Forwarded-Proto"};
  CHECK(http::Proxies::make(config).error().message.find("X-Forwarded-Proto") != std::string::npos);
  config = {};
  config.proxy_allow_ips = {"everybody"};
  CHECK(http::Proxies::make(config).error().message.find("everybody") != std::string::npos);
}

}  // namespace
}  // namespace orrery::test
