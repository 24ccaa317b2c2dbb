#include "migrate/report.hpp"

#include <catch2/catch.hpp>

#include "config/yaml.hpp"

namespace orrery::migrate {
namespace {

TEST_CASE("report: a settings file with comments, and the two lists") {
  Findings findings;
  findings.command = "gunicorn a:b";
  findings.command_where = "Procfile:1";
  Migration migration;
  migration.lines = {{"bind", {":80", "[::]:80"}, {}},
                     {"workers", {"4"}, {"A sentence."}},
                     {"timeout", {"{{ t }}"}, {}, false},
                     {"raw_env", {}, {}},
                     {"proc_name", {}, {}}};
  migration.dropped = {{"Procfile:1", "`x` is y"}};
  migration.left = {{"", std::string(60, 'a') + " " + std::string(60, 'b')}};
  CHECK(render(migration, findings, "orrery") ==
        "# Made from gunicorn's settings by `orrery migrate gunicorn`.\n"
        "# In Procfile:1, in place of\n#   gunicorn a:b\n# start\n#   orrery -c FILE\n"
        "# A comment stands above each line that means something else here, or that is needed since a default is "
        "another one.\n\n"
        "bind:\n  - \":80\"\n  - \"[::]:80\"\n# A sentence.\nworkers: 4\n# timeout: \"{{ t }}\"\nraw_env: "
        "[]\nproc_name: \"\"\n"
        "\n# Left out; nothing is to be done:\n#   - Procfile:1: `x` is y\n"
        "\n# Left for a hand:\n#   - " +
            std::string(60, 'a') + "\n#     " + std::string(60, 'b') + "\n");
}

TEST_CASE("report: no text of a deployment gets out of a comment") {
  Findings findings;
  findings.command = "gunicorn a\nuser: root";
  findings.command_where = "f\nuser: root";
  Migration migration;
  migration.lines = {{"workers", {"x\nuser: root"}, {"x\nuser: root"}, false}};
  migration.left = {{"f\nuser: root", "a\nuser: root"}};
  const auto reading = config::read_yaml_text(render(migration, findings, "orrery"), "f");
  CHECK(reading.given.empty());
  CHECK(reading.complaints.empty());
}

TEST_CASE("report: it says when everything was understood") {
  CHECK_THAT(render({}, {}, "orrery"), Catch::Contains("# Everything was understood.\n"));
}

}  // namespace
}  // namespace orrery::migrate
