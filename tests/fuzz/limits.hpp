// Limits: configurations with limits so low that short inputs reach them.
#pragma once

#include "orrery/config.hpp"

namespace orrery::fuzz {

inline Config low_limits() {
  Config config;
  config.limit_request_line = 40;
  config.limit_request_fields = 4;
  config.limit_request_field_size = 48;
  config.limit_request_head = 160;
  config.limit_request_body = 24;
  return config;
}

inline Config limits_for(bool low) { return low ? low_limits() : Config{}; }

}  // namespace orrery::fuzz
