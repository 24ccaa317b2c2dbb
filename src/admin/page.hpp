// Page: the state of the service as one page of HTML, for a person with a browser.
//
// Pure. Written in the admin process for each question. It needs no script and loads nothing from elsewhere; it loads
// itself anew every few seconds. What peers sent stands in it as text, never as markup. It shows, and gives no orders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "admin/lists.hpp"
#include "admin/view.hpp"
#include "os/journal.hpp"
#include "os/scoreboard.hpp"

namespace orrery::admin {

struct PageParts {
  View view;
  std::vector<os::RequestRecord> requests;  ///< in flight, the eldest first
  std::vector<os::DeathNote> deaths;        ///< the oldest first
  std::vector<os::LifeEvent> events;        ///< the oldest first
};

std::string page_html(const PageParts& parts, base::Monotonic now);

/// The page's style sheet, in light and dark.
std::string_view page_css();

}  // namespace orrery::admin
