"""scripts/bench article: the two tables of the article Orrery began from, and Orrery beside them.

Servers: a planet's position by aiohttp and by Flask, under their development servers and under gunicorn, and by Orrery, developing
(`--reload`) and in production, measured with the article's own ab command; then a longer wrk run. Clients: requests one after the
other, by threads, and on one event loop, against a server that answers after a set delay.
"""

import os
import statistics
import subprocess
import time
from dataclasses import replace

from . import build, chart, contestants, load, machine, packages, progress, report
from .rounds import together
from .servers import HERE, Failed, Server

# Requests per second in the article.
ARTICLE = {"aiohttp": 2023.08, "Flask": 721.92, "gunicorn + aiohttp": 2396.24, "gunicorn + Flask": 1041.30,
           "gunicorn -w 4 + aiohttp": 2541.97, "gunicorn -w 4 + Flask": 1729.17}
CLASSES = ("async", "sync", "threads")
DEVELOPING = "Orrery --reload"
REQUESTS = 100
DELAY = 50  # milliseconds


def servers(binaries):
    python = {"aiohttp": contestants.AIOHTTP, "Flask": contestants.FLASK, "gunicorn + aiohttp": contestants.GUNICORN_AIOHTTP,
              "gunicorn + Flask": contestants.GUNICORN_FLASK, "gunicorn -w 4 + aiohttp": contestants.GUNICORN_AIOHTTP,
              "gunicorn -w 4 + Flask": contestants.GUNICORN_FLASK}
    cast = [replace(server, name=name, workers=4 if "-w 4" in name else 1) for name, server in python.items()]
    cast.append(replace(contestants.orrery_developing(binaries), name=DEVELOPING))
    for workers in (1, 4):
        cast += [replace(contestants.orrery(binaries, "planet", kind, workers), name=f"Orrery {kind} -w {workers}")
                 for kind in CLASSES]
    return cast


def measure_servers(options, binaries):
    """{name: (ab requests/s, wrk requests/s, CPU µs of the wrk run)}: medians."""
    wanted = [s for s in servers(binaries) if not options.servers or any(word in s.name for word in options.servers)]
    seconds = options.seconds * (1 if options.quick else 3)
    short = together("ab -k -c 20 -n 1000", wanted, lambda s: load.ab(s, 1000, True), options.rounds)
    long = together("wrk", wanted, lambda s: load.wrk(s, seconds), 1)

    def medians(name):
        of = lambda loads, figure: statistics.median(getattr(one, figure) for one in loads) if loads else None
        return of(short[name], "per_second"), of(long.get(name), "per_second"), of(long.get(name), "microseconds")

    return {name: medians(name) for name in short}


def percent(more, less):
    return f"{(more / less - 1) * 100:+,.0f} %"


def table_of_the_article(found):
    def cell(name):
        if name not in found:
            return ""
        return f"{found[name][0]:,.0f}" + (f" ({ARTICLE[name]:,.0f})" if name in ARTICLE else "")

    def over(name, bare):
        if not {name, bare} <= found.keys():
            return ""
        return percent(found[name][0], found[bare][0]) + (f" ({percent(ARTICLE[name], ARTICLE[bare])})" if name in ARTICLE else "")

    rows = []
    for label, kind, orrery in (("development server", "", DEVELOPING), ("gunicorn", "gunicorn + ", "Orrery async -w 1"),
                                ("gunicorn -w 4", "gunicorn -w 4 + ", "Orrery async -w 4")):
        asynchronous, blocking = kind + "aiohttp", kind + "Flask"
        if not {asynchronous, blocking, "aiohttp", "Flask"} <= found.keys():
            continue
        rows.append([label, cell(asynchronous), cell(blocking), over(asynchronous, blocking), cell(orrery)])
        if kind:
            rows.append(["over the development server", over(asynchronous, "aiohttp"), over(blocking, "Flask"), "",
                         over(orrery, DEVELOPING)])
    return report.table(["`ab -k -c 20 -n 1000`, requests/s (the article's)", "aiohttp", "Flask", "aiohttp ahead by",
                         "Orrery async in its place"], rows)


def table_of_servers(found):
    rows = [[name, report.number(ab), report.number(wrk), report.number(cost, 1)] for name, (ab, wrk, cost) in found.items()]
    return report.table(["server", "ab, requests/s", "wrk -c64, requests/s", "CPU µs a request (wrk)"], rows)


