// `orrery migrate` as an operator calls it: what goes where, and how it ends.
#include <catch2/catch.hpp>
#include <fstream>

#include "support/programs.hpp"
#include "support/tool.hpp"

namespace orrery::test {

namespace {

using Environment = std::vector<std::pair<std::string, std::string>>;

Said migrate(std::vector<std::string> words, Environment environment = {{"GUNICORN_CMD_ARGS", ""}}) {
  words.insert(words.begin(), "migrate");
  return run_tool(orrery_binary(), std::move(words), environment);
}

std::string written(const TemporaryDirectory& directory, const std::string& name, const std::string& text) {
  const std::string path = directory.file(name);
  std::ofstream(path) << text;
  return path;
}

}  // namespace

TEST_CASE("migrate: the exit status says whether a hand is needed, and what is written passes --check-config") {
  struct Row {
    const char* name;
    std::vector<std::string> words;
    int exit;
    const char* output;
    const char* complaint;
  };
  const Row rows[] = {
      {"all understood", {"gunicorn", "gunicorn", "-w", "4", "-t", "90", "a:b"}, 0, "request_deadline: 90\n", ""},
      {"in one word", {"gunicorn", "exec gunicorn -w 4 a:b"}, 0, "workers: 4\n", ""},
      {"something left",
       {"gunicorn", "gunicorn", "--log-config", "log.ini", "a:b"},
       1,
       "# Left for a hand:\n",
       "left for a hand: 1"},
      {"help", {"--help"}, 0, "Exit status: 0 all was understood", ""},
      {"help behind gunicorn", {"gunicorn", "--help"}, 0, "Usage: orrery migrate gunicorn", ""},
      {"nothing", {}, 2, "", "say from what"},
      {"from something else", {"uwsgi", "x.ini"}, 2, "", "say from what"},
      {"no operand", {"gunicorn"}, 2, "", "name a file of the deployment"},
      {"no such file", {"gunicorn", "/nowhere/gunicorn.conf.py"}, 2, "", "is no file that can be read"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Said said = migrate(row.words);
    CHECK(said.exit == row.exit);
    CHECK_THAT(said.output, Catch::Contains(row.output));
    CHECK_THAT(said.complaint, Catch::Contains(row.complaint));
    CHECK(said.output.empty() == (row.exit == 2));
    if (row.exit == 2 || row.words.back() == "--help") continue;
    const TemporaryDirectory directory;
    const std::string file = written(directory, "orrery.yaml", said.output);
    const Said checked = run_tool(orrery_binary(), {"-c", file, "--check-config"});
    INFO(checked.complaint);
    CHECK(checked.exit == 0);
  }
}

TEST_CASE("migrate: GUNICORN_CMD_ARGS of the environment is read, and a file's settings are weaker") {
  const TemporaryDirectory directory;
  const std::string file = written(directory, "gunicorn.conf.py", "workers = 2\ntimeout = 50\n");
  const Said said = migrate({"gunicorn", file}, {{"GUNICORN_CMD_ARGS", "-w 3"}});
  CHECK(said.exit == 0);
  CHECK_THAT(said.output, Catch::Contains("workers: 3\n") && Catch::Contains("timeout: 50\n"));
}

}  // namespace orrery::test
