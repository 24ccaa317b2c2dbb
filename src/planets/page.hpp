// The page at `/`: the sky over one's own horizon, live. A client of the planet API like any other: what is served here
// are files that never change while the program runs (assets.hpp), each in the form the client likes best; only the
// page itself is made for the link that asks (preview.hpp).
//
//   GET /                    the page; asked about again each time (ETag, 304)
//   GET /page/HASH/NAME      its styles and modules; kept by the browser for good
//   GET /service_worker.js   what lets a browser keep all of these, for when the server is not reached
//   GET /icon-SIZE.png       its sign, for devices that install it (icon.hpp)
#pragma once

#include <memory>

#include "orrery/app.hpp"

#include "planets/earth_rotation.hpp"

namespace orrery::planets {

void add_page(App& app, std::shared_ptr<const EarthRotation> rotation);

}  // namespace orrery::planets
