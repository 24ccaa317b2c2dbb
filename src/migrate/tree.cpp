#include "migrate/tree.hpp"

#include <algorithm>
#include <exception>
#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

namespace orrery::migrate {
namespace {

// More than any manifest has; aliases that hold aliases reach it soon.
constexpr int kMostNodes = 100'000;
constexpr int kDeepest = 100;

struct TooLarge : std::exception {};

class Planter {
 public:
  explicit Planter(int first_line) : first_line_(first_line) {}

  Tree plant(const YAML::Node& node, int depth = 0) {
    if (depth > kDeepest || ++nodes_ > kMostNodes) throw TooLarge{};
    Tree tree;
    tree.line = std::max(node.Mark().line, 0) + first_line_;
    if (node.IsScalar()) {
      tree.kind = Tree::Kind::kText;
      tree.text = node.Scalar();
    } else if (node.IsSequence()) {
      tree.kind = Tree::Kind::kList;
      for (const auto& item : node) tree.items.push_back(plant(item, depth + 1));
    } else if (node.IsMap()) {
      tree.kind = Tree::Kind::kMap;
      for (const auto& pair : node) {
        if (pair.first.IsScalar()) tree.pairs.push_back({pair.first.Scalar(), plant(pair.second, depth + 1)});
      }
    }
    return tree;
  }

 private:
  int first_line_;
  int nodes_ = 0;
};

struct Document {
  std::string text;
  int first_line = 1;
};

/// Cut at lines that begin with `---`: of a text with one document yaml-cpp reads that one, whatever is wrong behind
/// it.
std::vector<Document> cut_documents(const std::string& text) {
  std::vector<Document> documents(1);
  int line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
    if (text.compare(at, 3, "---") == 0) documents.push_back({"", line});
    documents.back().text.append(text, at, end - at);
    at = end;
  }
  return documents;
}

}  // namespace

const Tree* Tree::find(std::string_view name) const {
  const auto pair = std::ranges::find_if(pairs, [&](const auto& one) { return one.name == name; });
  return pair == pairs.end() ? nullptr : &pair->value;
}

Result<std::vector<Tree>> read_trees(const std::string& text) {
  std::vector<Tree> trees;
  for (const Document& document : cut_documents(text)) {
    try {
      const YAML::Node top = YAML::Load(document.text);
      if (top.IsDefined() && !top.IsNull()) trees.push_back(Planter(document.first_line).plant(top));
    } catch (const YAML::Exception& error) {
      return fail(fmt::format("line {}: YAML cannot be read here; a template has to be rendered first",
                              std::max(error.mark.line, 0) + document.first_line));
    } catch (const std::exception&) {
      return fail("the file is too large or too deeply nested");
    }
  }
  return trees;
}

}  // namespace orrery::migrate
