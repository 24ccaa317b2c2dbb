"""The hosts of a fleet: Orrery as it is deployed, or gunicorn for comparison."""

import os
import shutil
import signal
import time
from pathlib import Path

from network import FIRST_HOST, NET

PATIENCE = 60  # seconds for what takes one or two


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"it did not happen in {PATIENCE} s: {what}")
        time.sleep(0.02)


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


class Host:
    """One machine with one service on port 8000."""
    ready_path = "8001/readyz"

    def __init__(self, network, number, directory):
        self.name, self.place = f"host{number}", FIRST_HOST + number - 1
        self.address = f"{NET}.{self.place}"
        self._network = network
        self.directory = Path(directory) / self.name
        self.directory.mkdir()
        network.add(self.name, self.place)
        self._process = None

    def command(self):
        raise NotImplementedError

    def start(self):
        log = open(self.directory / "log", "ab")
        self._process = self._network.start(self.name, self.command(), cwd=self.directory, stdout=log, stderr=log)
        wait_until(self.is_ready, f"{self.name} is ready")

    def is_ready(self):
        return self._network.ask("client", f"http://{self.address}:{self.ready_path}") == 200

    def log(self):
        return (self.directory / "log").read_text(errors="replace")

    def master(self):
        raise NotImplementedError

    def stop(self):
        """As a service manager does: TERM, and wait."""
        os.kill(self.master(), signal.SIGTERM)
        self.wait_until_gone()

    def wait_until_gone(self):
        wait_until(lambda: self._process.poll() is not None and not self._network.processes(self.name), f"{self.name} has ended")

    def signal_all(self, which):
        for pid in self._network.processes(self.name):
            os.kill(pid, which)


class OrreryHost(Host):

    def __init__(self, network, number, directory, binary, settings):
        super().__init__(network, number, directory)
        self.binary = self.directory / "orrery"
        shutil.copy2(binary, self.binary)
        (self.directory / "host.yaml").write_text(settings)

    def command(self):
        return [str(self.binary), "-c", "host.yaml", "-p", "pid", "-w", "2"]

    def master(self):
        return int((self.directory / "pid").read_text())

    def reload(self):
        before = self.log().count(" serves: ")
        os.kill(self.master(), signal.SIGHUP)
        wait_until(lambda: self.log().count(" serves: ") > before, f"{self.name} has reloaded")

    def upgrade(self, binary):
        """Another binary takes the path of the one that runs, and USR2 says so."""
        old = self.master()
        shutil.copy2(binary, self.directory / "new")
        os.replace(self.directory / "new", self.binary)
        os.kill(old, signal.SIGUSR2)
        wait_until(lambda: self.master() != old and not runs(old), f"{self.name} was upgraded")

    def kill_master(self):
        os.kill(self.master(), signal.SIGKILL)
        self.wait_until_gone()


class GunicornHost(Host):
    """A handler that answers the same bytes, by gunicorn's own recommendations: two workers, `gthread`."""
    ready_path = "8000/"

    def __init__(self, network, number, directory, body):
        super().__init__(network, number, directory)
        (self.directory / "app.py").write_text(
            f"BODY = {body.encode()!r}\n\ndef app(environ, start):\n"
            "    start('200 OK', [('Content-Type', 'application/json'), ('Content-Length', str(len(BODY)))])\n"
            "    return [BODY]\n")

    def command(self):
        return ["gunicorn", "-b", "0.0.0.0:8000", "-w", "2", "-k", "gthread", "--threads", "8", "-p", "pid", "app:app"]

    def master(self):
        return int((self.directory / "pid").read_text())

    def reload(self):
        os.kill(self.master(), signal.SIGHUP)
        time.sleep(3)  # it says nothing when it is done

    def upgrade(self, _):
        """USR2, then WINCH and QUIT for the old one, as its documentation says."""
        old = self.master()
        os.kill(old, signal.SIGUSR2)
        wait_until(lambda: (self.directory / "pid.2").exists(), "its new master runs")
        time.sleep(2)
        os.kill(old, signal.SIGWINCH)
        time.sleep(2)
        os.kill(old, signal.SIGQUIT)
        wait_until(lambda: not runs(old), "its old master has ended")

    def kill_master(self):
        os.kill(self.master(), signal.SIGKILL)
        self.wait_until_gone()
