#include "ctl/orders.hpp"

#include <catch2/catch.hpp>

namespace orrery::ctl {

TEST_CASE("orders: the outcome decides the exit code, and its sentence where it is said") {
  struct Row {
    const char* name;
    Reply reply;
    int exit;
    const char* output;
    const char* complaint;
  };
  const Row rows[] = {
      {"done",
       {200, R"({"order":"reload","outcome":"done","text":"Generation 2 serves."})"},
       0,
       "Generation 2 serves.\n",
       ""},
      {"begun", {202, R"({"order":"reload","outcome":"begun","text":"It begins."})"}, 0, "It begins.\n", ""},
      {"refused",
       {409, R"({"order":"reload","outcome":"refused","text":"planets.yaml:3: no."})"},
       1,
       "",
       "planets.yaml:3: no."},
      {"failed", {409, R"({"order":"reload","outcome":"failed","text":"It failed."})"}, 1, "", "It failed."},
      {"timeout",
       {504, R"({"order":"reload","outcome":"timeout","text":"Not within 1 s."})"},
       1,
       "",
       "Not within 1 s."},
      {"an outcome of a later version", {200, R"({"order":"reload","outcome":"odd","text":"Odd."})"}, 1, "", "Odd."},
      {"no token",
       {401, "no"},
       1,
       "",
       "the admin process wants its token; give the file that has it with --token-file"},
      {"an old service",
       {404, "x"},
       1,
       "",
       "the admin process does not know `/reload`: the service is of another version, or what answers is its monitor "
       "process"},
      {"something else", {500, "broken\x1b\nmore"}, 1, "", "the admin process answered /reload with 500: broken?"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Verdict verdict = outcome_of(row.reply, "/reload?wait=1", false);
    CHECK(verdict.exit == row.exit);
    CHECK(verdict.output == row.output);
    CHECK(verdict.complaint == row.complaint);
  }
  const Verdict json = outcome_of(rows[2].reply, "/reload", true);
  CHECK(json.exit == 1);
  CHECK(json.output == rows[2].reply.body + "\n");
}

}  // namespace orrery::ctl
