#include "migrate/plain_files.hpp"

#include <catch2/catch.hpp>

#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

TEST_CASE("plain files: a Procfile has a process a line") {
  Findings findings;
  read_procfile("# x\nrelease: ./manage.py migrate\nweb: gunicorn -b [::]:$PORT a:b --log-file -\nnonsense\n", "P",
                findings);
  CHECK(said_as_text(findings) == "bind=[::]:${PORT} errorlog=-");
  CHECK(remarks_as_text(findings.notes) == "P:2: the process `release` is none of gunicorn's; it stays\n");
  CHECK(remarks_as_text(findings.left) == "P:4: `nonsense` is no `process: command`\n");
  CHECK(findings.command_where == "P:3");
}

TEST_CASE("plain files: a script's own variables are put in") {
  Findings findings;
  read_shell_script(
      "#!/bin/bash\nset -e\nNAME=\"shop\"\nexport N=3\ncd /srv/shop\nPORT=80\n./wait-for-db 5\n"
      "exec ../bin/gunicorn ${NAME}.wsgi:application \\\n  --name $NAME \\\n  --workers ${N:-9} \\\n  "
      "--bind=unix:$SOCK\n",
      "s.sh", findings);
  CHECK(said_as_text(findings) == "proc_name=shop workers=3 bind=unix:${SOCK}");
  CHECK_THAT(remarks_as_text(findings.notes),
             Catch::Contains("s.sh:7: `./wait-for-db 5` is none of gunicorn's; it stays"));
  CHECK_THAT(remarks_as_text(findings.notes), Catch::Contains("s.sh:6: PORT may stay in the environment"));
  CHECK(findings.left.empty());
}

TEST_CASE("plain files: a file of variables") {
  Findings findings;
  read_variables_file("# x\nOTHER=1\nGUNICORN_CMD_ARGS=\"-w 3 --name 'a b'\"\nWEB_CONCURRENCY=4\n", "d.env", findings);
  CHECK(said_as_text(findings) == "workers=3 proc_name=a b");
  CHECK(findings.notes.size() == 1);
}

}  // namespace
}  // namespace orrery::migrate
