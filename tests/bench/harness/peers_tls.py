"""scripts/bench peers tls: Orrery and other servers over TLS, by HTTP/1.1 and HTTP/2; and whether what is required is met."""

import shutil
import statistics
import subprocess
import tempfile

from . import build, contestants_tls, load_tls, machine, packages, probes, progress, report
from .peers import CLIENT_CPU, PLANET, SERVER_CPUS, STATIC
from .required import NGINX, Row
from .rounds import ratios, together
from .servers import Failed

H2O = "h2o, small file"
IDLE_CONNECTIONS = {"quick": 200, "whole": 2000}
TOOLS = ["nghttp2-client", "openssl", "util-linux"]
SERVERS = ["nginx-light", "h2o", "haproxy", "lighttpd", "lighttpd-mod-openssl"]


class Bench:
    """One run: who takes part, what was measured so far."""

    def __init__(self, options, certificates):
        self.options = options
        self.rounds = {}  # measurement -> {name: [Load of each round]}
        self.figures = {}  # measurement -> {name: bytes of an idle connection}
        binaries = build.binaries("orrery", "echo")
        everybody = [*(contestants_tls.orrery(binaries, route, certificates) for route in ("static", "planet")),
                     *contestants_tls.peers(certificates)]
        wanted = options.servers
        self.servers = [s for s in everybody if not wanted or any(word in s.name for word in wanted)]

    def in_rounds(self, name, measure):
        self.rounds[name] = together(name, self.servers, measure, self.options.rounds, SERVER_CPUS)

    def ratio(self, measurement, name, to):
        results = self.rounds.get(measurement, {})
        if not results.get(name) or not results.get(to):
            return None
        return ratios({who: [one.microseconds for one in results[who]] for who in (name, to)}, name, to)

    def memory_ratio(self, measurement, name, to):
        figures = self.figures.get(measurement, {})
        return figures[name] / figures[to] if figures.get(name) and figures.get(to) else None


def by_h2load(connections, streams, http1=False):
    def run(bench, name):
        bench.in_rounds(name, lambda s: load_tls.h2load(s, bench.options.seconds, connections, streams, http1, CLIENT_CPU))
    return run


def shaking_hands(resumed):
    def run(bench, name):
        bench.in_rounds(name, lambda s: load_tls.handshakes(s, bench.options.seconds, resumed, CLIENT_CPU))
    return run


def remembered(http2):
    def run(bench, name):
        bench.figures[name] = {}
        for server in bench.servers:
            progress.show(f"{name}: {server.name}")
            try:
                bench.figures[name][server.name] = bytes_of_idle(server, http2, bench.options.quick)
            except (Failed, OSError, ValueError, subprocess.SubprocessError) as failure:
                progress.say(f"{name}: {server.name} is left out: {failure}")
        progress.clear()
    return run


def bytes_of_idle(server, http2, quick):
    """PSS that a connection adds which had a request answered and waits."""
    running = server.start()
    try:
        # What the first connections leave behind belongs to the server.
        for connection in load_tls.hold_idle(running, 8, http2):
            connection.close()
        probes.settled(running)
        before = running.proportional_memory()
        held = load_tls.hold_idle(running, IDLE_CONNECTIONS["quick" if quick else "whole"], http2)
        probes.settled(running)
        grown = running.proportional_memory() - before
        for connection in held:
            connection.close()
        return grown / len(held) if held else None
    finally:
        running.stop()


MEASUREMENTS = {
    "h1": (by_h2load(64, 1, http1=True), "HTTP/1.1 over TLS 1.3, 64 connections that are kept alive"),
    "h2-16x16": (by_h2load(16, 16), "HTTP/2 over TLS, 16 connections with 16 requests each at once"),
    "h2-64x1": (by_h2load(64, 1), "HTTP/2 over TLS, 64 connections with one request each at once"),
    "handshake": (shaking_hands(False), "a connection for each request, full handshake (ECDSA P-256)"),
    "resumed": (shaking_hands(True), "the same, of sessions that are resumed"),
    "idle-tls": (remembered(False), "memory of an idle connection of HTTP/1.1 over TLS"),
    "idle-h2": (remembered(True), "memory of an idle connection of HTTP/2 over TLS"),
}


def times(what, bound, measurement, name, to):
    return Row(what, bound, "{:.2f} ×", lambda bench: bench.ratio(measurement, name, to))


def memory(what, bound, measurement):
    return Row(what, bound, "{:.2f} ×", lambda bench: bench.memory_ratio(measurement, STATIC, NGINX))


ROWS = [
    times("HTTP/1.1 over TLS 1.3, keep-alive, planet route: × nginx's constant", 1.0, "h1", PLANET, NGINX),
    times("HTTP/2, 16 × 16, static route: × h2o's small file", 1.1, "h2-16x16", STATIC, H2O),
    times("HTTP/2, 16 × 16, planet route: × h2o's small file", 1.6, "h2-16x16", PLANET, H2O),
    times("HTTP/2, 64 × 1, planet route: × nginx's constant", 1.0, "h2-64x1", PLANET, NGINX),
    times("full handshake, with a request of the static route: × nginx", 1.03, "handshake", STATIC, NGINX),
    times("resumed handshake, the same: × nginx", 1.03, "resumed", STATIC, NGINX),
    memory("idle TLS connection: × nginx", 1.0, "idle-tls"),
    memory("idle HTTP/2 connection: × nginx", 1.2, "idle-h2"),
]


def measured_table(bench):
    def microseconds(name, server):
        loads = bench.rounds.get(name, {}).get(server)
        return loads and report.number(statistics.median(one.microseconds for one in loads), 1)

    timed = [name for name in MEASUREMENTS if not name.startswith("idle")]
    rows = [[server.name, *(microseconds(name, server.name) for name in timed),
             *(report.number(bench.figures.get(name, {}).get(server.name)) for name in ("idle-tls", "idle-h2"))]
            for server in bench.servers]
    return report.table(["server", *(f"{name}, CPU µs" for name in timed), "idle-tls, B", "idle-h2, B"], rows)


def run(options):
    packages.install(TOOLS + SERVERS)
    lines = machine.describe(options.command, TOOLS + SERVERS)
    certificates = tempfile.mkdtemp(prefix="orrery-bench-tls-")
    try:
        contestants_tls.make_certificates(certificates)
        bench = Bench(options, certificates)
        for name, (measure, _) in MEASUREMENTS.items():
            if not options.only or name in options.only:
                measure(bench, name)
    finally:
        shutil.rmtree(certificates, ignore_errors=True)
    required = report.table(["what", "required", "measured (quartiles)", "met"], [row.line(bench) for row in ROWS])
    lines += [f"- {options.rounds} rounds of {options.seconds} s after one that is dropped; servers of one worker on CPU 0, "
              "their clients (h2load, openssl s_time) on CPU 1; TLS 1.3, one certificate (ECDSA P-256) for all", "",
              *required, "", *measured_table(bench)]
    return ["## Peers over TLS", "", *lines]


def listing():
    return [f"{name:16} {what}" for name, (_, what) in MEASUREMENTS.items()]
