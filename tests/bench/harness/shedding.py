"""scripts/bench shedding: a slow service of class threads that is asked for twice what it can serve, with `pressure` and without."""

import asyncio
import time

from . import build, machine, progress, report
from .servers import Failed, Server

THREADS = 4
HANDLER_MS = 20
OVERLOAD = 2
PATH = f"/sleep?ms={HANDLER_MS}"
# How long an answer may take at most; what takes longer counts as none.
PATIENCE = 30
SETTINGS = {
    "off": ["--pressure", "off"],
    "codel": ["--pressure", "codel", "--pressure-target", "50ms", "--pressure-interval", "500ms"],
}


def service(binary, words):
    def command(place):
        return [binary, "-b", f"127.0.0.1:{place.port}", "-w", "1", "-k", "threads", "--threads", str(THREADS),
                "--loglevel", "critical", *words]
    return Server("echo", command, path="/vital", group="ours")


async def ask(port, due):
    """(status, seconds since it was due); status 0: no whole answer."""
    await asyncio.sleep(max(0, due - time.monotonic()))
    status = 0
    try:
        async with asyncio.timeout(PATIENCE):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            answer = await reader.read()
            writer.close()
            status = int(answer[9:12])
    except (OSError, ValueError, TimeoutError):
        pass
    return status, time.monotonic() - due


async def closed_loop(port, clients, seconds):
    """Answers a second when there is always one more that asks: the capacity."""
    end = time.monotonic() + seconds

    async def keep_asking():
        answered = 0
        while time.monotonic() < end:
            status, _ = await ask(port, time.monotonic())
            answered += status == 200
        return answered
    began = time.monotonic()
    answered = sum(await asyncio.gather(*(keep_asking() for _ in range(clients))))
    return answered / (time.monotonic() - began)


async def open_loop(port, rate, seconds):
    """What became of each request that was due, at a fixed rate, whatever became of those before."""
    began = time.monotonic() + 0.1
    return await asyncio.gather(*(ask(port, began + i / rate) for i in range(int(rate * seconds))))


def share(times, part):
    """In milliseconds; a dash where there are none."""
    if not times:
        return "–"
    return report.number(1000 * sorted(times)[min(int(part * len(times)), len(times) - 1)])


def measure(binary, pressure, seconds, capacity):
    progress.show(f"shedding: pressure {pressure}")
    running = service(binary, SETTINGS[pressure]).start()
    try:
        rate = OVERLOAD * capacity
        outcomes = asyncio.run(open_loop(running.place.port, rate, seconds))
    finally:
        running.stop()
    served = [seconds_taken for status, seconds_taken in outcomes if status == 200]
    shed = [seconds_taken for status, seconds_taken in outcomes if status == 503]
    # The last are answered after the last was due.
    length = seconds + (max(served) if served else 0)
    goodput = len(served) / length
    return [pressure, report.number(rate), report.number(goodput), f"{100 * goodput / capacity:.0f} %",
            share(served, 0.5), share(served, 0.99), report.number(len(shed) / seconds), share(shed, 0.5),
            len(outcomes) - len(served) - len(shed)]


def table_of(binary, seconds):
    """[lines] of one measurement of each setting."""
    running = service(binary, SETTINGS["off"]).start()
    try:
        progress.show("shedding: capacity")
        capacity = asyncio.run(closed_loop(running.place.port, 2 * THREADS, max(seconds // 2, 2)))
    finally:
        running.stop()
    if capacity == 0:
        raise Failed("the service answered nothing, so it has no capacity to be measured against")
    rows = [measure(binary, pressure, seconds, capacity) for pressure in SETTINGS]
    progress.clear()
    return [f"{THREADS} threads whose handler takes {HANDLER_MS} ms; measured capacity {capacity:.0f} requests/s. "
            f"{OVERLOAD} × that are due at fixed moments for {seconds} s, each on a connection of its own; times in "
            "milliseconds from the moment each was due.", "",
            *report.table(["pressure", "offered/s", "served/s", "of capacity", "p50 served", "p99 served", "503/s",
                           "p50 of 503", "no answer"], rows)]


def run(options):
    binaries = build.binaries("orrery", "echo")
    seconds = 5 if options.quick else max(10, options.seconds)
    return ["## Shedding", "", *machine.describe(options.command, []), "", *table_of(binaries["echo"], seconds)]


def listing():
    return ["shedding     twice the arrival rate, with pressure and without"]
