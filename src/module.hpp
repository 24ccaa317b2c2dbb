// Module: the application of a shared object (orrery/module.hpp), loaded into this process.
//
// Used in a worker after its fork, in the process of --check-config, and with `preload_app` in the master before any
// fork. What is loaded stays: code of it may run until the process ends. It must never be given a file that can still
// change: that is what the sealed copy is for.
#pragma once

#include <string>
#include <utility>

#include "orrery/app.hpp"
#include "orrery/result.hpp"
#include "orrery/section_table.hpp"

#include "os/sealed_file.hpp"

namespace orrery {

struct ModuleEntry;

class Module {
 public:
  /// Loads the copy of the file `name`. Every failure is a sentence that names the file.
  static Result<Module> load(const os::SealedFile& copy, const std::string& name);

  /// Its application, made with what the configuration says for it; likewise.
  [[nodiscard]] Result<App> make(const sections::Sources& sources) const;

 private:
  Module(const ModuleEntry& entry, std::string name) : entry_(&entry), name_(std::move(name)) {}

  const ModuleEntry* entry_;
  std::string name_;
};

}  // namespace orrery
