"""What the checks of this folder share: a service that runs beside its monitor, and what the monitor tells."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "install"))
from checks import SOURCE, end, expect, run, skip  # noqa: E402, F401

CONFIG = os.path.join(SOURCE, "config")


def npm_package(name):
    """The folder of a package of package.json, which npm fetches when it is not there yet. Skips the check without npm."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            skip(f"{program} is missing; scripts/setup test installs it")
    here = os.path.dirname(os.path.abspath(__file__))
    folder = os.path.join(here, "node_modules", name)
    if not os.path.isdir(folder):
        fetched = subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=here, capture_output=True)
        if fetched.returncode != 0:
            skip(f"npm could not install {name}; is its registry reached?")
    return folder


def read(*parts):
    with open(os.path.join(SOURCE, *parts), encoding="utf-8") as file:
        return file.read()


@contextlib.contextmanager
def running(binary, *words):
    """Starts the service with a monitor and waits until it serves. Gives the addresses of both, as HOST:PORT."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith(("RUNTIME_DIR", "RUNTIME_DIRECTORY"))}
    server = subprocess.Popen([binary, "-b", "127.0.0.1:0", "--monitor", "127.0.0.1:0", "-w", "2", *words],
                              stderr=subprocess.PIPE, text=True, env=environment)
    try:
        log = ""
        for line in server.stderr:
            log += line
            if "serves:" in line:
                break
        service = re.search(r"Listening at: http://(\S+)", log)
        monitor = re.search(r"Monitor process listens at: http://(\S+)", log)
        if not service or not monitor:
            sys.exit("FAILED: the service did not start:\n" + log)
        yield service[1], monitor[1]
        server.send_signal(signal.SIGTERM)
        expect(server.wait(timeout=30) == 0, "the service ends with 0 at TERM")
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
        server.stderr.close()


def get(address, path):
    with urllib.request.urlopen(f"http://{address}{path}", timeout=20) as answer:
        return answer.read().decode()


def series(text):
    """[(name, {label: value})] of an exposition."""
    return [(name, dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or "")))
            for name, labels in re.findall(r"^(orrery_\w+)(?:\{(.*)\})? \S+$", text, re.M)]
