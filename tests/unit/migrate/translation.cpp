#include "migrate/translation.hpp"

#include <catch2/catch.hpp>

#include "base/joined.hpp"
#include "config/yaml.hpp"
#include "migrate/flags.hpp"
#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

Findings from_flags(std::string_view text) {
  Findings findings;
  const auto commands = split_commands(text, Dialect::kShell);
  if (!commands.empty()) read_flags(commands.front(), "c", Rank::kCommandLine, findings);
  return findings;
}

/// "workers=4 #bind=x", where `#` marks what is commented out; without what each migration has.
std::string lines_as_text(const Migration& migration) {
  std::string out;
  for (const Line& line : migration.lines) {
    if (line.name == "limit_request_body") continue;
    const std::string one =
        std::string{line.live ? "" : "#"} + std::string{line.name} + "=" + base::joined(line.values, "|");
    if (one == "workers=${WEB_CONCURRENCY:-1}" || one == "worker_class=sync") continue;
    out += (out.empty() ? "" : " ") + one;
  }
  return out;
}

TEST_CASE("translation: lines in the order of our settings, with what goes together") {
  struct Row {
    const char* name;
    const char* flags;
    const char* lines;
  };
  const Row rows[] = {
      {"nothing", "", ""},
      {"plain ones", "--name x -w 4 -b :80", "bind=:80 workers=4 proc_name=x"},
      {"threads make the class", "--threads 4", "worker_class=threads threads=4"},
      {"one thread does not", "--threads 1", "threads=1"},
      {"threads beside sync", "-k sync --threads 4", "worker_class=threads threads=4"},
      {"threads from a variable", "--threads $T", "worker_class=threads threads=${T}"},
      {"another class keeps its threads", "-k gevent --threads 4", "worker_class=threads threads=4"},
      {"a timeout is the deadline too", "-t 120", "timeout=120 request_deadline=120"},
      {"no timeout", "-t 0", "timeout=0 request_deadline=0"},
      {"a unix socket keeps its mode", "-b unix:/run/g.sock", "bind=unix:/run/g.sock umask=000"},
      {"a name of the abstract namespace has none", "-b unix:@g", "bind=unix:@g"},
      {"a umask that is given", "-b unix:/run/g.sock -m 007", "bind=unix:/run/g.sock umask=007"},
      {"another machine's user and folder", "-u nobody-here -g none-here --chdir /nowhere/at/all",
       "chdir=/nowhere/at/all user=nobody-here group=none-here"},
      {"a value that is none", "-w many -b host.example:80", "#bind=host.example:80 #workers=many"},
      {"a class of Python's", "-k my.Worker", "#worker_class=my.Worker"},
      {"a variable is judged by its default", "-w ${N:-many}", "#workers=${N:-many}"},
      {"what a shell computes", "-b $(hostname):80 -w $(nproc)", "#bind=$(hostname):80 workers=auto"},
      {"what does not go together", "-D --log-file -", "#daemon=true errorlog=-"},
      {"a daemon with a log", "-D --log-file /l", "daemon=true errorlog=/l"},
      {"the same address twice", "-b :80 -b 0.0.0.0:80 -w 2", "#bind=:80|0.0.0.0:80 workers=2"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(lines_as_text(translate(from_flags(row.flags))) == row.lines);
  }
}

TEST_CASE("translation: what is left, and what is left out") {
  struct Row {
    const char* name;
    const char* flags;
    const char* left;
    const char* dropped;
  };
  const Row rows[] = {
      {"the application", "a:b", "",
       "c: `wsgi_app` (Python's) is the Python application; here the binary is the application\n"},
      {"not needed", "--reuse-port", "",
       "c: `reuse_port` (not needed) is one socket for each worker; workers share one socket here, whose queue none "
       "loses\n"},
      {"an order", "--check-config", "", "c: `--check-config` is an order for one call, not a setting\n"},
      {"missing", "--root-path /x", "`root_path` (not offered) is the prefix below which", ""},
      {"stricter", "--strip-header-spaces", "`strip_header_spaces` (always strict) is gunicorn's leave", ""},
      {"a bad value", "-w 999", "c: `workers`: 999 is out of range; it must be 1 to 256, or `auto`\n", ""},
      {"a computed value", "-b :$(x)", "c: `bind` is computed (`:$(x)`); write its value\n", ""},
      {"half of TLS", "--keyfile k.pem", "`keyfile`: `keyfile` has no certificate", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Migration migration = translate(from_flags(row.flags));
    CHECK(remarks_as_text(migration.dropped) == row.dropped);
    CHECK_THAT(remarks_as_text(migration.left), Catch::Contains(row.left));
    CHECK(migration.left.empty() == std::string_view{row.left}.empty());
  }
  Findings harmless;
  harmless.said = {{"reload", {literal("false")}, "c.py:1", Rank::kFile},
                   {"control_socket", {}, "c.py:2", Rank::kFile}};
  CHECK(translate(harmless).left.empty());
}

TEST_CASE("translation: a command line is stronger than a variable, and that than a file") {
  Findings findings;
  findings.said = {{"workers", {literal("3")}, "l", Rank::kCommandLine},
                   {"workers", {literal("2")}, "v", Rank::kVariable},
                   {"workers", {literal("1")}, "f", Rank::kFile},
                   {"backlog", {literal("100")}, "f", Rank::kFile},
                   {"backlog", {literal("200")}, "g", Rank::kFile}};
  CHECK(lines_as_text(translate(findings)) == "backlog=200 workers=3");
}

TEST_CASE("translation: a manager that kills too early is told") {
  Findings findings = from_flags("--graceful-timeout 20");
  findings.stop_limit = StopLimit{"TimeoutStopSec", 20, "g:3"};
  CHECK_THAT(
      remarks_as_text(translate(findings).left),
      Catch::Contains("g:3: TimeoutStopSec is 20 s, and `graceful_timeout` is 20 s: what is in flight is killed"));
  findings.stop_limit->seconds = 21;
  CHECK(translate(findings).left.empty());
  Findings usual;
  usual.stop_limit = StopLimit{"stop_grace_period", 10, "c:3"};
  CHECK_THAT(remarks_as_text(translate(usual).left), Catch::Contains("`graceful_timeout` is 30 s"));
}

TEST_CASE("translation: a value as YAML is read as the same text") {
  for (const std::string value : {"4",        "a b",         "-",
                                  "",         "*",           "[::]:80",
                                  "a: b",     "a #b",        "null",
                                  "~",        "\"q\"",       "\\",
                                  "@x",       "yes",         "%(h)s \"%(r)s\"",
                                  "{a}",      "unix:/run/x", "0.0.0.0:8000",
                                  "a:",       "- x",         "'",
                                  "\xc3\xa9", "a\nb",        "<<"}) {
    INFO(value);
    const auto reading = config::read_yaml_text("proc_name: " + yaml_text(value) + "\n", "f");
    REQUIRE(reading.complaints.empty());
    CHECK(reading.given.at(0).texts.at(0).text == value);
  }
  CHECK(yaml_text("0.0.0.0:8000") == "0.0.0.0:8000");
}

}  // namespace
}  // namespace orrery::migrate
