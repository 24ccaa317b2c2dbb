"""scripts/bench peers files: files of Orrery, nginx and h2o, small and large; and whether what is required is met."""

import os
import shutil
import statistics
import tempfile
from dataclasses import replace
from pathlib import Path

from . import build, contestants, load, machine, packages, report
from .peers import CLIENT_CPU, SERVER_CPUS
from .required import Row
from .rounds import ratios, together
from .servers import Server

TOOLS = ["wrk", "util-linux"]
SERVERS = ["nginx-light", "h2o"]
CONNECTIONS = 64
ORRERY, NGINX = "Orrery async", "nginx"
# A round of the largest is longer: its files are shared out over the connections a piece at a time.
FILES = {"1K": (2**10, "1 KiB", 1), "100K": (100 * 2**10, "100 KiB", 1), "100M": (100 * 2**20, "100 MiB", 2)}


def make_files(directory):
    """One of each size, of bytes that nothing would compress; the peers leave root and still read them."""
    os.chmod(directory, 0o755)
    for name, (size, _, _) in FILES.items():
        Path(directory, name).write_bytes(os.urandom(size))


def orrery(binaries, directory):
    plain = contestants.orrery(binaries, "static")
    return replace(plain, name=ORRERY, path="/files/", environment={"ECHO_FILES": directory})


def nginx(directory):
    def command(place):
        return ["/usr/sbin/nginx", "-e", f"{place.directory}/error.log", "-c", place.fill("nginx_files.conf", files=directory)]

    return Server(NGINX, command)


def h2o(directory):
    user = "user: root" if os.geteuid() == 0 else ""
    return Server("h2o", lambda place: ["h2o", "-c", place.fill("h2o_files.conf", files=directory, user=user)])


class Bench:
    """One run: who takes part, what was measured so far."""

    def __init__(self, options, directory):
        self.options = options
        self.rounds = {}  # file -> {name: [Load of each round]}
        makers = {"nginx": nginx, "h2o": h2o}
        everybody = [orrery(build.binaries("echo"), directory),
                     *(make(directory) for program, make in makers.items() if shutil.which(contestants.PROGRAMS[program]))]
        self.servers = [s for s in everybody if not options.servers or any(word in s.name for word in options.servers)]

    def measure(self, name):
        size, _, times = FILES[name]
        self.rounds[name] = together(
            name, [replace(server, path=server.path + name) for server in self.servers],
            lambda s: load.wrk_of_file(s, times * self.options.seconds, size, CONNECTIONS, CLIENT_CPU), self.options.rounds,
            SERVER_CPUS)

    def ratio(self, name):
        results = self.rounds.get(name, {})
        if not results.get(ORRERY) or not results.get(NGINX):
            return None
        return ratios({who: [one.microseconds for one in results[who]] for who in (ORRERY, NGINX)}, ORRERY, NGINX)

    def median(self, name, server):
        loads = self.rounds.get(name, {}).get(server)
        return loads and report.number(statistics.median(one.microseconds for one in loads), 1)


def row(name):
    return Row(f"a file of {FILES[name][1]}: × nginx", 1.05, "{:.2f} ×", lambda bench: bench.ratio(name))


def run(options):
    packages.install(TOOLS + SERVERS)
    lines = machine.describe(options.command, TOOLS + SERVERS)
    directory = tempfile.mkdtemp(prefix="orrery-bench-files-")
    try:
        make_files(directory)
        bench = Bench(options, directory)
        for name in options.only or FILES:
            bench.measure(name)
    finally:
        shutil.rmtree(directory, ignore_errors=True)
    required = report.table(["what", "required", "measured (quartiles)", "met"], [row(name).line(bench) for name in FILES])
    measured = report.table(["server", *(f"{what}, CPU µs" for _, what, _ in FILES.values())],
                            [[server.name, *(bench.median(name, server.name) for name in FILES)] for server in bench.servers])
    lines += [f"- {options.rounds} rounds after one that is dropped; servers of one worker on CPU 0, wrk with {CONNECTIONS} "
              "connections on CPU 1; all files in memory", "", *required, "", *measured]
    return ["## Files", "", *lines]


def listing():
    return [f"{name:16} a file of {what}, {CONNECTIONS} connections" for name, (_, what, _) in FILES.items()]
