// SecurityHeaders: fields by which browsers protect the visitors of a page, as a ready-made layer.
//
// Each is added to every answer that does not have it: a handler that sets one of its own keeps it.
#pragma once

#include <string>

#include "orrery/export.hpp"
#include "orrery/layer.hpp"

namespace orrery {

/// Values of fields; an empty one is not sent.
struct SecurityHeaders {
  /// Only over https, as a trusted proxy tells.
  std::string strict_transport_security = "max-age=31536000";
  std::string content_security_policy = "default-src 'self'; frame-ancestors 'none'";
  std::string x_content_type_options = "nosniff";
  std::string x_frame_options = "DENY";
  std::string referrer_policy = "strict-origin-when-cross-origin";
  std::string cross_origin_opener_policy = "same-origin";
  std::string permissions_policy = {};
};

ORRERY_EXPORT Layer security_headers(SecurityHeaders values = {});

}  // namespace orrery
