// Views: what the admin process tells, as text for people: `orrery ctl status`, `workers`, `config` and so on.
//
// Pure: a document in, lines out. Whatever comes from clients or logs is made printable. Prints nothing itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/result.hpp"

#include "ctl/documents.hpp"
#include "ctl/paint.hpp"

namespace orrery::ctl {

/// `now` is Unix time.
std::string status_text(const Status& status, double now, const Style& style);
std::string workers_text(const std::vector<Worker>& workers, const Style& style);
/// The eldest first.
std::string requests_text(LiveRequests requests, const Style& style);
std::string deaths_text(const std::vector<Death>& deaths, const Style& style);
std::string event_line(const Event& event, const Style& style);
std::string answered_line(const AnsweredRequest& answered, const Style& style);
std::string configuration_text(const Configuration& configuration, const Style& style);
/// "30s from planets.yaml:12, hidden by --timeout on the command line"; fails for a name that is no setting.
Result<std::string> explained(const Configuration& configuration, std::string_view name);
std::string stacks_text(const Stacks& stacks, const Style& style);

}  // namespace orrery::ctl
