// Value: the text of a setting's value, read into a Config and printed from it.
//
// The only place that looks through a settings row at the Config member behind it. Pure. What it prints it
// also reads. It knows types and ranges, not where a text came from: sentences here name the value, the
// caller the place.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace orrery::config {

/// Reads `texts` (one, or the entries of a list) into `config`. On failure `config` is unchanged.
Result<void> assign(const Setting& setting, Config& config, const std::vector<std::string>& texts);

/// What is wrong with the value `config` holds.
struct Fault {
  std::size_t entry = 0;  ///< of a list
  std::string message;
};
/// Holds the value against the row's range and check.
std::optional<Fault> find_fault(const Setting& setting, const Config& config);

/// The value as one would write it: "30s", "64k", "auto", "022"; entries of a list with ", " between them.
std::string print(const Setting& setting, const Config& config);

/// The value as YAML.
std::string print_yaml(const Setting& setting, const Config& config);

/// true, yes, on; false, no, off.
Result<bool> read_switch(const std::string& text);

/// Any text without control characters.
Result<std::string> read_text(const std::string& text);

/// A text in quotes, as YAML.
std::string quoted(std::string_view text);

/// The entries of one text that may hold several ("127.0.0.1, ::1").
std::vector<std::string> split_entries(const Setting& setting, std::string_view text);

}  // namespace orrery::config
