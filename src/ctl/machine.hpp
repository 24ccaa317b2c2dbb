// Machine: what /proc and /sys say of this machine, read below a root directory that a test may replace.
//
// Reads only. What is not there is nothing, never an error: containers and old kernels lack files. Runs in the program
// of the operator.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace orrery::ctl {

class Machine {
 public:
  explicit Machine(std::string root = "/");

  /// A path below the root, as it is read.
  [[nodiscard]] std::string at(std::string_view path) const;
  /// The whole file; nothing when it cannot be read.
  [[nodiscard]] std::optional<std::string> text(std::string_view path) const;
  /// Its first line, without its end.
  [[nodiscard]] std::optional<std::string> line(std::string_view path) const;
  /// The number at its beginning.
  [[nodiscard]] std::optional<std::int64_t> number(std::string_view path) const;
  /// The names in a folder, sorted; none when it cannot be read.
  [[nodiscard]] std::vector<std::string> names(std::string_view folder) const;
  /// Where a link leads.
  [[nodiscard]] std::optional<std::string> link(std::string_view path) const;

 private:
  std::string root_;  ///< without a slash at its end
};

/// A limit of /proc/PID/limits, as "Max open files": soft and hard; nothing is told for `unlimited`.
struct Limit {
  std::optional<std::int64_t> soft, hard;
};
std::optional<Limit> read_limit(const Machine& machine, const std::string& process, std::string_view name);

}  // namespace orrery::ctl
