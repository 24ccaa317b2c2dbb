// Tree: a YAML text of somebody else's (compose, Kubernetes, Ansible) as plain values.
//
// The second user of yaml-cpp beside the settings file, and the fence for its exceptions. Texts stay texts: no number
// and no truth value is made of them. It bounds what it makes, since an alias may stand for a tree that is larger than
// the file.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/result.hpp"

namespace orrery::migrate {

struct Tree {
  struct Pair;
  enum class Kind : std::uint8_t { kNull, kText, kList, kMap };
  Kind kind = Kind::kNull;
  std::string text;         ///< kText
  std::vector<Tree> items;  ///< kList
  std::vector<Pair> pairs;  ///< kMap, in the order of the file
  int line = 0;             ///< from 1

  /// The value of this name; null where there is none, or this is no map.
  [[nodiscard]] const Tree* find(std::string_view name) const;
};

struct Tree::Pair {
  std::string name;
  Tree value;
};

/// Every document of the text. Fails with a sentence and the line where YAML cannot be read.
Result<std::vector<Tree>> read_trees(const std::string& text);

}  // namespace orrery::migrate
