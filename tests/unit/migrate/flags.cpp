#include "migrate/flags.hpp"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

Findings read(std::string_view text) {
  Findings findings;
  const auto commands = split_commands(text, Dialect::kShell);
  if (!commands.empty()) read_flags(commands.front(), "c", Rank::kCommandLine, findings);
  return findings;
}

TEST_CASE("flags: gunicorn's forms of a flag and its value") {
  struct Row {
    const char* name;
    const char* text;
    const char* said;
  };
  const Row rows[] = {
      {"letters", "-w 4 -b :80", "workers=4 bind=:80"},
      {"glued to the letter", "-w4 -b:80 -t=9", "workers=4 bind=:80 timeout=9"},
      {"long", "--workers 4 --bind=:80", "workers=4 bind=:80"},
      {"an empty value", "--user=", "user="},
      {"a list", "-b :80 --bind :81 -e A=1 -e B=2", "bind=:80|:81 raw_env=A=1|B=2"},
      {"the last one holds", "-w 4 -w 5", "workers=5"},
      {"switches", "-D --preload --reload app:app", "daemon=true preload_app=true reload=true"},
      {"a negative form", "--no-sendfile", "sendfile=true"},
      {"a bare --proxy-protocol", "--proxy-protocol app:app", "proxy_protocol=auto"},
      {"--proxy-protocol with a word", "--proxy-protocol v2 -w 1", "proxy_protocol=v2 workers=1"},
      {"other names", "--log-file - --name x", "errorlog=- proc_name=x"},
      {"foreign ones with values", "--worker-tmp-dir /dev/shm --control-socket=/run/g",
       "worker_tmp_dir=/dev/shm control_socket=/run/g"},
      {"-R stands alone", "-R -w 2", "enable_stdio_inheritance=true workers=2"},
      {"a value with a variable", "-w ${N:-3} -b :$PORT", "workers=${N:-3} bind=:${PORT}"},
      {"a value that begins with a dash", "--access-logfile - -w 2", "accesslog=- workers=2"},
      {"behind --", "-w 2 -- app:app", "workers=2"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Findings findings = read(row.text);
    CHECK(said_as_text(findings) == row.said);
    CHECK(remarks_as_text(findings.left).empty());
  }
}

TEST_CASE("flags: what is no flag is left for a hand, and the others still count") {
  struct Row {
    const char* text;
    const char* left;
  };
  const Row rows[] = {
      {"--workres 4 -w 2", "`--workres` is no flag of gunicorn's"},
      {"-Z -w 2", "`-Z` is no flag of gunicorn's"},
      {"--request-deadline 4 app:app -w 2", "`--request-deadline` is no flag of gunicorn's"},
      {"app:app other -w 2", "`other` is a second word without a flag"},
      {"-w 2 -b", "`-b` has no value behind it"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    const Findings findings = read(row.text);
    CHECK_THAT(remarks_as_text(findings.left), Catch::Contains(row.left));
    CHECK_THAT(said_as_text(findings), Catch::Contains("workers=2"));
  }
}

TEST_CASE("flags: each of gunicorn's flags is known, and each of its settings") {
  std::ifstream file(std::string{ORRERY_TEST_DATA_DIR} + "/unit/config/gunicorn_settings.txt");
  int settings = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream words(line);
    std::string name, flag;
    if (!(words >> name) || name.front() == '#') continue;
    ++settings;
    CHECK(is_gunicorn_setting(name));
    while (words >> flag) {
      INFO(flag);
      Findings findings;
      read_flags({literal(flag), literal("1")}, "c", Rank::kCommandLine, findings);
      CHECK(findings.left.empty());
      REQUIRE_FALSE(findings.said.empty());
      CHECK(findings.said.front().name == name);
    }
  }
  CHECK(settings == 119);
  CHECK_FALSE(is_gunicorn_setting("request_deadline"));
}

TEST_CASE("flags: the application is a word, and -c names a file") {
  const Findings findings = read("-c conf.py shop.wsgi:app");
  REQUIRE(findings.files.size() == 1);
  CHECK(findings.files[0].first == "conf.py");
  CHECK(findings.said.back().name == "wsgi_app");
  CHECK(findings.said.back().values[0].text == "shop.wsgi:app");
}

TEST_CASE("flags: GUNICORN_CMD_ARGS is weaker than a command line") {
  Findings findings;
  read_arguments_variable(literal("--bind=:80 --name 'a b' -w $N"), "f:1", findings);
  CHECK(said_as_text(findings) == "bind=:80 proc_name=a b workers=$$N");
  CHECK(findings.said[0].rank == Rank::kVariable);
  CHECK(findings.said[0].where == "f:1, GUNICORN_CMD_ARGS");
  Findings opaque;
  read_arguments_variable({"{{ args }}", "{{ args }}", false}, "f:1", opaque);
  CHECK(opaque.said.empty());
  CHECK(opaque.left.size() == 1);
}

}  // namespace
}  // namespace orrery::migrate
