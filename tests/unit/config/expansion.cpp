#include "config/expansion.hpp"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "config/reference.hpp"
#include "config/yaml.hpp"
#include "workshop.hpp"

namespace orrery::config {
namespace {

const Environment kEnvironment{{"PORT", "8080"},         {"EMPTY", ""},         {"_a1", "x"},
                               {"TWO", "1\nuser: root"}, {"NESTED", "${PORT}"}, {"LIST", "[a, b]"}};

TEST_CASE("expansion: a variable stands where its name stood") {
  struct Row {
    const char* name;
    std::string text;
    std::string expanded;
    std::vector<std::string> variables;
  };
  const std::vector<Row> rows{
      {"nothing", "", "", {}},
      {"plain", "127.0.0.1:80", "127.0.0.1:80", {}},
      {"alone", "${PORT}", "8080", {"PORT"}},
      {"in the middle", "[::]:${PORT} tls", "[::]:8080 tls", {"PORT"}},
      {"two", "${_a1}${PORT}", "x8080", {"_a1", "PORT"}},
      {"set, with a default", "${PORT:-1}", "8080", {"PORT"}},
      {"not set, with a default", "${NONE:-1}", "1", {"NONE"}},
      {"empty, with a default", "${EMPTY:-1}", "1", {"EMPTY"}},
      {"empty", "a${EMPTY}b", "ab", {"EMPTY"}},
      {"an empty default", "a${NONE:-}b", "ab", {"NONE"}},
      {"a default with colons and dashes", "${NONE:-[::1]:-1}", "[::1]:-1", {"NONE"}},
      {"a default with a dollar sign", "${NONE:-a$b}", "a$b", {"NONE"}},
      {"what a variable holds is not read again", "${NESTED}", "${PORT}", {"NESTED"}},
      {"a dollar sign", "a$$b", "a$b", {}},
      {"the form itself", "$${PORT}", "${PORT}", {}},
      {"a dollar sign and a variable", "$$${PORT}", "$8080", {"PORT"}},
      {"a name without braces", "$PORT", "$PORT", {}},
      {"other dollar signs", "$ $1 $( $", "$ $1 $( $", {}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto expanded = expand(row.text, kEnvironment);
    REQUIRE(expanded);
    CHECK(expanded->text == row.expanded);
    CHECK(expanded->variables == row.variables);
  }
}

TEST_CASE("expansion: what it refuses, in a sentence") {
  struct Row {
    const char* text;
    const char* part;
  };
  const Row rows[] = {
      {"${NONE}", "the variable NONE is not set; set it for the service, or write ${NONE:-default}"},
      {"a ${PORT", "a `${` is not closed"},
      {"${}", "`${}` names no variable"},
      {"${:-1}", "`${:-1}` names no variable"},
      {"${1A}", "`${1A}` names no variable"},
      {"${A B}", "names no variable"},
      {"${PORT-1}", "`${PORT-1}` names no variable; write ${NAME} or ${NAME:-default}"},
      {"${PORT:?no}", "names no variable"},
      {"${P\xc3\xb6RT}", "names no variable"},
      {"${A:-${PORT}}", "a default cannot hold a second variable"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const auto expanded = expand(row.text, kEnvironment);
    REQUIRE_FALSE(expanded);
    CHECK_THAT(expanded.error().message, Catch::Contains(row.part));
  }
  CHECK(expand("${" + std::string(100000, 'a') + "-}", {}).error().message.size() < 300);
}

TEST_CASE("expansion: any text can be written so that it stays itself") {
  for (const std::string text : {"", "$", "$$", "$$$", "${", "$${", "a$b", "$$x", "${PORT}", "$$${PORT}$", "x${y"}) {
    INFO(text);
    const auto expanded = expand(without_expansion(text), kEnvironment);
    REQUIRE(expanded);
    CHECK(expanded->text == text);
    CHECK(expanded->variables.empty());
  }
}

TEST_CASE("expansion: in a file a value is expanded, and nothing else") {
  struct Row {
    const char* name;
    const char* text;
    std::vector<std::string> texts;
  };
  const std::vector<Row> rows{
      {"a value", "workers: ${PORT}\n", {"8080"}},
      {"in double quotes", "bind: \"[::]:${PORT}\"\n", {"[::]:8080"}},
      {"in single quotes", "bind: '[::]:${PORT}'\n", {"[::]:8080"}},
      {"entries of a list", "bind: [\":${PORT}\", ':1']\n", {":8080", ":1"}},
      {"a list stays a text", "bind: ${LIST}\n", {"[a, b]"}},
      {"a second line stays a text", "proc_name: ${TWO}\n", {"1\nuser: root"}},
      {"an empty value", "user: ${EMPTY}\n", {""}},
      {"where a mapping is merged", "x-a: &a {workers: \"${PORT}\"}\n<<: *a\n", {"8080"}},
      {"not in a place for anchors", "x-a: ${NONE}\nworkers: 1\n", {"1"}},
      {"not in a comment", "workers: 1 # ${NONE}\n", {"1"}},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto reading = read_yaml_text(row.text, "f", kEnvironment);
    for (const auto& complaint : reading.complaints) FAIL_CHECK(complaint.where << " " << complaint.message);
    REQUIRE(reading.given.size() == 1);
    std::vector<std::string> texts;
    for (const auto& text : reading.given[0].texts) texts.push_back(text.text);
    CHECK(texts == row.texts);
  }
  CHECK_THAT(read_yaml_text("${PORT}: 1\n", "f", kEnvironment).complaints.at(0).message,
             Catch::Contains("unknown setting `${PORT}`"));
}

TEST_CASE("expansion: a complaint has the place of the value, and the good lines still count") {
  const auto reading = read_yaml_text("workers: 2\nbind: [\":1\", \":${NONE}\"]\nuser: ${A\n", "f", kEnvironment);
  REQUIRE(reading.complaints.size() == 2);
  CHECK(reading.complaints[0].where == "f:2:14");
  CHECK_THAT(reading.complaints[0].message, Catch::StartsWith("bind: the variable NONE is not set"));
  CHECK(reading.complaints[1].where == "f:3:7");
  CHECK(reading.given.size() == 1);
}

TEST_CASE("expansion: a value from a variable is checked like any other, and told where it came from") {
  struct Row {
    const char* name;
    const char* text;
    const char* message;
  };
  const Row rows[] = {
      {"no number", "workers: ${LIST}\n", "workers: `[a, b]` is not a whole number or `auto` (with ${LIST} of the"},
      {"out of range", "workers: ${PORT}\n", "workers: 8080 is out of range; it must be 1 to 256, or `auto` (with"},
      {"a control character", "proc_name: ${TWO}\n",
       "it holds a control character (byte 0x0A); remove it (with ${TWO}"},
      {"no address", "bind: ${LIST}\n", "(with ${LIST} of the environment)"},
      {"empty", "workers: ${EMPTY}\n", "workers: `` is not a whole number"},
      {"together with others", "bind: [\"0.0.0.0:${PORT}\", \"127.0.0.1:8080\"]\n", "8080"},
  };
  const TemporaryFolder folder;
  for (const Row& row : rows) {
    INFO(row.name);
    const auto outcome = load_arguments({"-c", folder.write("f.yaml", row.text)}, kEnvironment);
    REQUIRE(outcome.complaints.size() == 1);
    CHECK_THAT(outcome.complaints[0].where, Catch::StartsWith(folder.path("f.yaml") + ":1:"));
    CHECK_THAT(outcome.complaints[0].message, Catch::Contains(row.message));
  }
}

TEST_CASE("expansion: what is printed names the variable, and means the same when it is read again") {
  const TemporaryFolder folder;
  const auto file = folder.write("f.yaml", "bind: '127.0.0.1:${PORT}'\nproc_name: $${PORT}$$$$\n");
  const auto outcome = load_arguments({"-c", file}, kEnvironment);
  REQUIRE(outcome.complaints.empty());
  CHECK(outcome.origins.at("bind") == file + ":1, ${PORT}");
  CHECK(outcome.origins.at("proc_name") == file + ":2");
  const auto printed = render_config(outcome.config, outcome.origins);
  CHECK_THAT(printed, Catch::Contains("[\"127.0.0.1:8080\"]") && Catch::Contains("f.yaml:1, ${PORT}"));
  const auto again = load_arguments({"-c", folder.write("g.yaml", printed)}, {{"PORT", "1"}});
  REQUIRE(again.complaints.empty());
  CHECK(again.config.proc_name == "${PORT}$$");
  CHECK(compare(outcome.config, again.config).empty());
}

TEST_CASE("expansion: an environment that does not rank still fills the file") {
  const TemporaryFolder folder;
  Sources sources;
  sources.arguments = {"-c", folder.write("f.yaml", "proc_name: ${PORT}\n")};
  sources.environment = {{"PORT", "8080"}, {"WEB_CONCURRENCY", "3"}, {"ORRERY_CMD_ARGS", "--threads 7"}};
  CHECK(load(sources).config.threads == 7);
  sources.environment_ranks = false;
  const auto outcome = load(sources);
  CHECK(outcome.config.proc_name == "8080");
  CHECK(outcome.origins.size() == 1);
}

}  // namespace
}  // namespace orrery::config
