// Every case of tests/corpus/http over a real connection, in every worker class, and against the real program.
#include "support/corpus.hpp"

#include <algorithm>

#include "base/reject.hpp"
#include "e2e/classes.hpp"

namespace orrery::test {

namespace {

/// Those that are about a server with this setting; "": with none but the defaults.
std::vector<WireCase> all_cases(const std::string& setting) {
  std::vector<WireCase> cases;
  for (const char* kind : {"valid", "invalid"}) {
    for (WireCase& wire : read_corpus(std::string{ORRERY_TEST_DATA_DIR} + "/corpus/http/" + kind)) {
      if (wire.setting == setting) cases.push_back(std::move(wire));
    }
  }
  return cases;
}

/// "header_map refuse" as the command line has it: "--header-map refuse".
std::string option_of(std::string setting) {
  if (setting.empty()) return setting;
  std::replace(setting.begin(), setting.begin() + static_cast<std::ptrdiff_t>(setting.find(' ')), '_', '-');
  return "--" + setting;
}

bool is_head(const WireCase& wire, std::size_t request) {
  if (request < wire.requests.size()) return wire.requests[request].method == "HEAD";
  return wire.requests.empty() && wire.bytes.starts_with("HEAD ");
}

/// The final responses, and how the connection goes on, read by their own framing.
struct Seen {
  std::vector<int> statuses;
  std::string end;  ///< "keep", "closed", or what is wrong
};

Seen play(int port, const WireCase& wire) {
  Wire client{port};
  client.send(wire.bytes);
  Seen seen;
  while (seen.statuses.size() < wire.statuses.size()) {
    const Answer answer = client.read(kPatience, is_head(wire, seen.statuses.size()));
    if (!answer.problem.empty()) {
      seen.end = answer.problem;
      return seen;
    }
    if (answer.status >= 200) seen.statuses.push_back(answer.status);
  }
  if (wire.end != "keep")
    seen.end = client.closes_within() ? "closed" : "goes on";
  else
    seen.end = client.ask("OPTIONS *").status == 204 ? "keep" : "silent";
  return seen;
}

/// How often each reason was refused, as the line at stop has it: "a=1, b=2".
std::string totals_of(const std::vector<WireCase>& cases) {
  std::string text;
  for (const base::RejectRow& row : base::kRejects) {
    const auto count =
        std::count_if(cases.begin(), cases.end(), [&](const WireCase& wire) { return wire.reject == row.name; });
    if (count == 0) continue;
    text += (text.empty() ? "" : ", ") + std::string{row.name} + "=" + std::to_string(count);
  }
  return text;
}

}  // namespace

TEST_CASE("corpus: every case, in every class") {
  const std::string setting =
      GENERATE("", "header_map refuse", "header_map dangerous", "encoded_slash keep", "http2 off");
  ServerProcess server{ServerProcess::Program::kEcho, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  server.environment.emplace_back("ORRERY_CMD_ARGS", option_of(setting));
  server.environment.emplace_back("ECHO_ROUTES", "corpus");
  REQUIRE(server.serve());
  const auto workers = server.workers();
  const auto cases = all_cases(setting);
  REQUIRE(cases.size() >= (setting.empty() ? 500 : 1));
  for (const WireCase& wire : cases) {
    INFO(wire.name);
    const Seen seen = play(server.port(), wire);
    CHECK(seen.statuses == wire.statuses);
    CHECK(seen.end == (wire.end == "keep" ? "keep" : "closed"));
  }
  CHECK(server.workers() == workers);
  CHECK(server.stop() == 0);
  INFO(totals_of(cases));
  CHECK(server.count_lines("(refused " + totals_of(cases) + ")") == 1);
}

// It has other routes, so only what is refused before a route is asked must be the same.
TEST_CASE("corpus: the planet service refuses the same") {
  ServerProcess server{ServerProcess::Program::kOrrery, {"-w", "1", "-k", GENERATE(from_range(kClasses))}};
  REQUIRE(server.serve());
  const auto workers = server.workers();
  for (const WireCase& wire : all_cases("")) {
    const bool about_the_body =
        wire.name.starts_with("body_") || wire.name.starts_with("chunk_") || wire.name.starts_with("trailer_");
    if (wire.reject.empty() || wire.statuses.empty() || about_the_body) continue;
    INFO(wire.name);
    Wire client{server.port()};
    client.send(wire.bytes);
    std::vector<int> statuses;
    for (Answer answer = client.read(); answer.problem.empty(); answer = client.read()) {
      if (answer.status >= 200) statuses.push_back(answer.status);
    }
    CHECK(statuses.size() == wire.statuses.size());
    CHECK((statuses.empty() ? 0 : statuses.back()) == wire.statuses.back());
    CHECK(client.ended() == "closed");
  }
  CHECK(server.workers() == workers);
  CHECK(server.stop() == 0);
}

}  // namespace orrery::test
