#include "migrate/conf_file.hpp"

#include <catch2/catch.hpp>

#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

Findings read(std::string_view text) {
  Findings findings;
  read_conf_file(text, "c.py", findings);
  return findings;
}

TEST_CASE("conf file: plain assignments are read") {
  struct Row {
    const char* name;
    const char* text;
    const char* said;
  };
  const Row rows[] = {
      {"values", "bind = '0.0.0.0:80'\nworkers = 4\ndaemon = True\n", "bind=0.0.0.0:80 workers=4 daemon=true"},
      {"None is no value", "accesslog = None\n", "accesslog="},
      {"a list", "bind = [':80', ':81']\n", "bind=:80|:81"},
      {"a mapping", "secure_scheme_headers = {'X-P': 'https'}\n", "secure_scheme_headers=X-P=https"},
      {"names of its own", "port = 80\nhost = 'h'\nbind = f'{host}:{port}'\n", "bind=h:80"},
      {"the last one holds", "workers = 4\nworkers = 5\n", "workers=5"},
      {"with a type", "workers: int = 4\n", "workers=4"},
      {"the environment", "import os\nworkers = int(os.environ.get('N', '2'))\n", "workers=${N:-2}"},
      {"the number of CPUs", "workers = cpu_count() * 2\n", "workers=cpu_count() * 2?"},
      {"what Python computes", "workers = compute(\n  1)\n", "workers=compute( 1)?"},
      {"other names", "limit = 3\nDEBUG = True\n", ""},
      {"hooks", "def when_ready(server):\n    x = 1\n    workers = 2\n\nasync def on_exit(server):\n  pass\n",
       "when_ready=a function on_exit=a function"},
      {"a hook that is a lambda", "post_fork = lambda s, w: None\n", "post_fork=a function"},
      {"functions and classes of its own", "def helper():\n    workers = 3\nclass A:\n    workers = 4\n", ""},
      {"a text on top", "\"\"\"Settings.\n\nworkers = 3\n\"\"\"\nworkers = 2\n", "workers=2"},
      {"a comparison is no assignment", "workers == 3\n", ""},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Findings findings = read(row.text);
    CHECK(said_as_text(findings) == row.said);
    CHECK(remarks_as_text(findings.left).empty());
  }
  CHECK(read("\n\nworkers = 4\n").said.at(0).where == "c.py:3");
  CHECK(read("workers = cpu_count()\n").said.at(0).cpus);
}

TEST_CASE("conf file: what Python decides is left with its line") {
  struct Row {
    const char* name;
    const char* text;
    const char* left;
  };
  const Row rows[] = {
      {"inside if", "workers = 1\nif x:\n    workers = 2\n", "c.py:3: `workers = 2` stands inside `if`"},
      {"inside else", "if x:\n    y = 1\nelse:\n    workers = 2\n", "c.py:4: `workers = 2` stands inside `else`"},
      {"on the line of if", "if x: workers = 2\n", "c.py:1: `workers = 2` stands inside `if`"},
      {"inside try", "try:\n    workers = 2\nexcept E:\n    pass\n", "stands inside `try`"},
      {"a change", "bind = ['a']\nbind.append('b')\n", "c.py:2: `bind.append('b')` changes `bind`"},
      {"a sum", "bind = ['a']\nbind += ['b']\n", "`bind += ['b']` changes `bind`"},
      {"all names of another file", "from base import *\n", "`from base import *` may bring settings of another file"},
      {"other Python", "exec(open('x').read())\n", "runs other Python"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK_THAT(remarks_as_text(read(row.text).left), Catch::Contains(row.left));
  }
  CHECK(remarks_as_text(read("if x:\n    y = 1\nimport os\ndef f():\n    if y:\n        workers = 1\n").left).empty());
}

}  // namespace
}  // namespace orrery::migrate
