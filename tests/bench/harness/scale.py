"""scripts/bench scale: what a request costs as connections and workers grow, how accepts spread, and a reload under load."""

import collections
import os
import signal
import socket
import statistics
import threading
import time
from dataclasses import replace

from . import build, contestants, load, machine, packages, progress, report
from .rounds import ratios, together

CONNECTIONS = (10, 100, 1000, 10000)
WORKERS = (1, 2, 4, 8)
RELOAD_RATE = 5000


def rows_of(results, limit):
    return [[name, report.number(statistics.median(one.microseconds for one in loads), 1),
             report.number(statistics.median(one.per_second for one in loads)),
             ratios({who: [one.microseconds for one in results[who]] for who in (name, limit)}, name, limit)]
            for name, loads in results.items() if limit in results]


def cast(binaries, workers=1):
    return [contestants.limit(binaries, workers), contestants.orrery(binaries, "static", workers=workers),
            contestants.orrery(binaries, "planet", workers=workers), contestants.with_workers(contestants.nginx(), workers)]


def connections(options, binaries):
    rows = []
    for count in CONNECTIONS:
        # Ten thousand take a second to open.
        seconds = options.seconds + (2 if count > 1000 else 0)
        results = together(f"{count} connections", cast(binaries), lambda s: load.wrk(s, seconds, count, cpu=1),
                            options.rounds, cpus={0})
        rows += [[f"{count:,}", *row] for row in rows_of(results, "limit server")]
    return ["### Connections", "", "One worker on CPU 0, wrk on CPU 1.", "",
            *report.table(["connections", "server", "CPU µs", "req/s", "× limit (quartiles)"], rows)]


def workers(options, binaries):
    rows = []
    for count in WORKERS:
        results = together(f"{count} workers", cast(binaries, count), lambda s: load.wrk(s, options.seconds, 256),
                           options.rounds)
        rows += [[count, *row] for row in rows_of(results, "limit server")]
    return ["### Workers", "", "256 connections, nothing pinned: the client needs a CPU too.", "",
            *report.table(["workers", "server", "CPU µs", "req/s", "× limit (quartiles)"], rows)]


def answered_by(place):
    """Opens a connection and asks who took it; (connection, pid)."""
    connection = socket.create_connection(("127.0.0.1", place.port), timeout=10)
    connection.sendall(b"GET /pid HTTP/1.1\r\nHost: localhost\r\n\r\n")
    answer = b""
    while not answer.endswith(b"\n") or b"\r\n\r\n" not in answer or answer.endswith(b"\r\n\r\n"):
        answer += connection.recv(4096)
    return connection, int(answer.rsplit(b"\r\n\r\n", 1)[1])


def balance(options, binaries):
    rows = []
    for count in (2, 4, 8):
        for wanted in (64, 1000):
            progress.show(f"balance: {wanted} connections, {count} workers")
            running = replace(contestants.orrery(binaries, "static", workers=count), path="/pid").start()
            try:
                held = [answered_by(running.place) for _ in range(wanted)]
                taken = collections.Counter(pid for _, pid in held)
                rows.append([f"{wanted:,}", count, " / ".join(str(n) for n in sorted(taken.values(), reverse=True)),
                             f"{max(taken.values()) * count / wanted:.2f}"])
                for connection, _ in held:
                    connection.close()
            finally:
                running.stop()
    return ["### Balance of accepts", "", "Connections opened one after the other, and how many each worker took.", "",
            *report.table(["connections", "workers", "taken by each", "most ÷ fair share"], rows)]


def reload(options, binaries):
    rows = []
    seconds = 6
    for what, signals in (("nothing happens", 0), ("HUP once", 1), ("HUP each second", 4)):
        progress.show(f"reload: {what}")
        running = contestants.orrery(binaries, "planet", workers=2).start()
        try:
            hang_up = threading.Thread(target=hang_up_times, args=(running, signals))
            hang_up.start()
            found = load.open_loop(binaries["open_loop"], running, RELOAD_RATE, seconds)
            hang_up.join()
        finally:
            running.stop()
        times = (report.number(value) for value in (found.p50, found.p99, found.p999, found.most))
        rows.append([what, *times, found.renewed, found.cut_off, found.unanswered])
    return ["### Reload under load", "",
            f"The planet route, 2 workers, 64 connections, {RELOAD_RATE:,} requests/s for {seconds} s; microseconds from "
            "the moment each was due. A connection that a leaving worker closes between two requests is opened anew by the client.", "",
            *report.table(["", "p50", "p99", "p99.9", "longest", "opened anew", "asked again", "unanswered"], rows)]


def hang_up_times(running, times):
    for _ in range(times):
        time.sleep(1)  # the pace of the experiment, not a wait
        os.kill(running.process.pid, signal.SIGHUP)


PARTS = {"connections": (connections, "cost against 10 to 10,000 connections"), "workers": (workers, "1 to 8 workers"),
         "balance": (balance, "who accepts how many"), "reload": (reload, "latency during HUP")}


def run(options):
    used = ["wrk", "util-linux", "nginx-light"]
    packages.install(used)
    lines = machine.describe(options.command, used)
    binaries = build.binaries("orrery", "echo", "limit", "open_loop")
    if options.quick:
        options.rounds = min(options.rounds, 3)
    parts = ["## Scale", "", *lines, f"- {options.rounds} rounds of {options.seconds} s, in turn, after one that is dropped"]
    for name, (measure, _) in PARTS.items():
        if not options.only or name in options.only:
            parts += ["", *measure(options, binaries)]
    return parts


def listing():
    return [f"{name:12} {what}" for name, (_, what) in PARTS.items()]
