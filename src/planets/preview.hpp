// Preview: what the page says of the place and the time in its link before any script runs: its title and description,
// which messengers and searches show of a link, and for readers without JavaScript a table and a picture.
//
// Pure: the page's text, a request and the Earth's rotation in, text out; in a worker. Of the link only what is escaped
// comes into the page. It never says what is wrong with a link: the page does.
#pragma once

#include <string>
#include <string_view>

#include "orrery/request.hpp"

#include "planets/earth_rotation.hpp"

namespace orrery::planets {

/// `page` with what stands between its marks (`<!--preview-->`, `<!--table-->`) made for the link. Where the link names
/// no place and no time, or one that is wrong, only a picture of what is over the usual place (`<!--image-->`) is put
/// in.
[[nodiscard]] std::string preview(std::string_view page, const Request& request, const EarthRotation& rotation);

}  // namespace orrery::planets
