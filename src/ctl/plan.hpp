// Plan: what a reload with another configuration would change: each setting, old and new, and what it costs.
//
// Pure. The running service ranks its command line above the file and its environment below it, so a file alone does
// not say what will be: a value of the command line stays and hides the file's. Nothing here gives an order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/load.hpp"
#include "config/validate.hpp"
#include "ctl/documents.hpp"
#include "ctl/paint.hpp"

namespace orrery::ctl {

/// A value of the new file that does not come to be.
struct HiddenChange {
  std::string name, value;
  std::string source;  ///< of the value that hides it
};

struct Plan {
  std::vector<config::Change> changes;
  std::vector<HiddenChange> hidden;
};

/// Against another file; both as read with the same environment.
Plan plan_against(const config::Outcome& old, const config::Outcome& fresh);
/// Against a service that runs; `fresh` as read without any environment.
Plan plan_against(const Configuration& running, const config::Outcome& fresh);

std::string plan_text(const Plan& plan, const Style& style);
std::string plan_json(const Plan& plan);

}  // namespace orrery::ctl
