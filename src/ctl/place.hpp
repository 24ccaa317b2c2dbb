// Place: where the admin process of a service is, as a client finds it.
//
// Pure but for one question to the file system, which tests replace. Runs in the program of the operator, never in the
// server. Where several places are possible, the first one that exists is taken; where none does, the error names all.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "orrery/config.hpp"
#include "orrery/result.hpp"

#include "admin/settings.hpp"

namespace orrery::ctl {

/// A unix socket, or a host and port.
struct Place {
  std::string path;  ///< not empty: a unix socket; `@name` is an abstract one
  std::string host, port;

  /// "/run/orrery/admin.sock", "http://127.0.0.1:9000".
  [[nodiscard]] std::string shown() const;
  friend bool operator==(const Place&, const Place&) = default;
};

/// Reads `unix:PATH`, `http://HOST[:PORT]`, `HOST:PORT` as in `bind`, or a path.
Result<Place> parse_place(const std::string& text);

/// What the operator said of it; empty = nothing.
struct Hints {
  std::string socket;              ///< --socket
  std::string url;                 ///< --url
  std::string variable;            ///< ORRERY_ADMIN
  const Config* config = nullptr;  ///< of -c
  admin::Directories directories;
};

using Exists = std::function<bool(const std::string& path)>;

Result<Place> find_place(const Hints& hints, const Exists& exists);

/// Of the monitor process, which answers as well whether the service is ready; fails where `monitor` has no address.
Result<Place> find_monitor(const Config& config);

}  // namespace orrery::ctl
