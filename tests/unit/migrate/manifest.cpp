#include "migrate/manifest.hpp"

#include <catch2/catch.hpp>

#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

TEST_CASE("manifest: each format's own command and variables") {
  struct Row {
    const char* name;
    const char* text;
    const char* said;
  };
  const Row rows[] = {
      {"compose, a text", "services:\n  web:\n    command: gunicorn -b 0.0.0.0:${PORT:-80} a:b\n",
       "bind=0.0.0.0:${PORT:-80}"},
      {"compose, a list", "services:\n  web:\n    command: [gunicorn, -w, '2', a:b]\n", "workers=2"},
      {"compose, a shell", "services:\n  web:\n    command: sh -c 'gunicorn -b :$$PORT a:b'\n", "bind=:${PORT}"},
      {"compose, an entry", "services:\n  web:\n    entrypoint: [gunicorn]\n    command: -w 2\n", "workers=2"},
      {"compose, variables", "services:\n  web:\n    command: gunicorn a\n    environment: {GUNICORN_CMD_ARGS: -w 2}\n",
       "workers=2"},
      {"compose, a list of variables",
       "services:\n  web:\n    command: gunicorn a\n    environment: ['GUNICORN_CMD_ARGS=-w 2']\n", "workers=2"},
      {"Kubernetes",
       "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - command: [gunicorn]\n    args: [-b, ':$(PORT)', a:b]\n"
       "    env: [{name: GUNICORN_CMD_ARGS, value: -w 2}]\n",
       "bind=:${PORT} workers=2"},
      {"Kubernetes, the second document",
       "a: 1\n---\napiVersion: v1\nkind: Pod\nspec: {containers: [{args: [gunicorn, -w, '2']}]}\n", "workers=2"},
      {"Ansible", "- name: x\n  ansible.builtin.shell: gunicorn -D -w 2 a:b\n", "daemon=true workers=2"},
      {"Ansible with a template", "- name: x\n  command: \"{{ venv }}/bin/gunicorn -w {{ n }} a:b\"\n",
       "workers={{ n }}?"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Findings findings;
    REQUIRE(read_manifest(row.text, "m.yml", findings));
    CHECK(said_as_text(findings) == row.said);
    CHECK(remarks_as_text(findings.left).empty());
  }
}

TEST_CASE("manifest: times to stop, and what is not there") {
  Findings compose;
  REQUIRE(read_manifest("services:\n  web:\n    command: gunicorn a\n    stop_grace_period: 5s\n    env_file: .env\n",
                        "c.yml", compose));
  REQUIRE(compose.stop_limit);
  CHECK(compose.stop_limit->where == "c.yml:4");
  CHECK_THAT(remarks_as_text(compose.notes), Catch::Contains("files of variables are not read here"));
  Findings none;
  REQUIRE(read_manifest("services:\n  web:\n    image: x\n", "c.yml", none));
  CHECK_THAT(remarks_as_text(none.left), Catch::Contains("no command of gunicorn stands here"));
  const auto broken = read_manifest("a: [", "c.yml", none);
  REQUIRE_FALSE(broken);
  CHECK_THAT(broken.error().message, Catch::Contains("a template has to be rendered first"));
}

}  // namespace
}  // namespace orrery::migrate
