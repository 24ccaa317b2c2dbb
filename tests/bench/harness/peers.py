"""scripts/bench peers: Orrery, the limit server and other servers, side by side; and whether what is required is met."""

import statistics
import subprocess

from . import build, contestants, instructions, load, machine, packages, probes, progress, report, required
from .rounds import ratios, spread, together
from .servers import Failed

SERVER_CPUS, CLIENT_CPU = {0}, 1  # of what is pinned
AB_REQUESTS = {"quick": 8000, "whole": 15000}
FIXED_RATE = 10000
IDLE_CONNECTIONS = 10000

LIMIT = "limit server"
STATIC = "Orrery async, static"
PLANET = "Orrery async, planet"


class Bench:
    """One run: who takes part, what was measured so far."""

    def __init__(self, options):
        self.options = options
        self.rounds = {}  # measurement -> {name: [Load or Latency of each round]}
        self.figures = {}  # measurement -> {name: value}
        self.binaries = build.binaries("orrery", "echo", "limit", "floor", "open_loop")
        if not options.quick and (program := build.go_constant()):
            self.binaries["go"] = program

    def ours(self, route, *more, **settings):
        return contestants.orrery(self.binaries, route, *more, **settings)

    def needed(self):
        """The contestants without whom the required table cannot be filled."""
        return [contestants.limit(self.binaries), self.ours("static"), self.ours("planet"), self.ours("planet", log=True),
                self.ours("planet", "sync"), self.ours("planet", "threads")]

    def everybody(self):
        few = [*self.needed(), contestants.floor(self.binaries)]
        if self.options.quick:
            return few
        more = [self.ours("static", log=True), self.ours("static", "sync"), self.ours("static", "threads")]
        return few + more + contestants.constant_peers(self.binaries) + contestants.python_peers()

    def fast(self):
        """Those for whom one worker, many connections and no framework make a fair comparison."""
        mine = [contestants.limit(self.binaries), contestants.floor(self.binaries), self.ours("static"), self.ours("planet")]
        return mine if self.options.quick else mine + contestants.constant_peers(self.binaries)

    def chosen(self, servers):
        wanted = self.options.servers
        return [s for s in servers if s.group == "limit" or not wanted or any(word in s.name for word in wanted)]

    def in_rounds(self, name, servers, measure, cpus=SERVER_CPUS, most_rounds=1000):
        rounds = min(self.options.rounds, most_rounds)
        self.rounds[name] = together(name, self.chosen(servers), measure, rounds, cpus)

    def probe(self, name, servers, measure):
        """A figure for each of them."""
        self.figures.setdefault(name, {})
        for server in self.chosen(servers):
            progress.show(f"{name}: {server.name}")
            try:
                self.figures[name][server.name] = measure(server)
            except (Failed, OSError, ValueError, subprocess.SubprocessError) as failure:
                progress.say(f"{name}: {server.name} is left out: {failure}")
        progress.clear()

    # --- what the measurements found; nothing where one was not made ---
    def ratio(self, measurement, name, to=LIMIT, figure=lambda load: load.microseconds):
        results = self.rounds.get(measurement, {})
        if not results.get(name) or not results.get(to):
            return None
        numbers = {who: [figure(one) for one in results[who]] for who in (name, to)}
        return ratios(numbers, name, to)

    def difference(self, measurement, name, less):
        results = self.rounds.get(measurement, {})
        if not results.get(name) or not results.get(less):
            return None
        return spread([one.microseconds - other.microseconds for one, other in zip(results[name], results[less])])

    def figure(self, measurement, name):
        return self.figures.get(measurement, {}).get(name)


def keep_alive(bench):
    bench.in_rounds("keep-alive", bench.everybody(), lambda s: load.wrk(s, bench.options.seconds, cpu=CLIENT_CPU))


def many_connections(bench):
    bench.in_rounds("512 connections", bench.fast(), lambda s: load.wrk(s, bench.options.seconds, 512, cpu=CLIENT_CPU))


