// Spelling: which known word somebody probably meant.
//
// Pure. Used for complaints only, so it may be slow and may find nothing.
#pragma once

#include <string_view>
#include <vector>

namespace orrery::config {

/// Letters to insert, remove, replace or swap with a neighbour to make `b` of `a`.
unsigned edit_distance(std::string_view a, std::string_view b);

/// The candidate at most two edits away, else one that begins as `word` does or the other way round; empty
/// when none.
std::string_view nearest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace orrery::config
