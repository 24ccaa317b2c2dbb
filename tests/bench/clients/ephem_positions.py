"""Nanoseconds per position by PyEphem: a line a body, the best of several rounds, for scripts/bench planets."""

import math
import random
import time

import ephem

SKIES, ROUNDS = 500, 5


def skies():
    draw = random.Random(1)
    for _ in range(SKIES):
        when = ephem.Date(25567.5 + draw.uniform(1.795e9, 1.796e9) / 86400)  # days since 1899-12-31 12:00
        yield when, math.radians(draw.uniform(-180, 180)), math.radians(draw.uniform(-90, 90)), draw.uniform(0, 4000)


def ask(body, all_of_them):
    """One tracker a request, as the article's application has it."""
    make = getattr(ephem, body.capitalize())
    for when, lon, lat, elevation in all_of_them:
        observer = ephem.Observer()
        observer.date, observer.lon, observer.lat, observer.elevation = when, lon, lat, elevation
        position = make()
        position.compute(observer)
        position.az, position.alt


def best(body, all_of_them):
    taken = []
    for _ in range(ROUNDS):
        began = time.perf_counter_ns()
        ask(body, all_of_them)
        taken.append((time.perf_counter_ns() - began) / len(all_of_them))
    return min(taken)


everything = list(skies())
for name in ("sun", "moon", "mercury", "venus", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto"):
    print(name, round(best(name, everything)))
