// Every case of tests/corpus/http, in every way of splitting its bytes.
#include <catch2/catch.hpp>

#include "support/chunker.hpp"
#include "support/corpus.hpp"

namespace orrery::test {
namespace {

std::string corpus_folder(const char* name) { return std::string{ORRERY_TEST_DATA_DIR} + "/corpus/http/" + name; }

Config config_of(const WireCase& wire) {
  Config config;
  if (wire.setting == "header_map refuse")
    config.header_map = HeaderMap::kRefuse;
  else if (wire.setting == "header_map dangerous")
    config.header_map = HeaderMap::kDangerous;
  else if (wire.setting == "encoded_slash keep")
    config.encoded_slash = EncodedSlash::kKeep;
  else if (wire.setting == "http2 off")
    config.http2 = Http2::kOff;
  else
    CHECK(wire.setting.empty());
  return config;
}

std::string names_of(const std::vector<std::pair<std::string, std::string>>& fields) {
  std::string names;
  for (const auto& [name, value] : fields) names += (names.empty() ? "" : " ") + name;
  return names;
}

std::string actual_line(const SeenRequest& request, const std::string& keyword, const std::string& expected) {
  if (keyword == "path") return request.path;
  if (keyword == "query") return request.query;
  if (keyword == "version") return request.version;
  if (keyword == "body") return request.body;
  if (keyword == "fields") return names_of(request.fields);
  if (keyword == "trailers") return names_of(request.trailers);
  const auto& list = keyword == "trailer" ? request.trailers : request.fields;
  for (const auto& [name, value] : list)
    if (name + ": " + value == expected) return expected;
  return "(no such " + keyword + ")";
}

void check_requests(const WireCase& wire, const std::vector<SeenRequest>& seen) {
  REQUIRE(seen.size() == wire.requests.size());
  for (std::size_t i = 0; i < seen.size(); ++i) {
    CHECK(seen[i].method == wire.requests[i].method);
    CHECK(seen[i].target == wire.requests[i].target);
    for (const auto& [keyword, expected] : wire.requests[i].lines) {
      CHECK(actual_line(seen[i], keyword, expected) == expected);
    }
  }
}

std::vector<int> final_statuses(const ConnectionDriver& driver) {
  std::vector<std::string> methods;
  for (const auto& answer : driver.answers()) methods.push_back(answer.method);
  std::vector<int> statuses;
  for (const auto& response : read_responses(driver.output(), methods)) {
    CHECK(response.whole);
    if (response.status >= 200) statuses.push_back(response.status);
  }
  return statuses;
}

void check_case(const WireCase& wire) {
  const Config config = config_of(wire);
  ConnectionDriver driver{config};
  driver.receive(wire.bytes);
  check_requests(wire, driver.requests());
  CHECK(final_statuses(driver) == wire.statuses);
  CHECK((driver.rejects().empty() ? std::string{} : driver.rejects().front()) == wire.reject);
  CHECK(driver.rejects().size() == (wire.reject.empty() ? 0 : 1));
  const bool kept = driver.end() == End::kOpen && driver.connection().idle();
  CHECK((kept ? "keep" : name_of(driver.end())) == wire.end);
  run_chunked(wire.bytes, config);
}

TEST_CASE("Every valid wire case is read as it should be, however it is split") {
  const auto cases = read_corpus(corpus_folder("valid"));
  REQUIRE(cases.size() > 60);
  for (const auto& wire : cases) {
    INFO(wire.name);
    CHECK(wire.reject.empty());
    check_case(wire);
  }
}

TEST_CASE("Every invalid wire case is refused by name, however it is split") {
  const auto cases = read_corpus(corpus_folder("invalid"));
  REQUIRE(cases.size() > 150);
  for (const auto& wire : cases) {
    INFO(wire.name);
    CHECK_FALSE(wire.reject.empty());
    check_case(wire);
  }
}

}  // namespace
}  // namespace orrery::test
