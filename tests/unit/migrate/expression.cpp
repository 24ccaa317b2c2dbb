#include "migrate/expression.hpp"

#include <catch2/catch.hpp>
#include <string>

#include "migrate/words.hpp"

namespace orrery::migrate {
namespace {

std::string as_text(const Value& value) {
  switch (value.kind) {
    case Value::Kind::kUnknown: return "?";
    case Value::Kind::kNone: return "None";
    case Value::Kind::kCpus: return "cpus";
    case Value::Kind::kTruth:
    case Value::Kind::kNumber:
    case Value::Kind::kText: return value.word.text;
    case Value::Kind::kList:
    case Value::Kind::kMap: break;
  }
  std::string out = value.kind == Value::Kind::kMap ? "{" : "[";
  for (const Value& item : value.items) out += (out.size() == 1 ? "" : ", ") + as_text(item);
  return out + (value.kind == Value::Kind::kMap ? "}" : "]");
}

TEST_CASE("expression: what settings files have, without running Python") {
  const Names names{{"port", {Value::Kind::kNumber, literal("8000"), 8000}},
                    {"host", {Value::Kind::kText, literal("h")}},
                    {"odd", {}}};
  struct Row {
    const char* text;
    const char* value;
  };
  const Row rows[] = {
      {"4", "4"},
      {"-1", "-1"},
      {"0o22", "18"},
      {"0x10", "16"},
      {"1_000", "1000"},
      {"2.5", "2.5"},
      {"True", "true"},
      {"None", "None"},
      {"'a'", "a"},
      {"\"a\"  'b'", "ab"},
      {"'''a'''", "a"},
      {R"('it\'s \\ \n')", "it's \\ \n"},
      {R"(r'\d')", "\\d"},
      {"b'x'", "x"},
      {"'a$b'", "a$$b"},
      {"('a')", "a"},
      {"('a' \n 'b')", "ab"},
      {"('a',)", "[a]"},
      {"['a', 'b',]", "[a, b]"},
      {"[]", "[]"},
      {"'a', 'b'", "[a, b]"},
      {"{'X': 'ssl', 'Y': 'on'}", "{X, ssl, Y, on}"},
      {"port", "8000"},
      {"host + ':' + str(port)", "h:8000"},
      {"f'{host}:{port}'", "h:8000"},
      {"f'{{{host}}}'", "{h}"},
      {"2 * 3 + 1", "7"},
      {"60 * 60", "3600"},
      {"os.environ['A']", "${A}"},
      {"os.environ.get('A')", "${A}"},
      {"os.getenv('A', '1')", "${A:-1}"},
      {"os.environ.get('A', 8000)", "${A:-8000}"},
      {"int(os.environ.get('A', '4'))", "${A:-4}"},
      {"int(os.environ.get('A') or 4)", "${A:-4}"},
      {"'0.0.0.0:' + os.environ.get('PORT', '8000')", "0.0.0.0:${PORT:-8000}"},
      {"f\"0.0.0.0:{os.environ.get('PORT', '8000')}\"", "0.0.0.0:${PORT:-8000}"},
      {"multiprocessing.cpu_count() * 2 + 1", "cpus"},
      {"min(8, os.cpu_count())", "cpus"},
      {"(2 * cpu_count()) + 1", "cpus"},
      {"int('4')", "4"},
      {"ssl.CERT_REQUIRED", "2"},
      // --- what has no value here ---
      {"", "?"},
      {"odd", "?"},
      {"compute()", "?"},
      {"os.path.join('a', 'b')", "?"},
      {"'a' if x else 'b'", "?"},
      {"[x for x in y]", "?"},
      {"'%s' % port", "?"},
      {"'{}'.format(port)", "?"},
      {"f'{port:04d}'", "?"},
      {"'a", "?"},
      {"[1, 2", "?"},
      {"{1", "?"},
      {"not x", "?"},
      {"2 ** 3", "?"},
      {"9223372036854775807 + 1", "?"},
      {"99999999999999999999", "99999999999999999999"},
      {"os.environ.get('A', '${B}')", "?"},
      {"os.environ.get('not a name')", "?"},
      {"lambda: 1", "?"},
  };
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(as_text(evaluate(row.text, names)) == row.value);
  }
}

TEST_CASE("expression: deep brackets are unknown, not a crash") {
  CHECK(evaluate(std::string(100000, '('), {}).kind == Value::Kind::kUnknown);
  CHECK(evaluate(std::string(100000, '['), {}).kind == Value::Kind::kUnknown);
  CHECK(evaluate(std::string(100000, '-'), {}).kind == Value::Kind::kUnknown);
  std::string nested = "'a'";
  for (int i = 0; i < 200; ++i) nested = "f" + std::string{i % 2 == 0 ? "\"" : "'"} + "{" + nested + "}";
  CHECK(evaluate(nested, {}).kind == Value::Kind::kUnknown);
}

}  // namespace
}  // namespace orrery::migrate
