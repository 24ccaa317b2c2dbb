// The two ways to run an App: with the operator's whole command line, or from a Config made in code.
//
// Both block until the service has ended and return its exit code (0 stopped as asked, 1 runtime failure, 2 bad
// configuration, 3 a worker could not boot, 4 the application's start hook failed). Call them from a process that has
// no other thread: the workers are made by fork(2). TERM, INT, QUIT, HUP, USR1, USR2, TTIN, TTOU, WINCH and CHLD are
// blocked from the first line on, so that one that comes during the start is kept and obeyed when the service can; they
// stay blocked.
#pragma once

#include <functional>
#include <string>

#include "orrery/app.hpp"
#include "orrery/config.hpp"
#include "orrery/export.hpp"

namespace orrery {

/// What a service says of itself: in --version, in the log.
struct About {
  std::string name = "orrery";
  std::string version;  ///< empty = the library's
};

/// The whole program: `int main(int argc, char** argv) { return orrery::run(argc, argv, make_app()); }`
/// reads YAML, environment and command line (see --help), prints what is wrong with them, serves, supervises.
ORRERY_EXPORT int run(int argc, char** argv, App app, About about = {});
/// The same for an App that takes its time to be made: a signal that comes meanwhile is kept too.
ORRERY_EXPORT int run(int argc, char** argv, const std::function<App()>& make_app, About about = {});

/// The same service from a Config of your own. SIGHUP then renews the workers with the same Config.
class ORRERY_EXPORT Server {
 public:
  Server(Config config, App app, About about = {});
  /// Blocks until the service ends. Call once.
  int run();
  /// The same in this one process, for a debugger or for coverage: nothing is forked, supervised, reloaded or upgraded.
  /// `--single` of orrery::run().
  int run_single();

 private:
  int run_checked(bool single);

  Config config_;
  App app_;
  About about_;
};

/// The library's version, "0.1.0".
ORRERY_EXPORT const char* version();

}  // namespace orrery
