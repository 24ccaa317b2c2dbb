// CheckConfig: what --check-config does once the configuration itself is good: everything a start would
// check, and no start.
//
// Runs in the program's own process, which ends with the value it returns. Compiles the routes, asks the
// kernel about files and addresses (master/obstacles), then becomes the workers' user for good and asks the
// application. Changes nothing outside of the process.
#pragma once

#include <string>

#include "orrery/app.hpp"

#include "config/load.hpp"

namespace orrery {

/// Says what is in the way on standard error, or on standard output that all is good; returns the exit code.
int check_config(const config::Outcome& outcome, const App& app, const std::string& program);

}  // namespace orrery
