#include "migrate/words.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "unit/migrate/workshop.hpp"

namespace orrery::migrate {
namespace {

std::string cut(std::string_view text, Dialect dialect) {
  std::string out;
  for (const Words& words : split_commands(text, dialect)) out += (out.empty() ? "" : " && ") + words_as_text(words);
  return out;
}

TEST_CASE("words: a line is cut as the program that reads it does") {
  struct Row {
    const char* name;
    Dialect dialect;
    const char* text;
    const char* words;
  };
  const Row rows[] = {
      {"nothing", Dialect::kShell, "", ""},
      {"blanks", Dialect::kShell, "  a \t b  ", "a|b"},
      {"quotes", Dialect::kShell, R"(a 'b c' "d e" f"g"'h' '')", "a|b c|d e|fgh|"},
      {"backslashes", Dialect::kShell, R"(a\ b "c\"d" 'e\f')", "a b|c\"d|e\\f"},
      {"a continued line", Dialect::kShell, "a \\\n b", "a|b"},
      {"a variable", Dialect::kShell, "-b :$PORT", "-b|:${PORT}"},
      {"a variable in braces", Dialect::kShell, "-b \":${PORT}\"", "-b|:${PORT}"},
      {"a default", Dialect::kShell, "${A:-4} ${B-x.y}", "${A:-4}|${B:-x.y}"},
      {"a default that is none of ours", Dialect::kShell, "${A:-$B} ${A:?no} ${#A}", "${A:-$B}?|${A:?no}?|${#A}?"},
      {"a variable in single quotes", Dialect::kShell, "'$PORT'", "$$PORT"},
      {"a dollar sign", Dialect::kShell, R"(\$A $ "$")", "$$A|$$|$$"},
      {"what a shell computes", Dialect::kShell, "$(nproc) `x y` $((2*$(nproc)+1)) $1 $$",
       "$(nproc)?|`x y`?|$((2*$(nproc)+1))?|$1?|$$?"},
      {"commands", Dialect::kShell, "a && b c; d | e & f\ng", "a && b|c && d && e && f && g"},
      {"redirections", Dialect::kShell, "a > log 2>&1 b </dev/null c 3 >x", "a|b|c|3"},
      {"a template", Dialect::kShell, "-w {{ workers | int }} x", "-w|{{ workers | int }}?|x"},
      {"an array's dollar sign", Dialect::kExec, ":$PORT ${A} `x` a;b", ":$$PORT|$${A}|`x`|a;b"},
      {"systemd's variables", Dialect::kUnit, "${A} $B '$C' $$D", "${A}|${B}|${C}|$$D"},
      {"systemd's specifiers", Dialect::kUnit, "/run/%i.sock 100%%", "/run/%i.sock?|100%"},
      {"supervisord's variables", Dialect::kSupervisor, "-b :%(ENV_PORT)s %(program_name)s 5%% $A",
       "-b|:${PORT}|%(program_name)s?|5%|$$A"},
      {"compose's variables", Dialect::kCompose, "$A ${B:-c} $$D '$E'", "${A}|${B:-c}|$$D|${E}"},
      {"Kubernetes' variables", Dialect::kKubernetes, "$(A) $$(B) $C $(d e)", "${A}|$$(B)|$$C|$$(d|e)"},
      {"an open quote", Dialect::kShell, "a 'b c", "a|b c"},
      {"an open brace", Dialect::kShell, "a ${B", "a|${B?"},
      {"a last backslash", Dialect::kShell, "a \\", "a"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(cut(row.text, row.dialect) == row.words);
  }
}

TEST_CASE("words: an entry of an array is one word") {
  CHECK(read_word("a 'b' c", Dialect::kExec).text == "a 'b' c");
  CHECK(read_word("", Dialect::kExec).text.empty());
  CHECK(read_word(":$(PORT)", Dialect::kKubernetes).text == ":${PORT}");
  const Word inner = read_word("gunicorn -b :$PORT", Dialect::kExec);
  CHECK(inner.text == "gunicorn -b :$$PORT");
  CHECK(inner.source == "gunicorn -b :$PORT");
  CHECK(literal("a$b").text == "a$$b");
}

}  // namespace
}  // namespace orrery::migrate
