"""Load: wrk, ab, the open-loop client, and connections that only wait; each says what it did."""

import os
import re
import resource
import socket
import subprocess
from dataclasses import dataclass

from .servers import HERE, Failed


@dataclass(frozen=True)
class Load:
    requests: float
    seconds: float
    microseconds: float  # CPU of the server for one request
    failed: int = 0

    @property
    def per_second(self):
        return self.requests / self.seconds


def pinned(cpu, words):
    return ["taskset", "-c", str(cpu), *words] if cpu is not None else words


def run(words, timeout, **more):
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=timeout, **more)
    except subprocess.TimeoutExpired:
        raise Failed(f"{words[0]} did not end within {timeout:.0f} s") from None
    if done.returncode != 0:
        raise Failed(f"{' '.join(words)} failed ({done.returncode}): {(done.stderr or done.stdout)[-400:]}")
    return done.stdout


def wrk(server, seconds, connections=64, cpu=None, depth=1, threads=1):
    """wrk for that long; `depth` requests are sent at once on each connection."""
    spent, figures = run_wrk(server, seconds, connections, cpu, depth, threads)
    requests = int(figures["requests"])
    if requests == 0:
        raise Failed(f"{server.server.name} answered nothing to wrk")
    return Load(requests, float(figures["seconds"]), spent / requests * 1e6, int(figures["failed"]))


def wrk_of_file(server, seconds, size, connections, cpu=None):
    """wrk for that long, asking for a file of `size` bytes. What has come of a file counts, also when its end has not."""
    spent, figures = run_wrk(server, seconds, connections, cpu)
    files = int(figures["bytes"]) / size
    if files == 0 or int(figures["failed"]) != 0:
        raise Failed(f"{server.server.name} sent {files:.2f} files to wrk, and failed {figures['failed']} times")
    return Load(files, float(figures["seconds"]), spent / files * 1e6)


def run_wrk(server, seconds, connections, cpu, depth=1, threads=1):
    """CPU seconds of the server, and what wrk.lua printed, by name."""
    words = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", f"{seconds + 5}s",
             "-s", str(HERE / "wrk.lua"), server.url]
    before = server.cpu_seconds()
    output = run(pinned(cpu, words), seconds + 30, env=dict(os.environ, BENCH_DEPTH=str(depth)))
    return server.cpu_seconds() - before, dict(re.findall(r"^bench (\w+) ([\d.]+)$", output, re.MULTILINE))


def ab(server, requests, keep_alive, concurrency=20, cpu=None):
    words = ["ab", "-q", *(["-k"] if keep_alive else []), "-r", "-c", str(concurrency), "-n", str(requests), server.url]
    before = server.cpu_seconds()
    output = run(pinned(cpu, words), 120)
    spent = server.cpu_seconds() - before

    def figure(name):
        found = re.search(rf"^{name}:\s+([\d.]+)", output, re.MULTILINE)
        return float(found[1]) if found else 0.0

    complete = int(figure("Complete requests"))
    # A length that changes with the digits of a position is no failure.
    wrong = figure("Non-2xx responses") + sum(
        int(count) for kind, count in re.findall(r"(Connect|Receive|Exceptions): (\d+)", output))
    return Load(complete, figure("Time taken for tests"), spent / complete * 1e6, int(wrong))


@dataclass(frozen=True)
class Latency:
    """Microseconds from the moment a request was due."""

    p50: float
    p99: float
    p999: float
    most: float
    unanswered: int  # due, and never answered in time
    renewed: int  # connections opened again, because the server closed them
    cut_off: int  # requests asked again, because their connection was closed


def open_loop(client, server, rate, seconds, connections=64, cpu=None):
    """Requests at a fixed rate, whether the server keeps up or not."""
    words = [client, "-p", str(server.place.port), "-r", str(rate), "-s", str(seconds), "-c", str(connections),
             server.server.path]
    figures = dict(line.split() for line in run(pinned(cpu, words), seconds + 30).splitlines())
    return Latency(float(figures["p50"]), float(figures["p99"]), float(figures["p99.9"]), float(figures["max"]),
                   *(int(figures[name]) for name in ("unanswered", "renewed", "cut_off")))


def raise_file_limit(wanted=65536):
    """For this process and the servers it starts; as high as it may."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    for limit in (max(wanted, hard), hard):
        try:
            return resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
        except (ValueError, OSError):
            continue


def read_answer(connection):
    """Reads one response with a Content-Length from a socket; its status."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        if not piece:
            raise Failed("the server closed the connection")
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)^content-length:\s*(\d+)", head, re.MULTILINE)
    missing = (int(length[1]) if length else 0) - len(body)
    while missing > 0:
        missing -= len(connection.recv(65536))
    return int(head.split(b" ")[1])


def ask(connection, server, times=1):
    """Requests on one kept-alive connection, one after the other."""
    request = f"GET {server.server.path} HTTP/1.1\r\nHost: 127.0.0.1:{server.place.port}\r\n\r\n".encode()
    for _ in range(times):
        connection.sendall(request)
        status = read_answer(connection)
        if status != 200:
            raise Failed(f"{server.server.name} answered {status}")


def hold_idle(server, count):
    """Opens `count` connections, has one request answered on each, and keeps those that the server lets stand."""
    held = []
    for _ in range(count):
        try:
            connection = socket.create_connection(("127.0.0.1", server.place.port), timeout=5)
            ask(connection, server)
        except (OSError, Failed):
            break
        held.append(connection)
    return held