def pipelined(bench):
    bench.in_rounds("pipelined", bench.fast(), lambda s: load.wrk(s, bench.options.seconds, cpu=CLIENT_CPU, depth=16))


def two_workers(bench):
    if bench.options.quick:
        return
    servers = bench.needed() + [contestants.nginx()]
    bench.in_rounds("two workers", [contestants.with_workers(server, 2) for server in servers],
                    lambda s: load.wrk(s, bench.options.seconds), cpus=None)


def new_connections(bench):
    size = AB_REQUESTS["quick" if bench.options.quick else "whole"]
    servers = [contestants.limit(bench.binaries, close=True), bench.ours("static")]
    if not bench.options.quick:
        servers.append(contestants.nginx())
    floor = [contestants.floor(bench.binaries, close=True)]  # has one worker
    for workers, more, server_cpus, client_cpu in ((1, floor, SERVER_CPUS, CLIENT_CPU), (4, [], None, None)):
        bench.in_rounds(f"new connections, {workers}", [contestants.with_workers(s, workers) for s in servers + more],
                        lambda s: load.ab(s, size, False, cpu=client_cpu), cpus=server_cpus)


def fixed_rate(bench):
    servers = bench.fast() + ([contestants.nginx()] if bench.options.quick else [])
    seconds = min(bench.options.seconds, 0.5) if bench.options.quick else bench.options.seconds
    bench.in_rounds("fixed rate", servers, lambda s: load.open_loop(
        bench.binaries["open_loop"], s, FIXED_RATE, seconds, cpu=CLIENT_CPU))


def article_stack(bench):
    """The article's own command; more requests for those who would be done before they are warm."""
    def measure(running):
        slow = running.server.group == "peer"
        return load.ab(running, 1000 if slow else AB_REQUESTS["quick"], True)

    # The limit server shows what ab itself can do.
    servers = [contestants.limit(bench.binaries), bench.ours("planet"), contestants.GUNICORN_AIOHTTP,
               contestants.GUNICORN_FLASK]
    for workers in (1, 4):
        bench.in_rounds(f"article, {workers}", [contestants.with_workers(s, workers) for s in servers], measure, cpus=None,
                        most_rounds=3 if bench.options.quick else 1000)


def counted(bench):
    servers = [bench.ours("static"), bench.ours("planet")]
    if not bench.options.quick:
        servers += [contestants.limit(bench.binaries), contestants.floor(bench.binaries),
                    bench.ours("planet", log=True), bench.ours("planet", "sync"),
                    bench.ours("planet", "threads")]
        servers += [s for s in contestants.constant_peers(bench.binaries) if s.name.startswith(("h2o", "lighttpd", "nginx"))]
    bench.probe("instructions", servers, instructions.per_request)


def called(bench):
    servers = [bench.ours("planet")] if bench.options.quick else bench.everybody()
    bench.probe("system calls", servers, probes.system_calls)


def remembered(bench):
    servers = [bench.ours("planet")] if bench.options.quick else bench.fast() + [contestants.GUNICORN_AIOHTTP]
    bench.probe("memory", servers, lambda server: probes.memory(server, IDLE_CONNECTIONS))
    bench.probe("worker memory", [bench.ours("static"), bench.ours("planet")], probes.worker_memory)


def started(bench):
    servers = [bench.ours("planet")]
    if not bench.options.quick:
        servers += [bench.ours("static"), *contestants.constant_peers(bench.binaries), contestants.GUNICORN_AIOHTTP,
                    contestants.GUNICORN_FLASK]
    bench.probe("start", servers, lambda server: probes.start_seconds(server) * 1000)


