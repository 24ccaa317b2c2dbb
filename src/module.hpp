// Module: the application of a shared object (orrery/module.hpp), loaded into this process.
//
// Used in a worker after its fork, in the process of --check-config, and with `preload_app` in the master before any
// fork. What is loaded stays: code of it may run until the process ends. It must never be given a file that can still
// change: that is what the sealed copy is for.
#pragma once

#include <string>

#include "orrery/app.hpp"
#include "orrery/result.hpp"

#include "os/sealed_file.hpp"

namespace orrery {

/// Loads the copy of the file `name` and makes its application. Every failure is a sentence that names the file.
Result<App> load_module(const os::SealedFile& copy, const std::string& name);

}  // namespace orrery
