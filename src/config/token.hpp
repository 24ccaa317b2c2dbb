// Token: the secret that requests to the admin process bring, as its file has it.
//
// Asked when the configuration is checked, and once by the master before it begins, with the rights that it has then.
// What is in the file is never printed, logged or published; the setting is only its path.
#pragma once

#include <string>

#include "orrery/result.hpp"

namespace orrery::config {

/// The file's one line, without blanks around it. Fails with a sentence when the file cannot be read, or when its text
/// is no token of 16 to 512 visible characters.
Result<std::string> read_token(const std::string& path);

}  // namespace orrery::config
