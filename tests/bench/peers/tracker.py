"""Where a planet stands over an observer, by PyEphem: what both Python services answer."""

import math

import ephem

GREENWICH = {"lon": -0.0005, "lat": 51.4769, "elevation": 0.0}


def place_of(query):
    """The observer's place of a query string's values; Greenwich unless all three are there."""
    if all(name in query for name in GREENWICH):
        return {name: float(query[name]) for name in GREENWICH}
    return dict(GREENWICH)


def sky_of(name, place):
    observer = ephem.Observer()
    observer.lon = math.radians(place["lon"])
    observer.lat = math.radians(place["lat"])
    observer.elevation = place["elevation"]
    body = getattr(ephem, name.capitalize())()
    body.compute(observer)
    return {"az": math.degrees(body.az), "alt": math.degrees(body.alt), "name": name}
