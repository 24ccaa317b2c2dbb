#include "config/spelling.hpp"

#include <algorithm>

namespace orrery::config {
namespace {

// Shorter words begin too many others to be a hint.
constexpr std::size_t kShortestPrefix = 3;

bool begins_alike(std::string_view a, std::string_view b) {
  const auto shorter = std::min(a.size(), b.size());
  return shorter >= kShortestPrefix && a.substr(0, shorter) == b.substr(0, shorter);
}

// In a word of three letters two edits leave nothing in common.
unsigned allowed_edits(std::string_view word) { return word.size() < 4 ? 1 : 2; }

}  // namespace

unsigned edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::vector<unsigned>> cost(a.size() + 1, std::vector<unsigned>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) {
    for (std::size_t j = 0; j <= b.size(); ++j) {
      if (i == 0 || j == 0) {
        cost[i][j] = static_cast<unsigned>(i + j);
        continue;
      }
      const unsigned change = a[i - 1] == b[j - 1] ? 0 : 1;
      cost[i][j] = std::min({cost[i - 1][j] + 1, cost[i][j - 1] + 1, cost[i - 1][j - 1] + change});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) cost[i][j] = std::min(cost[i][j], cost[i - 2][j - 2] + 1);
    }
  }
  return cost[a.size()][b.size()];
}

std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view best;
  unsigned fewest = allowed_edits(word) + 1;
  for (const auto candidate : candidates) {
    const unsigned edits = edit_distance(word, candidate);
    if (edits < fewest) {
      fewest = edits;
      best = candidate;
    }
  }
  if (!best.empty()) return best;
  const auto prefix = std::find_if(candidates.begin(), candidates.end(),
                                   [&](std::string_view candidate) { return begins_alike(word, candidate); });
  return prefix == candidates.end() ? std::string_view{} : *prefix;
}

}  // namespace orrery::config
