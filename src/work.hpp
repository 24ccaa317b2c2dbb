// Work: what the workers of one generation run: the application with its routes, or the settings with which they make
// the one of a module.
//
// Made in the master, at the start and, where the application has settings of its own, at a reload that finds others;
// then only read, in the master and in the workers that were forked with it. The master keeps it as a WorkerMain and
// does not look into it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "orrery/app.hpp"
#include "orrery/result.hpp"
#include "orrery/section_table.hpp"

#include "config/load.hpp"
#include "http/router.hpp"
#include "os/contract.hpp"

namespace orrery {

struct Deployed {
  App app;
  http::Router router;
};

struct Work {
  std::shared_ptr<const Deployed> own;  ///< of the program, or of a module that was loaded before the fork
  config::Outcome read{};               ///< the settings that it was made with

  /// In a worker: its whole life.
  int operator()(os::WorkerBirth birth) const;
};

/// Makes the application; throws, or fails with a sentence.
using Maker = std::function<Result<App>(const config::Outcome& read)>;

/// The application; fails with a sentence also for what the maker throws.
Result<App> make_fenced(const Maker& make, const config::Outcome& read);
/// The same with its routes; fails for a wrong one too.
Result<std::shared_ptr<const Deployed>> deploy(const Maker& make, const config::Outcome& read);
Result<std::shared_ptr<const Deployed>> deploy(App app);

/// At a reload: the work of the new generation, which goes on with the application of `running` where that has no other
/// settings now. What is worth a line in the log goes to `notes`.
Result<Work> renew(const Work& running, const Maker& make, config::Outcome read, std::vector<std::string>& notes);

}  // namespace orrery
