#include "migrate/conf_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <utility>
#include <vector>

#include "config/expansion.hpp"
#include "migrate/expression.hpp"
#include "migrate/flags.hpp"
#include "migrate/statements.hpp"
#include "migrate/text_lines.hpp"
#include "migrate/words.hpp"

namespace orrery::migrate {
namespace {

using Kind = Value::Kind;

// Statements whose indented lines belong to them and run, or not, as Python decides.
constexpr std::array kBlocks{"if", "elif", "else", "for", "while", "with", "try", "except", "finally", "match"};

std::string_view first_word(std::string_view text) { return text.substr(0, config::variable_name_length(text)); }

/// `name = …` and `name: type = …`, cut.
struct Assignment {
  std::string_view name, expression;
};

Assignment cut(std::string_view text) {
  const auto name = first_word(text);
  auto rest = trimmed(text.substr(name.size()));
  if (name.empty()) return {};
  if (rest.starts_with(":")) rest.remove_prefix(std::min(rest.find('='), rest.size()));
  if (!rest.starts_with("=") || rest.starts_with("==")) return {};
  return {name, trimmed(rest.substr(1))};
}

/// The values as words; an empty list and None have none.
std::vector<Word> words_of(const Value& value) {
  switch (value.kind) {
    case Kind::kNone: return {};
    case Kind::kTruth:
    case Kind::kNumber:
    case Kind::kText: return {value.word};
    case Kind::kList: {
      std::vector<Word> words;
      for (const Value& item : value.items)
        for (Word& word : words_of(item)) words.push_back(std::move(word));
      return words;
    }
    case Kind::kMap: {
      std::vector<Word> words;
      for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
        const Word &name = value.items[i].word, &text = value.items[i + 1].word;
        words.push_back({name.text + "=" + text.text, name.source + "=" + text.source, name.plain && text.plain});
      }
      return words;
    }
    case Kind::kCpus:
    case Kind::kUnknown: break;
  }
  return {};
}

bool is_readable(const Value& value) {
  return value.kind != Kind::kUnknown && value.kind != Kind::kCpus && std::ranges::all_of(value.items, is_readable);
}

std::string on_one_line(std::string_view text) {
  constexpr std::size_t kMost = 90;
  std::string out;
  for (const char c : text) {
    const bool blank = c == '\n' || c == '\t' || c == '\r' || c == ' ';
    if (!blank || (!out.empty() && out.back() != ' ')) out += blank ? ' ' : c;
  }
  return out.size() <= kMost ? out : out.substr(0, kMost) + "...";
}

class Reader {
 public:
  Reader(const std::string& file, Findings& findings) : file_(file), findings_(findings) {}

  void take(const Statement& statement) {
    const auto word = first_word(statement.text);
    if (statement.indented) return take_inside(statement);
    block_ = std::ranges::find(kBlocks, word) != kBlocks.end() ? std::string{word} : "";
    if (!block_.empty()) return take_inside(statement);
    if (word == "def" || word == "async") return take_hook(statement);
    if (word == "from" && statement.text.ends_with("*"))
      return leave(statement,
                   fmt::format("`{}` may bring settings of another file; give that file too", statement.text));
    if (word == "import" || word == "from" || word == "class") return;
    take_plain(statement);
  }

 private:
  /// Below `def` and `class` names are their own; below `if` and its like Python decides.
  void take_inside(const Statement& statement) {
    if (block_.empty()) return;
    std::string_view text = statement.text;
    if (!statement.indented) text = text.substr(std::min(text.rfind(": ") + 1, text.size()));
    const auto name = cut(trimmed(text)).name;
    if (!is_gunicorn_setting(name)) return;
    leave(statement, fmt::format("`{}` stands inside `{}`, which Python decides; write what holds for you",
                                 on_one_line(text), block_));
  }

  void take_hook(const Statement& statement) {
    std::string_view text = statement.text;
    if (text.starts_with("async")) text = trimmed(text.substr(5));
    const auto name = first_word(trimmed(text.substr(std::min<std::size_t>(3, text.size()))));
    if (is_gunicorn_setting(name)) say(name, {literal("a function")}, statement);
  }

  void take_plain(const Statement& statement) {
    const Assignment assignment = cut(statement.text);
    if (assignment.name.empty()) return take_change(statement);
    if (first_word(assignment.expression) == "lambda" && is_gunicorn_setting(assignment.name))
      return say(assignment.name, {literal("a function")}, statement);
    Value value = evaluate(assignment.expression, names_);
    if (is_gunicorn_setting(assignment.name)) {
      if (is_readable(value)) {
        say(assignment.name, words_of(value), statement);
      } else {
        Word word = literal(on_one_line(assignment.expression));
        word.plain = false;
        say(assignment.name, {std::move(word)}, statement, value.kind == Kind::kCpus);
      }
    }
    names_.insert_or_assign(std::string{assignment.name}, std::move(value));
  }

  /// `bind += …`, `bind.append(…)`, `a, bind = …`.
  void take_change(const Statement& statement) {
    const auto name = first_word(statement.text);
    const auto rest = trimmed(std::string_view{statement.text}.substr(name.size()));
    const bool changes =
        rest.starts_with("+=") || rest.starts_with(".") || rest.starts_with("[") || rest.starts_with(",");
    if (is_gunicorn_setting(name) && changes)
      leave(statement, fmt::format("`{}` changes `{}` after its assignment", on_one_line(statement.text), name));
    if (name == "exec") leave(statement, fmt::format("`{}` runs other Python", on_one_line(statement.text)));
  }

  void say(std::string_view name, std::vector<Word> values, const Statement& statement, bool cpus = false) {
    std::erase_if(findings_.said, [&](const Said& said) {
      return said.name == name && said.rank == Rank::kFile && said.where.starts_with(file_ + ":");
    });
    findings_.said.push_back({std::string{name}, std::move(values), place(file_, statement.line), Rank::kFile, cpus});
  }

  void leave(const Statement& statement, std::string sentence) {
    findings_.left.push_back({place(file_, statement.line), std::move(sentence)});
  }

  const std::string& file_;
  Findings& findings_;
  Names names_;
  std::string block_;
};

}  // namespace

void read_conf_file(std::string_view text, const std::string& file, Findings& findings) {
  Reader reader(file, findings);
  for (const Statement& statement : cut_statements(text)) reader.take(statement);
}

}  // namespace orrery::migrate
