#include "migrate/source.hpp"

#include <catch2/catch.hpp>

#include "unit/config/workshop.hpp"
#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

using config::TemporaryFolder;

TEST_CASE("source: a file is recognised by its name, else by what it holds") {
  struct Row {
    const char* path;
    const char* text;
    Kind kind;
  };
  const Row rows[] = {
      {"a/Procfile", "", Kind::kProcfile},
      {"Procfile.dev", "", Kind::kProcfile},
      {"Dockerfile", "", Kind::kDockerfile},
      {"api.Dockerfile", "", Kind::kDockerfile},
      {"Containerfile", "", Kind::kDockerfile},
      {"a.service", "", Kind::kUnit},
      {"a.socket.j2", "", Kind::kUnit},
      {"docker-compose.yml", "", Kind::kManifest},
      {"deployment.templ.yml", "", Kind::kManifest},
      {"x.json", "", Kind::kManifest},
      {"gunicorn.conf.py", "", Kind::kConfFile},
      {"gunicorn.conf", "workers = 3\n", Kind::kConfFile},
      {"start.sh", "", Kind::kShellScript},
      {"prod.env", "", Kind::kVariables},
      {".env", "", Kind::kVariables},
      {"start", "#!/usr/bin/env bash\n", Kind::kShellScript},
      {"start", "#!/usr/bin/python3\n", Kind::kConfFile},
      {"supervisor.conf", "; x\n[program:web]\n", Kind::kSupervisor},
      {"gunicorn.conf", "[program:web]\n", Kind::kSupervisor},
      {"x", "[Unit]\n[Service]\n", Kind::kUnit},
      {"x", "FROM a\nCMD b\n", Kind::kDockerfile},
      {"default/gunicorn", "GUNICORN_CMD_ARGS=-w 2\n", Kind::kVariables},
      {"x", "hello\n", Kind::kUnknown},
      {"x", "", Kind::kUnknown},
  };
  for (const Row& row : rows) {
    INFO(row.path << " " << row.text);
    CHECK(recognise(row.path, row.text) == row.kind);
  }
}

TEST_CASE("source: a file that cannot be read, or is of no kind, is told by its name") {
  const TemporaryFolder folder;
  Findings findings;
  CHECK_THAT(read_source(folder.path("none"), findings).error().message,
             Catch::Contains("is no file that can be read"));
  CHECK_THAT(read_source(folder.path(""), findings).error().message, Catch::Contains("is no file that can be read"));
  CHECK_THAT(read_source(folder.write("x", "hello\n"), findings).error().message,
             Catch::Contains("of no kind that is known"));
  CHECK_THAT(read_source(folder.write("a.py", std::string(2'000'000, '#')), findings).error().message,
             Catch::Contains("larger than 1 MiB"));
  CHECK_THAT(read_source(folder.write("a.yml", "a: ["), findings).error().message, Catch::Contains("a.yml: line 1"));
}

TEST_CASE("source: the settings file that a command names is read beside it, once") {
  const TemporaryFolder folder;
  folder.write("app/conf/g.py", "workers = 3\n");
  const auto file = folder.write("app/Procfile", "web: gunicorn -c conf/g.py a:b\n");
  Findings findings;
  REQUIRE(read_source(file, findings));
  read_named_files({file}, findings);
  CHECK(said_as_text(findings) == "config=conf/g.py workers=3");
  CHECK(findings.left.empty());

  Findings both;
  const auto conf = folder.path("app/conf/g.py");
  REQUIRE(read_source(file, both));
  REQUIRE(read_source(conf, both));
  read_named_files({file, conf}, both);
  CHECK(said_as_text(both) == "config=conf/g.py workers=3");
}

TEST_CASE("source: gunicorn's own settings file is read where none is named") {
  const TemporaryFolder folder;
  folder.write("gunicorn.conf.py", "workers = 3\n");
  const auto file = folder.write("Procfile", "web: gunicorn a:b\n");
  Findings findings;
  REQUIRE(read_source(file, findings));
  read_named_files({file}, findings);
  CHECK(said_as_text(findings) == "workers=3");
}

TEST_CASE("source: a settings file that is not here is left for a hand") {
  const TemporaryFolder folder;
  const auto missing = folder.write("Procfile", "web: gunicorn -c file:nowhere.py a:b\n");
  Findings findings;
  REQUIRE(read_source(missing, findings));
  read_named_files({missing}, findings);
  CHECK_THAT(remarks_as_text(findings.left), Catch::Contains("the settings file nowhere.py is not here; give it too"));
  const auto module = folder.write("Procfile", "web: gunicorn -c python:a.conf a:b\n");
  Findings other;
  REQUIRE(read_source(module, other));
  read_named_files({module}, other);
  CHECK_THAT(remarks_as_text(other.left), Catch::Contains("`python:a.conf` are a Python module"));
}

}  // namespace
}  // namespace orrery::migrate
