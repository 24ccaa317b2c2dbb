"""What is required of Orrery, each row with what was measured and whether it is met."""

from dataclasses import dataclass
from typing import Callable

from . import report

LIMIT, STATIC, PLANET = "limit server", "Orrery async, static", "Orrery async, planet"
NGINX = "nginx, constant"


@dataclass(frozen=True)
class Row:
    what: str
    bound: float
    form: str  # how bound and figure are written
    measured: Callable  # of a Bench; None when it was not
    at_least: bool = False

    def line(self, bench):
        found = self.measured(bench)
        wanted = ("≥ " if self.at_least else "≤ ") + self.form.format(self.bound)
        if found is None:
            return [self.what, wanted, "not measured", ""]
        figure = getattr(found, "median", found)
        low_and_high = [self.form.format(getattr(found, end, 0)).split()[0] for end in ("low", "high")]
        spread = f" ({'–'.join(low_and_high)})" if hasattr(found, "median") else ""
        met = figure >= self.bound if self.at_least else figure <= self.bound
        return [self.what, wanted, self.form.format(figure) + spread, "yes" if met else "**no**"]


def times(what, bound, measurement, name, to=LIMIT):
    return Row(what, bound, "{:.2f} ×", lambda bench: bench.ratio(measurement, name, to))


def ahead(what, bound, workers, peer):
    return Row(what, bound, "{:.1f} ×", lambda bench: bench.ratio(
        f"article, {workers}", PLANET, peer, figure=lambda load: load.per_second), at_least=True)


def memory_each(bench):
    found = bench.figure("memory", PLANET)
    return found and found[1]


ROWS = [
    times("planet route, full work, access log off", 1.18, "keep-alive", PLANET),
    times("static route", 1.08, "keep-alive", STATIC),
    times("static route, 512 connections", 1.12, "512 connections", STATIC),
    times("pipelined 16 deep, static route", 1.4, "pipelined", STATIC),
    times("pipelined 16 deep, planet route", 3, "pipelined", PLANET),
    times("new connection each time, 1 worker", 1.05, "new connections, 1", STATIC),
    times("new connection each time, 4 workers", 1.13, "new connections, 4", STATIC),
    Row("user instructions, static route", 4500, "{:,.0f}", lambda bench: bench.figure("instructions", STATIC)),
    Row("user instructions, planet route", 9000, "{:,.0f}", lambda bench: bench.figure("instructions", PLANET)),
    Row("access log on adds", 0.2, "{:.2f} µs", lambda bench: bench.difference("keep-alive", PLANET + ", access log", PLANET)),
    Row("p50 at a fixed rate beside nginx, planet route", 1.05, "{:.2f} ×", lambda bench: bench.ratio(
        "fixed rate", PLANET, NGINX, figure=lambda latency: latency.p50)),
    Row("user memory of an idle connection, of 10,000", 600, "{:,.0f} B", memory_each),
    Row("PSS of an idle worker beyond the table (that of tests/echo, which has none)", 1, "{:.2f} MiB",
        lambda bench: (found := bench.figure("worker memory", STATIC)) and found / 2**20),
    Row("start to the first 200", 10, "{:.1f} ms", lambda bench: bench.figure("start", PLANET)),
    Row("system calls for one request", 2.1, "{:.2f}", lambda bench: bench.figure("system calls", PLANET)),
    times("`sync`, planet route", 1.2, "keep-alive", "Orrery sync, planet"),
    times("`threads`, planet route", 2, "keep-alive", "Orrery threads, planet"),
    ahead("requests/s of gunicorn + aiohttp, 1 worker", 15, 1, "gunicorn + aiohttp, PyEphem"),
    ahead("requests/s of gunicorn + aiohttp, 4 workers", 15, 4, "gunicorn + aiohttp, PyEphem"),
    ahead("requests/s of gunicorn + Flask, 1 worker", 40, 1, "gunicorn + Flask, PyEphem"),
    ahead("requests/s of gunicorn + Flask, 4 workers", 40, 4, "gunicorn + Flask, PyEphem"),
]


def table(bench):
    return report.table(["what (× the limit server in the same round unless said)", "required", "measured (quartiles)", "met"],
                        [row.line(bench) for row in ROWS])
