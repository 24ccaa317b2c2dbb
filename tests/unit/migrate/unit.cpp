#include "migrate/unit.hpp"

#include <catch2/catch.hpp>

#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

TEST_CASE("unit: a service's command, variables and time to stop") {
  Findings findings;
  read_unit(
      "[Unit]\nDescription=gunicorn x\n[Service]\nEnvironment=\"GUNICORN_CMD_ARGS=-t 9 --name a\" PORT=1\n"
      "EnvironmentFile=-/etc/default/x\nExecStartPre=/bin/true\nExecStart=-/v/bin/gunicorn \\\n    --workers ${N} \\\n "
      "   a:b\n"
      "ExecReload=/bin/kill -s HUP $MAINPID\nTimeoutStopSec=5\n",
      "g.service", findings);
  CHECK(said_as_text(findings) == "timeout=9 proc_name=a workers=${N}");
  CHECK(findings.command_where == "g.service:7");
  REQUIRE(findings.stop_limit);
  CHECK(findings.stop_limit->seconds == 5);
  CHECK(findings.left.empty());
  CHECK_THAT(remarks_as_text(findings.notes), Catch::Contains("-/etc/default/x is not read here"));
}

TEST_CASE("unit: a socket stays, and what a template decides is told") {
  Findings findings;
  read_unit("[Socket]\nListenStream=/run/g.sock\nSocketUser=www-data\n{% if x %}\n; c\n", "g.socket", findings);
  CHECK(findings.said.empty());
  CHECK_THAT(remarks_as_text(findings.notes),
             Catch::Contains("g.socket:2: the socket unit stays: systemd opens /run/g.sock"));
  CHECK_THAT(remarks_as_text(findings.left), Catch::Contains("g.socket:4: `{% if x %}`"));
  Findings script;
  read_unit("[Service]\nExecStart=/srv/start\n", "g.service", script);
  CHECK_THAT(remarks_as_text(script.left), Catch::Contains("`/srv/start` does not start gunicorn here"));
}

TEST_CASE("unit: supervisord's programs") {
  Findings findings;
  read_supervisor(
      "[supervisord]\nnodaemon=true\n[program:celery]\ncommand=celery -A x\nstopwaitsecs=600\n"
      "[program:web]\ncommand=/v/bin/gunicorn -b 127.0.0.1:%(ENV_PORT)s\n    -w 2 a:b ; comment\n"
      "environment=GUNICORN_CMD_ARGS=\"-t 9\",LANG='C,D'\nstopwaitsecs=10\nuser=x\n",
      "s.conf", findings);
  CHECK(said_as_text(findings) == "bind=127.0.0.1:${PORT} workers=2 timeout=9");
  CHECK_THAT(remarks_as_text(findings.notes), Catch::Contains("[program:celery] is none of gunicorn's; it stays"));
  REQUIRE(findings.stop_limit);
  CHECK(findings.stop_limit->seconds == 10);
}

}  // namespace
}  // namespace orrery::migrate
