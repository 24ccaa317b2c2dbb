"""scripts/bench planets: what a planet's position costs, beside libswe and PyEphem in the same run."""

import re
import shutil

from . import build, contestants, load, machine, packages, progress, report
from .servers import HERE, Failed

BODIES = ("sun", "moon", "mercury", "venus", "mars", "jupiter", "saturn", "uranus", "neptune", "pluto")


def ours(binary):
    """{body: ns}, each with a sky of its own; and under "shared" the share of ten that have one sky."""
    today = load.run([binary], 300).split("skies of three centuries")[0]
    found = {name: float(taken) for name, taken in re.findall(r"^\s+(\w+)\s+(\d+) ns$", today, re.MULTILINE)}
    shared = re.search(r"of ten\s+(\d+) ns each", today)
    return found | ({"shared": float(shared[1])} if shared else {})


def lines_of(words):
    return dict(line.split() for line in load.run(words, 300).splitlines())


def asked(what, words):
    progress.show(what)
    try:
        return lines_of(words)
    except (Failed, OSError) as failure:
        progress.say(f"{what} is left out: {failure}")
        return {}


def best_of(runs):
    """The least figure of each body over several runs."""
    found = {}
    for run in runs:
        for body, taken in run.items():
            if body != "source":
                found[body] = min(float(taken), found.get(body, float("inf")))
    return found


def run(options):
    used = ["libswe-dev", "swe-basic-data", "python3-ephem"]
    packages.install(used)
    lines = machine.describe(options.command, used)
    binaries = build.binaries("orrery", "ephemeris_bench", "swe_positions")
    rounds = 1 if options.quick else min(options.rounds, 3)
    mine, swiss, python = [], [], []
    for turn in range(rounds):  # in turn, so that a slow moment of the machine is nobody's alone
        progress.show(f"planets: round {turn + 1} of {rounds}")
        mine.append(ours(binaries["ephemeris_bench"]))
        if "swe_positions" in binaries:
            swiss.append(asked("libswe", [binaries["swe_positions"]]))
        if shutil.which(contestants.PYTHON):
            python.append(asked("PyEphem", [contestants.PYTHON, str(HERE / "clients" / "ephem_positions.py")]))
    progress.clear()
    source = next((run["source"] for run in swiss if "source" in run), "")
    mine, swiss, python = best_of(mine), best_of(swiss), best_of(python)
    rows = [[body, report.number(mine[body]), report.number(swiss.get(body)), times(swiss, mine, body),
             report.number(python.get(body)), times(python, mine, body)] for body in BODIES]
    rows.append(["each of ten, one sky shared", report.number(mine.get("shared"))])
    how = f"- Best of {rounds} runs in turn; azimuth and altitude, a sky for each; libswe from its {source or 'files'}"
    return ["## Planets", "", *lines, how, "",
            *report.table(["body", "Orrery, ns", "libswe, ns", "× Orrery", "PyEphem, ns", "× Orrery"],
                          [row + [""] * (6 - len(row)) for row in rows])]


def times(theirs, mine, body):
    return f"{theirs[body] / mine[body]:.1f}" if body in theirs else ""


def listing():
    return ["positions   ns for the position of each body, beside libswe and PyEphem"]
