// Name: which file a request means, as a name below the root, or why none. Pure; any thread.
//
// The server has decoded the path once and resolved its dot segments. What is left here: a slash that came encoded is
// no part of a file's name, and names that begin with a dot are hidden. The kernel keeps the rest inside the root
// (os/beneath.hpp), so nothing here is the last line of defence.
#pragma once

#include <string>
#include <string_view>

#include "orrery/request.hpp"

namespace orrery::files {

struct Name {
  std::string text;           ///< without a slash at either end; empty = the root itself
  bool is_directory = false;  ///< the path ends with a slash, so a directory is meant
  bool is_refused = false;    ///< no such path can name a file that is served
};

/// `rest`: the value of the route's `{path...}`.
[[nodiscard]] Name read_name(std::string_view target, std::string_view rest, std::string_view path, bool hidden);

/// Where a directory's client goes to have its slash: a relative reference, so no host can be made of it.
[[nodiscard]] std::string with_slash(std::string_view target);

}  // namespace orrery::files
