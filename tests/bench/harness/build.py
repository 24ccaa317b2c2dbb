"""The programs of this repository that the benchmarks run, built as release."""

import json
import os
import subprocess
from pathlib import Path

from . import progress
from .servers import HERE, Failed

ROOT = HERE.parent.parent
BUILD = ROOT / "build" / "release"
TARGETS = {
    "orrery": "orrery",
    "echo": "tests/echo",
    "limit": "tests/bench/limit",
    "floor": "tests/bench/floor",
    "open_loop": "tests/bench/open_loop",
    "micro": "tests/bench/micro",
    "fetch": "tests/bench/fetch",
    "ephemeris_bench": "tests/bench/ephemeris_bench",
    "swe_positions": "tests/bench/swe_positions",
}


def known_targets():
    done = subprocess.run(["meson", "introspect", "--targets", str(BUILD)], capture_output=True, text=True)
    if done.returncode != 0:
        return set()
    return {str(Path(name).relative_to(BUILD)) for target in json.loads(done.stdout) for name in target["filename"]}


def binaries(*names):
    """{name: path}, built now. One whose library is not installed is missing from it."""
    progress.show("building")
    if BUILD.is_dir() and not {TARGETS[name] for name in names} <= known_targets():
        # Configured when a library was not there yet.
        subprocess.run(["meson", "setup", "--reconfigure", str(BUILD)], capture_output=True)
    run_build(["orrery"])
    present = known_targets()
    wanted = [name for name in names if TARGETS[name] in present]
    run_build([TARGETS[name] for name in wanted])
    progress.clear()
    return {name: str(BUILD / TARGETS[name]) for name in wanted}


def run_build(targets):
    done = subprocess.run([str(ROOT / "scripts" / "build"), "release", *targets], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed("scripts/build release failed:\n" + (done.stdout + done.stderr)[-2000:])


def go_constant():
    """The Go peer; nothing when there is no Go."""
    program = BUILD / "tests" / "bench" / "constant_go"
    source = HERE / "peers" / "constant.go"
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        progress.show("building the Go peer")
        try:
            done = subprocess.run(["go", "build", "-o", str(program), str(source)], capture_output=True, text=True,
                                  timeout=300, env=dict(os.environ, GO111MODULE="off", GOFLAGS=""))
        except (OSError, subprocess.TimeoutExpired) as failure:
            progress.say(f"the Go peer is left out: {failure}")
            return None
        if done.returncode != 0:
            progress.say("the Go peer is left out: " + done.stderr[-300:])
            return None
    return str(program)
