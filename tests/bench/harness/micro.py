"""scripts/bench micro: the parts of a request in nanoseconds and in instructions; a change of 2 % shows in the latter."""

import re
import subprocess
import tempfile
from pathlib import Path

from . import build, instructions, load, machine, packages, progress, report

FEW, MANY = 200, 1200


def parts(binary):
    return load.run([binary, "list"], 30).splitlines()


def nanoseconds(binary, part, rounds):
    """The best of `rounds` runs, each the best of many short ones: what the machine can do when left alone."""
    return min(float(load.run([binary, "time", part], 60)) for _ in range(rounds))


def count(binary, part):
    def total(times):
        with tempfile.TemporaryDirectory(prefix="orrery-bench-") as directory:
            words = [*instructions.VALGRIND, binary, "run", part, str(times)]
            subprocess.run(words, cwd=directory, check=True, capture_output=True, timeout=120)
            return sum(instructions.total_of(dump) for dump in Path(directory).glob("callgrind.out.*"))

    return (total(MANY) - total(FEW)) / (MANY - FEW)


def run(options):
    packages.install(["valgrind"])
    lines = machine.describe(options.command, ["valgrind"])
    binary = build.binaries("micro")["micro"]
    rows = []
    for part in parts(binary):
        if options.only and slug(part) not in options.only:
            continue
        progress.show(part)
        rows.append([part, report.number(nanoseconds(binary, part, 1 if options.quick else min(options.rounds, 7)), 1),
                     report.number(count(binary, part))])
    progress.clear()
    return ["## Single parts", "", *lines, "", *report.table(["part", "ns, best", "instructions"], rows)]


def slug(part):
    return re.sub(r"[^a-z0-9]+", "-", part.lower())


def listing():
    return [f"{slug(part):40} {part}" for part in parts(build.binaries("micro")["micro"])]
