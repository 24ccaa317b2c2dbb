"""Figures that need no rounds, because they do not depend on how busy the machine is: system calls, memory, start."""

import os
import re
import signal
import statistics
import subprocess
import time

from . import load
from .servers import Failed, rollup


def system_calls(server, seconds=1, connections=64):
    """System calls for one request under wrk, all processes of the server together; those of connecting are in it."""
    running = server.start()
    try:
        output = os.path.join(running.directory, "strace")
        targets = [word for pid in running.processes() for word in ("-p", str(pid))]
        tracer = subprocess.Popen(["strace", "-c", "-f", "-qq", "-o", output, *targets], stderr=subprocess.PIPE)
        wait_until_traced(running.processes())
        if tracer.poll() is not None:
            raise Failed("strace cannot attach: " + tracer.stderr.read().decode()[-200:])
        requests = load.wrk(running, seconds, connections).requests
        tracer.send_signal(signal.SIGINT)
        tracer.wait(20)
        with open(output) as summary:
            total = re.search(r"^100\.00\s+[\d.]+\s+\d+\s+(\d+)", summary.read(), re.MULTILINE)
        return int(total[1]) / requests if total else None
    finally:
        running.stop()


def wait_until_traced(pids, patience=10):
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if all(tracer_of(pid) for pid in pids):
            return
        time.sleep(0.01)


def tracer_of(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            return int(re.search(r"^TracerPid:\s+(\d+)", status.read(), re.MULTILINE)[1])
    except OSError:
        return 0


def memory(server, count=10000):
    """(PSS of all its processes idle, bytes of it for each idle connection, connections that stood)."""
    running = server.start()
    try:
        # What a first request leaves behind belongs to the server, not to the connections.
        for connection in load.hold_idle(running, 8):
            connection.close()
        settled(running)
        idle = running.proportional_memory()
        held = load.hold_idle(running, count)
        settled(running)
        grown = running.proportional_memory() - idle
        for connection in held:
            connection.close()
        return idle, grown / len(held) if held else None, len(held)
    finally:
        running.stop()


def settled(running, patience=3):
    """Waits until the memory stands still."""
    before, until = -1, time.monotonic() + patience
    while time.monotonic() < until:
        now = running.proportional_memory()
        if now == before:
            return
        before = now
        time.sleep(0.2)


def worker_memory(server):
    """PSS of one worker that has served nothing but the question whether it is there."""
    running = server.start()
    try:
        settled(running)
        return rollup(running.workers()[0])
    finally:
        running.stop()


def start_seconds(server, times=7):
    """From the fork to the first 200; the median."""
    taken = []
    for _ in range(times):
        running = server.start()
        taken.append(running.seconds_to_first_answer)
        running.stop()
    return statistics.median(taken)
