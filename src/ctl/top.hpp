// Top: `orrery top`: looks at a service again and again, and shows it in place until the operator quits.
//
// One thread, one process of the operator's. Signals are taken between two looks, so that the terminal is given back
// before one of them ends or stops the program. Orders nothing but the restart that the operator has confirmed.
#pragma once

#include <chrono>

#include "ctl/service.hpp"

namespace orrery::ctl {

Verdict run_top(const Service& service, std::chrono::milliseconds interval, bool colour);

}  // namespace orrery::ctl
