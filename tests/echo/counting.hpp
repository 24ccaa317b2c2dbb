// Counting: routes of echo that count and measure.
//
//   POST /count/{kind}?weight=    counts one of that kind, and weighs it; says so in the log
//   POST /hold?n=                 this worker holds that many from now on
#pragma once

#include "orrery/app.hpp"

void add_counting(orrery::App& app);
