// Title: what ps shows for this process; and Invocation, what it was started as.
//
// The kernel shows the bytes between a process's arg_start and env_end. save_invocation() copies what lies
// there and moves the environment to the heap; only after it may set_title() write over the area. Before it,
// and where the area cannot be found or is not this program's, set_title() only sets the short thread name. What a
// title does not need of the environment stays, for readers of /proc/PID/environ. Each process calls set_title() for
// itself. Pointers into the original argv show the title afterwards: code that reads the command line again (a reload)
// must keep copies.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery::os {

/// How this process was started, saved before anything overwrote it.
struct Invocation {
  std::vector<std::string> arguments;
  std::vector<std::string> environment;
  std::string binary;     ///< absolute path; empty when it cannot be told
  std::string directory;  ///< working directory
};

/// Copies command line, environment, binary and directory, and makes the title area free to write. The first
/// call decides; later ones return the same without touching anything.
const Invocation& save_invocation();

/// Writes `title` over the title area, cut to fit, and its first 15 bytes as the thread name.
void set_title(std::string_view title);

}  // namespace orrery::os
