"""A network of namespaces on this machine: one for each host, a balancer and a client, joined by a bridge.

Needs root and iproute2. Everything is named after this process and taken away at the end, also after a failure.
"""

import contextlib
import os
import signal
import subprocess

NET = "10.77.0"
BALANCER, CLIENT, FIRST_HOST = 2, 3, 11


def run(*words, check=True):
    return subprocess.run(words, check=check, capture_output=True, text=True)


class Refused(Exception):
    """The system does not let this process make network namespaces."""


class Network:
    def __init__(self):
        self._prefix = f"orrery-{os.getpid()}-"
        self._made = []
        self._switch = self._make("switch")
        self.run_in("switch", "ip", "link", "add", "bridge", "type", "bridge")
        self.run_in("switch", "ip", "link", "set", "bridge", "up")

    def _make(self, name):
        made = run("ip", "netns", "add", self._prefix + name, check=False)
        if made.returncode != 0:
            raise Refused(made.stderr.strip())
        self._made.append(name)
        self.run_in(name, "ip", "link", "set", "lo", "up")

    def run_in(self, name, *words):
        return run("ip", "netns", "exec", self._prefix + name, *words)

    def add(self, name, number):
        """A machine with the address NET.number."""
        self._make(name)
        here, there = f"o{os.getpid() % 100000}{number}a", f"o{os.getpid() % 100000}{number}b"
        run("ip", "link", "add", here, "type", "veth", "peer", "name", there)
        run("ip", "link", "set", here, "netns", self._prefix + name)
        run("ip", "link", "set", there, "netns", self._prefix + "switch")
        self.run_in(name, "ip", "link", "set", here, "name", "net")
        self.run_in(name, "ip", "addr", "add", f"{NET}.{number}/24", "dev", "net")
        self.run_in(name, "ip", "link", "set", "net", "up")
        self.run_in("switch", "ip", "link", "set", there, "name", f"to{number}")
        self.run_in("switch", "ip", "link", "set", f"to{number}", "master", "bridge", "up")

    def start(self, name, words, **options):
        """A process on that machine."""
        return subprocess.Popen(["ip", "netns", "exec", self._prefix + name, *words], start_new_session=True, **options)

    def ask(self, name, url):
        """The status that `url` has for that machine; 0 = no answer."""
        said = run("ip", "netns", "exec", self._prefix + name, "curl", "--silent", "--output", os.devnull, "--max-time",
                   "2", "--write-out", "%{http_code}", url, check=False)
        return int(said.stdout or 0)

    def processes(self, name):
        return [int(pid) for pid in run("ip", "netns", "pids", self._prefix + name).stdout.split()]

    def kill_all(self):
        for name in self._made:
            for pid in self.processes(name):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def cut_off(self, number, off=True):
        self.run_in("switch", "ip", "link", "set", f"to{number}", "down" if off else "up")

    def slow_down(self, number, delay):
        """False where the kernel cannot. `delay` as tc writes it; None = as before."""
        words = ["tc", "qdisc", "replace", "dev", f"to{number}", "root", "netem", "delay", delay] if delay else [
            "tc", "qdisc", "del", "dev", f"to{number}", "root"
        ]
        return run("ip", "netns", "exec", self._prefix + "switch", *words, check=False).returncode == 0

    def close(self):
        for name in reversed(self._made):
            with contextlib.suppress(OSError):
                run("ip", "netns", "del", self._prefix + name, check=False)
