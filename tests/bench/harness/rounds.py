"""Rounds: every contestant once a round, in turn, and what the rounds say together.

A machine that others use is fast in one second and slow in the next. So figures are compared within a round only,
each against the limit server of the same round, and the median over the rounds is what counts.
"""

import statistics
from dataclasses import dataclass

from . import progress
from .servers import Failed


def interleave(what, contestants, measure, rounds):
    """{name: [result of each round]}. `measure` takes a value of `contestants`; the first round warms up and is dropped.

    A contestant whose measurement fails twice in a row is left out from then on, and that is said."""
    results = {name: [] for name in contestants}
    names = list(contestants)
    for turn in range(rounds + 1):
        # Rotated, so that nobody always follows the same neighbour.
        for name in names[turn % max(len(names), 1):] + names[:turn % max(len(names), 1)]:
            if name not in results:
                continue
            progress.show(f"{what}: round {turn} of {rounds}: {name}")
            try:
                result = twice_if_needed(measure, contestants[name])
            except (Failed, OSError, LookupError, ArithmeticError) as failure:
                # One server's trouble must not cost the others their results.
                progress.say(f"{what}: {name} is left out: {failure}")
                del results[name]
                continue
            if turn > 0:
                results[name].append(result)
    progress.clear()
    return results


def twice_if_needed(measure, contestant):
    """On a machine that others use a client may get no second of its own."""
    try:
        return measure(contestant)
    except Failed:
        return measure(contestant)


def together(what, servers, measure, rounds, cpus=None):
    """interleave() over servers, started before and stopped after; one that does not start is left out, and that is said."""
    running = {}
    try:
        for server in servers:
            progress.show(f"{what}: starting {server.name}")
            try:
                running[server.name] = server.start(cpus)
            except (Failed, OSError) as failure:
                progress.say(f"{what}: {server.name} is left out: {failure}")
        return interleave(what, running, measure, rounds)
    finally:
        for server in running.values():
            server.stop()


@dataclass(frozen=True)
class Spread:
    """A median and the quartiles around it."""

    median: float
    low: float
    high: float

    def __str__(self):
        return f"{self.median:.2f} ({self.low:.2f}–{self.high:.2f})"


def spread(values):
    ordered = sorted(values)
    if len(ordered) < 2:
        return Spread(ordered[0], ordered[0], ordered[0])
    low, median, high = statistics.quantiles(ordered, n=4, method="inclusive")
    return Spread(median, low, high)


def ratios(results, name, to):
    """The spread of name's figure over `to`'s, round by round."""
    return spread([one / other for one, other in zip(results[name], results[to])])
