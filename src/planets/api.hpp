// The planet service: its routes on the public API, like any stranger's program.
//
//   GET /planets/{name}?lon=&lat=&elevation=   one body: azimuth and apparent altitude
//   GET /planets?lon=&lat=&elevation=          all ten
//   GET /                                      a page that shows them (page.hpp)
#pragma once

#include "orrery/app.hpp"

namespace orrery::planets {

App make_app();

}  // namespace orrery::planets
