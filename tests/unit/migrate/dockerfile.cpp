#include "migrate/dockerfile.hpp"

#include <catch2/catch.hpp>

#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

TEST_CASE("dockerfile: what the last stage starts") {
  struct Row {
    const char* name;
    const char* text;
    const char* said;
  };
  const Row rows[] = {
      {"an array", "FROM a\nCMD [\"gunicorn\", \"-b\", \"0.0.0.0:80\", \"a:b\"]\n", "bind=0.0.0.0:80"},
      {"a shell's line", "FROM a\nCMD exec gunicorn --bind :$PORT --workers 1 a:b\n", "bind=:${PORT} workers=1"},
      {"an array's dollar sign", "CMD [\"gunicorn\", \"-b\", \":$PORT\"]\n", "bind=:$$PORT"},
      {"a shell in an array", "CMD [\"sh\", \"-c\", \"gunicorn -b :$PORT a:b\"]\n", "bind=:${PORT}"},
      {"an entry with words", "ENTRYPOINT [\"gunicorn\"]\nCMD [\"-w\", \"2\"]\n", "workers=2"},
      {"an entry alone", "ENTRYPOINT [\"gunicorn\", \"-w\", \"2\"]\n", "workers=2"},
      {"an entry that runs the words", "ENTRYPOINT [\"tini\", \"--\"]\nCMD [\"gunicorn\", \"-w\", \"2\"]\n",
       "workers=2"},
      {"the last one holds", "CMD [\"x\"]\nCMD [\"gunicorn\", \"-w\", \"2\"]\n", "workers=2"},
      {"the last stage holds", "FROM a\nCMD gunicorn -w 1 x\nFROM b\nCMD gunicorn -w 2 x\n", "workers=2"},
      {"over lines", "cmd gunicorn \\\n  # x\n  -w 2 \\\n  a:b\n", "workers=2"},
      {"variables", "ENV GUNICORN_CMD_ARGS=\"-w 2\" A=1\nCMD gunicorn a:b\n", "workers=2"},
      {"variables in the old form", "ENV GUNICORN_CMD_ARGS -w 2 -t 3\nCMD gunicorn a:b\n", "workers=2 timeout=3"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    Findings findings;
    read_dockerfile(row.text, "D", findings);
    CHECK(said_as_text(findings) == row.said);
    CHECK(remarks_as_text(findings.left).empty());
  }
  Findings findings;
  read_dockerfile("FROM a\nENTRYPOINT [\"/start.sh\"]\n", "D", findings);
  CHECK_THAT(remarks_as_text(findings.left), Catch::Contains("D:2: the image does not start gunicorn here"));
}

TEST_CASE("dockerfile: an array is JSON, and anything else is none") {
  CHECK(read_array(R"( ["a", "b\"c" , "d\\e"] )") == std::vector<std::string>{"a", "b\"c", "d\\e"});
  for (const char* text : {"", "[]", "[", "a", "[a]", "['a']", R"(["a" "b"])", R"(["a)", R"(["a", ])", R"(["a\)"})
    CHECK((read_array(text).empty() || std::string{text} == R"(["a", ])"));
}

}  // namespace
}  // namespace orrery::migrate
