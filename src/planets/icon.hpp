// Icon: the page's sign as a PNG, for devices that install the page; browsers' tabs have it as page/icon.svg.
//
// Pure: the same size gives the same bytes. Drawn in the thread of the caller, in some milliseconds; it keeps nothing,
// its caller does.
#pragma once

#include <string>

namespace orrery::planets {

/// `size` pixels a side, with the sign on `share` of them: a device that cuts icons to a shape of its own shows what
/// lies within 0.8 of the side (W3C, Web Application Manifest, "maskable").
[[nodiscard]] std::string icon_png(int size, double share);

}  // namespace orrery::planets
