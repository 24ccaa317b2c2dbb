#include "migrate/command_lines.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

Findings read(std::string_view text) {
  Findings findings;
  read_commands(split_commands(text, Dialect::kShell), "f:1", findings);
  return findings;
}

TEST_CASE("command lines: gunicorn is found behind what stands around it") {
  for (const char* text :
       {"gunicorn -w 2 a:b", "/srv/venv/bin/gunicorn -w 2 a:b", "exec gunicorn -w 2 a:b", "env A=1 gunicorn -w 2 a:b",
        "python -m gunicorn -w 2 a:b", "python3 -u -m gunicorn.app.wsgiapp -w 2 a:b", "poetry run gunicorn -w 2 a:b",
        "sh -c 'gunicorn -w 2 a:b'", "bash -lc \"exec gunicorn -w 2 a:b\"", "A=1 B=2 gunicorn -w 2 a:b > log 2>&1"}) {
    INFO(text);
    const Findings findings = read(text);
    CHECK(said_as_text(findings) == "workers=2");
    CHECK(remarks_as_text(findings.left).empty());
    CHECK(findings.command_where == "f:1");
    CHECK_THAT(findings.command, Catch::Contains("gunicorn"));
  }
  CHECK_FALSE(starts_gunicorn(split_commands("python manage.py runserver", Dialect::kShell)));
  CHECK_FALSE(starts_gunicorn(split_commands("echo gunicorn.service", Dialect::kShell)));
}

TEST_CASE("command lines: what runs beside and in front is told") {
  const Findings beside = read("python manage.py migrate && gunicorn a:b");
  CHECK_THAT(remarks_as_text(beside.left), Catch::Contains("`python manage.py migrate` runs beside gunicorn"));
  const Findings front = read("newrelic-admin run-program gunicorn a:b");
  CHECK_THAT(remarks_as_text(front.notes), Catch::Contains("`newrelic-admin run-program` in front of gunicorn"));
  const Findings second = read("gunicorn -w 2 a:b; gunicorn -w 3 c:d");
  CHECK(said_as_text(second) == "workers=2");
  CHECK_THAT(remarks_as_text(second.left), Catch::Contains("a second command of gunicorn"));
}

TEST_CASE("command lines: a variable in an inner shell is the inner shell's") {
  Findings findings;
  read_commands({{literal("sh"), literal("-c"), literal("gunicorn -b :$PORT a:b")}}, "f:1", findings);
  CHECK(said_as_text(findings) == "bind=:${PORT}");
}

TEST_CASE("command lines: variables that set something") {
  CHECK(said_as_text(read("GUNICORN_CMD_ARGS='-w 3' gunicorn a:b")) == "workers=3");
  const Findings both = read("WEB_CONCURRENCY=3 OTHER=1 gunicorn a:b");
  CHECK(remarks_as_text(both.notes) ==
        "f:1: WEB_CONCURRENCY may stay in the environment: it is read here as it is by gunicorn\n");
}

TEST_CASE("command lines: times in the words of managers") {
  struct Row {
    const char* time;
    std::int64_t seconds;
  };
  for (const Row& row : {Row{"5", 5}, Row{"5s", 5}, Row{"1m30s", 90}, Row{"2min", 120}, Row{"1h", 3600},
                         Row{"90 sec", 90}, Row{"infinity", 0}, Row{"", 0}, Row{"{{ t }}", 0}}) {
    INFO(row.time);
    Findings findings;
    read_stop_limit("Stop", row.time, "f:1", findings);
    CHECK((findings.stop_limit ? findings.stop_limit->seconds : 0) == row.seconds);
  }
}

}  // namespace
}  // namespace orrery::migrate
