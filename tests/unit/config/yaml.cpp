#include "config/yaml.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>

#include "workshop.hpp"

namespace orrery::config {
namespace {

std::string given_as_text(const Reading& reading) {
  std::string out;
  for (const auto& given : reading.given) {
    out += std::string{given.setting->name} + "=";
    for (const auto& text : given.texts) out += text.text + "@" + text.where.substr(2) + " ";
  }
  return out;
}

TEST_CASE("yaml: what is fine, with the place of each text") {
  struct Row {
    const char* name;
    const char* text;
    const char* given;
  };
  const Row rows[] = {
      {"empty file", "", ""},
      {"only comments", "# nothing\n", ""},
      {"only a marker", "---\n", ""},
      {"a number", "workers: 4\n", "workers=4@1:10 "},
      {"a second line", "# c\nworkers: 4\nloglevel: debug\n", "workers=4@2:10 loglevel=debug@3:11 "},
      {"quoted", "workers: \"4\"\n", "workers=4@1:10 "},
      {"an empty text", "user: \"\"\n", "user=@1:7 "},
      {"one text for a list", "bind: :80\n", "bind=:80@1:7 "},
      {"a list in one line", "bind: [\":80\", \":81\"]\n", "bind=:80@1:8 :81@1:15 "},
      {"a list over lines", "bind:\n  - :80\n  - unix:/x\n", "bind=:80@2:5 unix:/x@3:5 "},
      {"commas", "forwarded_allow_ips: 127.0.0.1, ::1\n", "forwarded_allow_ips=127.0.0.1@1:22 ::1@1:22 "},
      {"no entries", "forwarded_allow_ips: []\n", "forwarded_allow_ips="},
      {"members", "raw_env:\n  SITE: shop\n  EMPTY: ''\n", "raw_env=SITE=shop@2:9 EMPTY=@3:10 "},
      {"members in one line", "raw_env: {A: 1}\n", "raw_env=A=1@1:14 "},
      {"parts", "workers: {min: 2, max: 8}\n", "workers_min=2@1:16 workers_max=8@1:24 "},
      {"a part that is merged is weaker", "x-a: &a {workers: {min: 2, max: 8}}\nworkers_min: 3\n<<: *a\n",
       "workers_min=3@2:14 workers_max=8@1:33 "},
      {"a part alone", "workers:\n  max: 8\n", "workers_max=8@2:8 "},
      {"octal stays text", "umask: 022\n", "umask=022@1:8 "},
      {"an anchor", "timeout: &t 5s\nboot_timeout: *t\n", "timeout=5s@1:10 boot_timeout=5s@1:10 "},
      {"a byte-order mark and CRLF", "\xef\xbb\xbfworkers: 4\r\n", "workers=4@1:10 "},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto reading = read_yaml_text(row.text, "f");
    for (const auto& complaint : reading.complaints) FAIL_CHECK(complaint.where << " " << complaint.message);
    CHECK(given_as_text(reading) == row.given);
  }
}

TEST_CASE("yaml: what is refused, with its place") {
  struct Row {
    const char* name;
    const char* text;
    const char* where;
    const char* part;
  };
  const Row rows[] = {
      {"a typo", "workres: 4\n", "f:1:1", "unknown setting `workres`; did you mean `workers`?"},
      {"a flag's spelling", "\naccess-logfile: x\n", "f:2:1", "did you mean `accesslog`?"},
      {"dashes", "worker-class: sync\n", "f:1:1", "did you mean `worker_class`?"},
      {"another server's setting", "listen: x\n", "f:1:1", "unknown setting `listen`; --help lists all settings"},
      {"a word of gunicorn's TLS", "ssl_version: x\n", "f:1:1", "`ssl_version` is a word that gunicorn itself ignores"},
      {"gunicorn's reload", "reload_engine: poll\n", "f:1:1", "`reload_engine` is how gunicorn's development reload"},
      {"an order", "check_config: true\n", "f:1:1", "belongs on the command line, as --check-config"},
      {"no value", "workers:\nuser: x\n", "f:1:1", "`workers` has no value"},
      {"null", "workers: ~\n", "f:1:1", "`workers` has no value"},
      {"a mapping for a number", "threads:\n  a: 1\n", "f:2:3", "`threads` needs a number, not a mapping"},
      {"a key that a mapping has not", "workers: {min: 1, mxa: 2}\n", "f:1:19",
       "`workers` has no `mxa`; it has `min` and `max`"},
      {"a part given twice", "workers: {min: 1}\nworkers_min: 2\n", "f:2:1",
       "`workers_min` is given twice, first in line 1"},
      {"a part of another shape", "workers: {min: [1]}\n", "f:1:16", "`workers_min` needs a number, not a list"},
      {"a list for a number or a mapping", "workers: [1]\n", "f:1:10", "`workers` needs a number or a mapping"},
      {"a list for a time", "timeout: [1]\n", "f:1:10", "`timeout` needs a time, not a list"},
      {"a mapping for a list", "bind: {a: b}\n", "f:1:7", "needs a text or a list of texts, not a mapping"},
      {"a list in a list", "bind: [[a]]\n", "f:1:8", "an entry of `bind` is a list"},
      {"an empty entry", "bind:\n  - :80\n  -\n", "f:2:3", "an entry of `bind` is empty"},
      {"twice", "workers: 1\nuser: x\nworkers: 2\n", "f:3:1", "`workers` is given twice, first in line 1"},
      {"a list on top", "- a\n", "f:1:1", "the file holds a list"},
      {"a word on top", "workers\n", "f:1:1", "the file holds a value"},
      {"a key that is a list", "[a, b]: c\n", "f:1:1", "the name of a setting is a list"},
      {"a stray comma", ", workers: 1\n", "f:1:1", "YAML cannot be read from here on"},
      {"a stray comma further down", "workers: 1\n, user: x\n", "f:2:1", "YAML cannot be read from here on"},
      {"two documents", "workers: 1\n---\nworkers: 2\n", "f:3:1", "a second YAML document"},
      {"an open bracket", "bind: [a\n", "f:1:1", "YAML cannot be read"},
      {"an open quote", "user: \"a\n", "f:1:9", "the file ends inside a quoted text"},
      {"a quote open over lines", "user: 'a\nworkers: 2\n", "f:2:11", "the file ends inside a quoted text"},
      {"a tab", "bind:\n\t- a\n", "f:2:2", "a tab indents this line"},
      {"a stray colon", "user: a: b\n", "f:1:8", "YAML cannot be read"},
      {"an unknown alias", "user: *nobody\n", "f:1:7", "YAML cannot be read"},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto reading = read_yaml_text(row.text, "f");
    REQUIRE_FALSE(reading.complaints.empty());
    CHECK_THAT(reading.complaints[0].where, Catch::StartsWith(row.where));
    CHECK_THAT(reading.complaints[0].message, Catch::Contains(row.part));
  }
}

TEST_CASE("yaml: a mapping is merged into the settings, which are stronger") {
  struct Row {
    const char* name;
    const char* text;
    const char* given;
  };
  const Row rows[] = {
      {"an anchor", "x-base: &b\n  workers: 4\n  timeout: 5s\nuser: u\n<<: *b\n",
       "user=u@4:7 workers=4@2:12 timeout=5s@3:12 "},
      {"what stands there is stronger", "x-base: &b {workers: 4, timeout: 5s}\n<<: *b\nworkers: 2\n",
       "workers=2@3:10 timeout=5s@1:34 "},
      {"several, the first is stronger", "x-a: &a {workers: 4}\nx-b: &b {workers: 5, threads: 6}\n<<: [*a, *b]\n",
       "workers=4@1:19 threads=6@2:31 "},
      {"one that merges another", "x-a: &a {workers: 4}\nx-b: &b\n  <<: *a\n  threads: 6\n<<: *b\n",
       "threads=6@4:12 workers=4@1:19 "},
      {"in place", "<<: {workers: 3}\n", "workers=3@1:15 "},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto reading = read_yaml_text(row.text, "f");
    for (const auto& complaint : reading.complaints) FAIL_CHECK(complaint.where << " " << complaint.message);
    CHECK(given_as_text(reading) == row.given);
  }
  for (const char* text : {"<<: 4\n", "<<: [1]\n", "x-a: &a {<<: *a}\n<<: *a\n", "x-a: &a {wrokers: 4}\n<<: *a\n",
                           "<<: {workers: 1}\n<<: {threads: 1}\n", "base: &b {workers: 4}\n<<: *b\n"}) {
    INFO(text);
    CHECK(read_yaml_text(text, "f").complaints.size() == 1);
  }
}

TEST_CASE("yaml: what needs quotes is said with the line that needs them") {
  struct Row {
    const char* text;
    const char* where;
    const char* message;
  };
  const Row rows[] = {
      {"forwarded_allow_ips: *\n", "f:1:23", "put it in quotes: forwarded_allow_ips: '*'"},
      {"forwarded_allow_ips:\n  - *\n", "f:2:6", "put it in quotes: - '*'"},
      {"forwarded_allow_ips: [*]\n", "f:1:24", "put it in quotes: '*'"},
      {"bind: [::]:8000\n", "f:1:11", "put it in quotes: bind: '[::]:8000'"},
      {"bind:\n  - :80\n  - [::1]:8000\nuser: x\n", "f:3:10", "put it in quotes: - '[::1]:8000'"},
      {"bind: [::]\n", "f:1:8", "must stand in quotes"},
      {"bind: *:80\n", "f:1:7", "put it in quotes: bind: '*:80'"},
      {"user: x\naccess_log_format: %(h)s \"%(r)s\"\n", "f:2:20",
       "put it in quotes: access_log_format: '%(h)s \"%(r)s\"'"},
      {"access_log_format: \"%(r)s\" %(s)s\n", "f:1:28",
       "put the whole value in quotes: access_log_format: '\"%(r)s\" %(s)s'"},
      {"access_log_format: {\"a\":\"%(h)s\"}\n", "f:1:20", "a text that begins with `{` must stand in quotes"},
      {"proc_name: @home\n", "f:1:12", "put it in quotes: proc_name: '@home'"},
      {"proc_name: it's: mine\n", "f:1:16", "put it in quotes: proc_name: \"it's: mine\""},
      {"workers 4\nuser: x\n", "f:2:5", "line 1, `workers 4`: there is no colon in it"},
      {"workers:4\nuser: x\n", "f:2:5", "line 1, `workers:4`: a blank is missing behind its colon"},
      {"workers: 4\n  user: x\n", "f:2:7", "`user: x`: it is indented below a line that has a value already"},
  };
  for (const auto& row : rows) {
    INFO(row.text);
    const auto reading = read_yaml_text(row.text, "f");
    REQUIRE(reading.complaints.size() == 1);
    CHECK(reading.complaints[0].where == row.where);
    CHECK_THAT(reading.complaints[0].message, Catch::Contains(row.message));
  }
}

TEST_CASE("yaml: all complaints at once, and the good lines still count") {
  const auto reading = read_yaml_text("workres: 1\ntimeout: 5\nbnid: x\n", "f");
  REQUIRE(reading.complaints.size() == 2);
  CHECK(reading.complaints[1].where == "f:3:1");
  CHECK(reading.given.size() == 1);
}

TEST_CASE("yaml: a file that cannot be read") {
  const TemporaryFolder folder;
  const auto missing = read_yaml(folder.path("none.yaml"));
  REQUIRE(missing.complaints.size() == 1);
  CHECK(missing.complaints[0].where == folder.path("none.yaml"));
  CHECK_THAT(missing.complaints[0].message, Catch::Contains("No such file or directory; check the path"));
  CHECK_THAT(read_yaml(folder.path("")).complaints.at(0).message, Catch::Contains("Is a directory"));
  const auto large = folder.write("large.yaml", std::string(2 * 1024 * 1024, '#'));
  CHECK_THAT(read_yaml(large).complaints.at(0).message, Catch::Contains("larger than 1 MiB"));
}

TEST_CASE("yaml: a file that is being written is no order to use all defaults") {
  const TemporaryFolder folder;
  for (const char* text : {"", "\n", " \r\n\t"}) {
    const auto reading = read_yaml(folder.write("f.yaml", text));
    REQUIRE(reading.complaints.size() == 1);
    CHECK_THAT(reading.complaints[0].message, Catch::Contains("the file is empty"));
  }
  CHECK(read_yaml(folder.write("f.yaml", "# all defaults\n")).complaints.empty());
}

TEST_CASE("yaml: deep nesting is a complaint, not a crash") {
  CHECK_FALSE(read_yaml_text(std::string(100000, '['), "f").complaints.empty());
}

TEST_CASE("yaml: where a value came from is file and line") {
  const auto reading = read_yaml_text("\nworkers: 4\n", "dir/f.yaml");
  REQUIRE(reading.given.size() == 1);
  CHECK(reading.given[0].origin == "dir/f.yaml:2");
  CHECK(reading.given[0].where == "dir/f.yaml:2:10");
}

}  // namespace
}  // namespace orrery::config