MEASUREMENTS = {
    "keep-alive": (keep_alive, "CPU for one request, wrk -t1 -c64, one worker"),
    "512": (many_connections, "the same with 512 connections"),
    "pipelined": (pipelined, "the same with 16 requests sent at once"),
    "two-workers": (two_workers, "two workers, nothing pinned"),
    "new-connections": (new_connections, "ab without -k, 1 and 4 workers"),
    "fixed-rate": (fixed_rate, f"latency at {FIXED_RATE} requests/s, from the moment each was due"),
    "article": (article_stack, "ab -k -c 20 beside gunicorn, 1 and 4 workers"),
    "instructions": (counted, "user instructions for one request (callgrind)"),
    "system-calls": (called, "system calls for one request (strace)"),
    "memory": (remembered, f"idle, and with {IDLE_CONNECTIONS} idle connections"),
    "start": (started, "from the fork to the first 200"),
}


def measured_table(bench):
    """Everybody's figures, a row each."""
    rows = []
    for server in bench.everybody():
        name = server.name
        loads = bench.rounds.get("keep-alive", {}).get(name)
        memory = bench.figure("memory", name) or (None, None, None)
        latencies = bench.rounds.get("fixed rate", {}).get(name)
        rows.append([
            name,
            loads and report.number(statistics.median(one.microseconds for one in loads), 1),
            bench.ratio("keep-alive", name),
            bench.ratio("512 connections", name) and f"{bench.ratio('512 connections', name).median:.2f}",
            bench.ratio("pipelined", name) and f"{bench.ratio('pipelined', name).median:.2f}",
            bench.ratio("two workers", name) and f"{bench.ratio('two workers', name).median:.2f}",
            loads and report.number(statistics.median(one.per_second for one in loads)),
            latencies and " / ".join(report.number(statistics.median(getattr(one, part) for one in latencies))
                                     for part in ("p50", "p99", "p999")),
            report.number(bench.figure("instructions", name)),
            report.number(bench.figure("system calls", name), 2),
            report.count_of_bytes(memory[0]),
            report.number(memory[1]),
            report.number(bench.figure("start", name), 1),
        ])
    head = ["server", "CPU µs", "× limit (quartiles)", "512 conn.", "pipelined ×16", "2 workers", "req/s",
            "p50 / p99 / p99.9 µs", "instr.", "syscalls", "PSS idle", "B per idle conn.", "start ms"]
    return report.table(head, rows)


def connections_table(bench):
    rows = []
    for workers in (1, 4):
        for name, loads in bench.rounds.get(f"new connections, {workers}", {}).items():
            rows.append([f"{name}, {workers} worker{'s' if workers > 1 else ''}",
                         report.number(statistics.median(one.microseconds for one in loads), 1),
                         bench.ratio(f"new connections, {workers}", name)])
    return report.table(["a connection for each request", "CPU µs", "× limit (quartiles)"], rows) if rows else []


def article_table(bench):
    rows = [[f"{name}, {workers} worker{'s' if workers > 1 else ''}",
             report.number(statistics.median(one.per_second for one in loads)),
             report.number(statistics.median(one.microseconds for one in loads), 1)]
            for workers in (1, 4) for name, loads in bench.rounds.get(f"article, {workers}", {}).items()]
    return report.table(["`ab -k -c 20`", "requests/s", "CPU µs"], rows) if rows else []


def run(options):
    needed = packages.TOOLS + (["nginx-light"] if options.quick else packages.SERVERS) + packages.PYTHON
    packages.install(needed)
    lines = machine.describe(options.command, needed)
    bench = Bench(options)
    for name, (measure, _) in MEASUREMENTS.items():
        if not options.only or name in options.only:
            measure(bench)
    lines += [f"- {options.rounds} rounds of {options.seconds} s after one that is dropped; servers of one worker on CPU 0, "
              "their clients on CPU 1", "",
              "### Required", "", *required.table(bench), "", "### Measured", "", *measured_table(bench)]
    for more in (connections_table(bench), article_table(bench)):
        lines += ["", *more] if more else []
    return ["## Peers", "", *lines]


def listing():
    return [f"{name:16} {what}" for name, (_, what) in MEASUREMENTS.items()]
