// Number: the text of a number, a size or a time, read and printed.
//
// Pure. Exact: what cannot be said in the unit of a setting is refused, never rounded. What it prints it also reads.
// It knows a row's kind, range and words, and never the Config behind it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace orrery::config {

/// The number that `text` is for a row of kind kInteger, kSize or kDuration (then in ms), or its word for 0. Fails with
/// a sentence for what is none, and for one above the range; not for one below it that is not negative.
Result<std::int64_t> read_integer(const Setting& setting, const std::string& text);

/// As one would write it: "30s", "64k", "022".
std::string print_number(const Setting& setting, std::int64_t value);

/// "1 to 256, or auto"; "debug | info | …"; empty when there is nothing to say.
std::string describe_range(const Setting& setting);

/// The sentence for a value that is not in the range of its row.
std::string out_of_range(const Setting& setting, std::string_view shown);

}  // namespace orrery::config
