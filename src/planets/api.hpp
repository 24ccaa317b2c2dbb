// The planet service: its routes on the public API, like any stranger's program.
//
//   GET /planets/{name}?lon=&lat=&elevation=   one body: azimuth and apparent altitude, and what `fields` asks for
//   GET /planets?…                             all ten
//   GET /planets/{name}/events?days=           rises, transits, sets
//   GET /planets/{name}/track?from=&to=&step=  a path over the sky
//   GET /planets/stream?interval=              the sky as it moves, as server-sent events (class `async`)
//   GET /events?time=&days=&lon=&lat=          what bodies do together; /events.ics: as a calendar
//   GET /eclipses?lon=&lat=&elevation=&days=  eclipses, and what the place sees of them
//   GET /twilight?lon=&lat=&elevation=         when it grows light and dark
//   GET /tonight?lon=&lat=&elevation=&time=    what a night has to show, body by body
//   GET /sky.svg?lon=&lat=&elevation=&time=    the sky as a picture
//   GET /sky.png?lon=&lat=&elevation=&time=    the same for messengers, in pixels
//   GET /places?q=                             cities by name, with their coordinates and zones
//   GET /openapi.json, /docs                   all of this in full
//   GET /                                      a page that shows them (page.hpp)
//
// In ORRERY_PLANETS_DUT1 (seconds) or ORRERY_PLANETS_FINALS2000A (a file of the IERS) an operator may give UT1 - UTC;
// read when a worker starts, which a bad value keeps from serving.
#pragma once

#include "orrery/app.hpp"

namespace orrery::planets {

App make_app();

}  // namespace orrery::planets
