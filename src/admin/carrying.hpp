// Carrying: what masters before and beside this one counted is added to a view, and what this one counted is entered
// into the ledger that they share.
//
// In the admin process and the monitor process for each look at the counts, and in a master that ends or serves beside
// another. Each number has a name in the ledger which means the same in every version: "orrery_requests_total". Routes
// go by their patterns, not by their numbers.
#pragma once

#include "admin/view.hpp"
#include "os/ledger.hpp"

namespace orrery::admin {

void carry(View& view, os::Ledger& ledger);

}  // namespace orrery::admin