def clients(binaries, url):
    python = [contestants.PYTHON, str(HERE / "clients" / "fetch.py")]
    count = str(REQUESTS)
    cast = {
        ("one after the other", "Python, requests"): [*python, "sequential", url, count],
        ("10 threads", "Python, requests"): [*python, "threads", url, count, "10"],
        ("20 threads", "Python, requests"): [*python, "threads", url, count, "20"],
        ("one event loop", "Python, aiohttp"): [*python, "loop", url, count],
    }
    if fetch := binaries.get("fetch"):
        cast |= {
            ("one after the other", "C++, libcurl"): [fetch, "easy", url, count],
            ("10 threads", "C++, libcurl"): [fetch, "threads", url, count, "10"],
            ("20 threads", "C++, libcurl"): [fetch, "threads", url, count, "20"],
            ("one event loop", "C++, libcurl"): [fetch, "multi", url, count],
        }
    return cast


def timed(words):
    """(seconds, CPU seconds) of a command."""
    began = time.monotonic()
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    said = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = status
    if status != 0:
        raise Failed(said.decode()[-300:])
    return time.monotonic() - began, usage.ru_utime + usage.ru_stime


def measure_clients(options, binaries):
    """{(way, stack): (seconds, CPU seconds)}: medians; the slow ones run once."""
    delaying = Server("delaying server", contestants.orrery(binaries, "static").command, f"/later?ms={DELAY}").start()
    results = {}
    try:
        for key, words in clients(binaries, delaying.url).items():
            progress.show(f"client: {key[1]}, {key[0]}")
            try:
                runs = [timed(words) for _ in range(1 if key[0] == "one after the other" or options.quick else 3)]
            except Failed as failure:
                progress.say(f"{key[1]}, {key[0]} is left out: {failure}")
                continue
            results[key] = tuple(statistics.median(column) for column in zip(*runs))
    finally:
        delaying.stop()
    return results


def table_of_clients(found):
    stacks = list(dict.fromkeys("C++" if "C++" in stack else "Python" for _, stack in found))
    rows = []
    for way in dict.fromkeys(way for way, _ in found):
        cells = {("C++" if "C++" in stack else "Python"): f"{taken:.3f} s ({cpu:.2f} s)"
                 for (this, stack), (taken, cpu) in found.items() if this == way}
        rows.append([way] + [cells.get(stack, "") for stack in stacks])
    return report.table([f"{REQUESTS} requests, answered after {DELAY} ms: time (CPU)", *stacks], rows)


def draw(options, found, asked):
    """Writes the charts; beside RESULTS.md when that is written, else into the build."""
    where = HERE if options.write else build.BUILD / "tests" / "bench"
    written = []
    if found:
        rows = [(name, figures[0], 2 if "Orrery" in name else 1 if "Flask" in name else 0) for name, figures in found.items()]
        (where / "article_servers.svg").write_text(
            chart.bars("One planet, as JSON", "requests per second, ab -k -c 20", rows, ["aiohttp", "Flask", "Orrery"]))
        written.append("article_servers.svg")
    if asked:
        rows = [(f"{stack}, {way}", taken, 1 if "C++" in stack else 0) for (way, stack), (taken, _) in asked.items()]
        (where / "article_clients.svg").write_text(
            chart.bars(f"{REQUESTS} requests", f"seconds, each answered after {DELAY} ms", rows, ["Python", "C++"]))
        written.append("article_clients.svg")
    if not options.write:
        progress.say(f"charts are in {where}")
    return written


def run(options):
    needed = ["wrk", "apache2-utils", "util-linux"] + packages.PYTHON + packages.CLIENTS
    packages.install(needed)
    lines = machine.describe(options.command, needed)
    binaries = build.binaries("orrery", "echo", "fetch")
    chosen = options.only or ["servers", "clients"]
    found = measure_servers(options, binaries) if "servers" in chosen else {}
    asked = measure_clients(options, binaries) if "clients" in chosen else {}
    progress.clear()
    charts = draw(options, found, asked)
    parts = ["## The article's tables", "", *lines]
    if found:
        parts += [f"- Medians of {options.rounds} rounds, in turn; nothing pinned, `wrk` and `ab` on the same machine", "",
                  *table_of_the_article(found), "", *table_of_servers(found)]
    if asked:
        parts += ["", *table_of_clients(asked)]
    return parts + ["", *(f"![{name}]({name})" for name in charts)]


def listing():
    return ["servers   the article's server table", "clients   the article's client table"]
