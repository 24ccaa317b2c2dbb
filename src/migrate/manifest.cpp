#include "migrate/manifest.hpp"

#include <algorithm>
#include <array>
#include <fmt/core.h>
#include <string_view>
#include <utility>
#include <vector>

#include "migrate/command_lines.hpp"
#include "migrate/text_lines.hpp"
#include "migrate/tree.hpp"
#include "migrate/words.hpp"

namespace orrery::migrate {
namespace {

// Of a mapping, what may hold a command: what stands in front, and what follows it.
struct Keys {
  std::string_view first, second;
};
constexpr std::array kContainer{Keys{"command", "args"}};
constexpr std::array kService{Keys{"entrypoint", "command"}};
constexpr std::array kTask{Keys{"command", ""}, Keys{"shell", ""}, Keys{"cmd", ""}, Keys{"ansible.builtin.command", ""},
                           Keys{"ansible.builtin.shell", ""}};

class Walker {
 public:
  Walker(const std::string& file, Findings& findings) : file_(file), findings_(findings) {}

  void take_document(const Tree& top) {
    dialect_ = Dialect::kShell;
    if (top.find("services") != nullptr) dialect_ = Dialect::kCompose;
    if (top.find("kind") != nullptr && top.find("apiVersion") != nullptr) dialect_ = Dialect::kKubernetes;
    walk(top);
  }

  [[nodiscard]] bool found() const { return found_; }

 private:
  void walk(const Tree& tree) {
    for (const Tree& item : tree.items) walk(item);
    if (tree.kind == Tree::Kind::kMap) look_at(tree);
    for (const auto& [name, value] : tree.pairs) walk(value);
  }

  void look_at(const Tree& map) {
    if (const Tree* limit = map.find("terminationGracePeriodSeconds"))
      read_stop_limit("terminationGracePeriodSeconds", limit->text, where(*limit), findings_);
    if (dialect_ == Dialect::kKubernetes) return try_keys(map, kContainer);
    if (dialect_ == Dialect::kCompose) return try_keys(map, kService);
    try_keys(map, kTask);
  }

  template <class Table>
  void try_keys(const Tree& map, const Table& table) {
    for (const Keys& keys : table) {
      const Tree* first = map.find(keys.first);
      const Tree* second = map.find(keys.second);
      if (first == nullptr && second == nullptr) continue;
      const auto commands = commands_of(first, second);
      if (!read_commands(commands, where(first != nullptr ? *first : *second), findings_)) continue;
      found_ = true;
      take_environment(map);
    }
  }

  /// A text is cut, a list is not; Kubernetes has lists only.
  [[nodiscard]] std::vector<Words> commands_of(const Tree* first, const Tree* second) const {
    std::vector<Words> commands = read(first);
    std::vector<Words> more = read(second);
    if (commands.empty()) return more;
    if (!more.empty()) commands.back().insert(commands.back().end(), more.front().begin(), more.front().end());
    return commands;
  }

  [[nodiscard]] std::vector<Words> read(const Tree* tree) const {
    if (tree == nullptr) return {};
    if (tree->kind == Tree::Kind::kText) return split_commands(tree->text, dialect_);
    Words words;
    for (const Tree& item : tree->items) words.push_back(read_word(item.text, entry_dialect()));
    return words.empty() ? std::vector<Words>{} : std::vector<Words>{std::move(words)};
  }

  /// Ansible's `argv` and other lists go to no shell.
  [[nodiscard]] Dialect entry_dialect() const { return dialect_ == Dialect::kShell ? Dialect::kExec : dialect_; }

  void take_environment(const Tree& map) {
    for (const std::string_view name : {"environment", "env"}) {
      const Tree* variables = map.find(name);
      if (variables == nullptr) continue;
      for (const auto& [key, value] : variables->pairs) take_variable(key, value.text, value);
      for (const Tree& item : variables->items) take_item(item);
    }
    if (const Tree* limit = map.find("stop_grace_period"))
      read_stop_limit("stop_grace_period", limit->text, where(*limit), findings_);
    if (map.find("env_file") != nullptr || map.find("envFrom") != nullptr)
      findings_.notes.push_back(
          {where(map), "files of variables are not read here; where one has GUNICORN_CMD_ARGS, give it too"});
  }

  /// `NAME=value` of compose, or {name, value} of Kubernetes.
  void take_item(const Tree& item) {
    if (item.kind == Tree::Kind::kText) {
      const auto equals = item.text.find('=');
      const bool whole = equals != std::string::npos;
      return take_variable(item.text.substr(0, equals), whole ? item.text.substr(equals + 1) : "", item);
    }
    const Tree* name = item.find("name");
    const Tree* value = item.find("value");
    if (name != nullptr) take_variable(name->text, value != nullptr ? value->text : "", item);
  }

  void take_variable(const std::string& name, const std::string& value, const Tree& at) {
    read_variable(name, read_word(value, entry_dialect()), where(at), findings_);
  }

  [[nodiscard]] std::string where(const Tree& tree) const { return place(file_, tree.line); }

  const std::string& file_;
  Findings& findings_;
  Dialect dialect_ = Dialect::kShell;
  bool found_ = false;
};

}  // namespace

Result<void> read_manifest(const std::string& text, const std::string& file, Findings& findings) {
  const auto trees = read_trees(text);
  if (!trees) return fail(trees);
  Walker walker(file, findings);
  for (const Tree& tree : *trees) walker.take_document(tree);
  if (!walker.found())
    findings.left.push_back({file, "no command of gunicorn stands here; give the image's Dockerfile or its script"});
  return {};
}

}  // namespace orrery::migrate
