"""Servers under measurement: started on a free port, pinned when asked, watched from outside, always stopped.

A Server is a description; start() makes it a Running one. A Running server is a session of its own, so that all its
processes can be found (and ended) by the session id, however often they fork.
"""

import os
import shutil
import signal
import socket
import ssl
import string
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

HERE = Path(__file__).resolve().parent.parent
# A server under valgrind on a busy machine needs most of it.
START_SECONDS = 45


class Failed(Exception):
    """Something outside went wrong; the text says what and what to do."""


class Ended(Failed):
    """A server that ended before it answered."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Place:
    """What a command line may mention: where to listen, with how many workers, and a directory of its own."""

    port: int
    workers: int
    directory: str

    def fill(self, template, **more):
        """A file of tests/bench/peers, with $port, $workers, $directory and $here filled in; its path."""
        text = (HERE / "peers" / template).read_text()
        filled = Path(self.directory) / template
        filled.write_text(string.Template(text).substitute(
            port=self.port, workers=self.workers, directory=self.directory, here=HERE / "peers", **more))
        return str(filled)


@dataclass(frozen=True)
class Server:
    name: str
    command: Callable[[Place], list]
    path: str = "/"
    workers: int = 1
    environment: dict = field(default_factory=dict)
    group: str = "peer"  # "limit", "ours" or "peer"
    tls: bool = False

    def start(self, cpus=None, wrapper=()):
        """Starts it on `cpus` (all when None) behind the words of `wrapper`; returns once it has answered 200."""
        for _ in range(2):
            try:
                return Running(self, cpus, wrapper)
            except Ended:
                pass  # somebody else may have taken its port
        return Running(self, cpus, wrapper)


RUNNING = []


class Running:
    def __init__(self, server, cpus, wrapper):
        self.server = server
        self.directory = tempfile.mkdtemp(prefix="orrery-bench-")
        self.place = Place(free_port(), server.workers, self.directory)
        self.url = f"http{'s' if server.tls else ''}://127.0.0.1:{self.place.port}{server.path}"
        # nginx and haproxy leave root and still want to read and write here.
        os.chmod(self.directory, 0o777)
        self.log = open(os.path.join(self.directory, "output"), "wb")
        words = [*wrapper, *server.command(self.place)]
        everywhere = os.sched_getaffinity(0)
        began = time.monotonic()
        try:
            os.sched_setaffinity(0, cpus or everywhere)
            self.process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=self.log, stderr=subprocess.STDOUT, start_new_session=True,
                cwd=self.directory, env=dict(os.environ, **server.environment))
        finally:
            os.sched_setaffinity(0, everywhere)
        RUNNING.append(self)
        self.seconds_to_first_answer = self._wait_for_answer(began)

    def _wait_for_answer(self, began):
        while (now := time.monotonic()) - began < START_SECONDS:
            if self.process.poll() is not None:
                break
            if answers_200(self.place.port, self.server.path, self.server.tls):
                return time.monotonic() - began
            time.sleep(0.0003 if now - began < 1 else 0.02)
        said = self.output()[-600:]
        failure = Ended if self.process.poll() is not None else Failed
        self.stop()
        raise failure(f"{self.server.name} did not answer {self.server.path} with 200; it said:\n{said}")

    def output(self):
        return Path(self.log.name).read_text(errors="replace")

    def processes(self):
        """The pids of all its processes that are alive."""
        return [pid for pid in all_pids() if session_of(pid) == self.process.pid]

    def workers(self):
        """The processes that serve: all but the first, or the first when it is alone."""
        return [pid for pid in self.processes() if pid != self.process.pid] or [self.process.pid]

    def cpu_seconds(self):
        """User and system time of all its processes so far, exact to the nanosecond, ended threads included."""
        return sum(cpu_clock(pid) for pid in self.processes())

    def proportional_memory(self):
        """PSS of all its processes, in bytes: user memory, what is shared counted once."""
        return sum(rollup(pid) for pid in self.processes())

    def stop(self):
        """Ends it politely, then by force; nothing of it is left."""
        if self not in RUNNING:
            return
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                pass
        for pid in self.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)
        RUNNING.remove(self)


def stop_all():
    for server in list(RUNNING):
        server.stop()


def answers_200(port, path, tls=False):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as plain:
            connection = tls_context(["http/1.1"]).wrap_socket(plain, server_hostname="localhost") if tls else plain
            with connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
                return connection.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


def tls_context(protocols):
    """Of a client on this machine, which believes every certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(protocols)
    return context


def all_pids():
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def session_of(pid):
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return None


def cpu_clock(pid):
    """CPU time of a process, by its CPU clock (clock_getcpuclockid): other than /proc it loses no ended thread."""
    try:
        return time.clock_gettime((~pid) << 3 | 2)
    except OSError:
        return 0.0


def rollup(pid):
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except (OSError, IndexError):
        pass
    return 0
