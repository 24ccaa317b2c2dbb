// Phrases: numbers as people read them: durations, sizes, counts, moments; and text that may stand on a terminal.
//
// Pure, but that a moment is told in the time zone of the process. Used by every view of this floor, and by nothing of
// the server.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace orrery::ctl {

/// "0.25 s", "12 s", "3 min 5 s", "2 h 10 min", "3 d 4 h"; "-" for what is unknown.
std::string duration(std::optional<double> seconds);

/// "512 B", "12.3 KiB", "4.0 GiB"; "-" for what is unknown.
std::string size(std::optional<std::int64_t> bytes);

/// "950", "12.3 k", "4.0 M".
std::string short_count(double number);

/// "2026-11-27 05:26:37" in local time; "-" for 0.
std::string moment(double unix_seconds);

/// Text of others without what a terminal would obey: control characters and bytes that are no UTF-8 become `?`.
std::string printable(std::string_view text);

/// As part of a query (RFC 3986, 2.3): only what never has a meaning of its own stays as it is.
std::string encoded(std::string_view text);

/// Columns that a printable text takes: its characters. Wide ones count as one.
std::size_t columns_of(std::string_view text);
/// At most so many of its columns; what was cut ends in `…`.
std::string cut(std::string_view text, std::size_t columns);

}  // namespace orrery::ctl
