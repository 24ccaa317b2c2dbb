"""HAProxy and nginx with the files of config/, as they are shipped, or with every retry turned off."""

import re
import socket
import subprocess
from pathlib import Path

from hosts import wait_until

CONFIG = Path(__file__).resolve().parents[2] / "config"


class Haproxy:

    def __init__(self, network, directory, port, retries, check="8001/readyz"):
        self.port, self._directory = port, Path(directory) / f"haproxy{port}"
        self._directory.mkdir()
        text = (CONFIG / "haproxy/haproxy.cfg").read_text()
        text = text.replace("/run/haproxy/admin.sock", str(self._directory / "admin.sock"))
        text = re.sub(r"bind :8080", f"bind :{port}", text)
        text = re.sub(r"(?m)^  (log|option httplog|option dontlognull).*\n", "", text)
        text = text.replace("maxconn 50000", "maxconn 2000")
        check_port, path = check.split("/", 1)
        text = text.replace("uri /readyz", f"uri /{path}").replace("check port 8001", f"check port {check_port}")
        if not retries:
            text = re.sub(r"(?m)^  (retries|option redispatch|retry-on|http-request disable-l7-retry).*\n", "", text)
            text = text.replace("\nbackend planets\n", "\nbackend planets\n  retries 0\n")
        (self._directory / "haproxy.cfg").write_text(text)
        log = open(self._directory / "log", "ab")
        self._process = network.start("balancer", ["haproxy", "-db", "-f", str(self._directory / "haproxy.cfg")],
                                      stdout=log, stderr=log)
        wait_until(lambda: (self._directory / "admin.sock").exists(), "haproxy runs")

    def _order(self, words):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self._directory / "admin.sock"))
            connection.sendall(words.encode() + b"\n")
            return connection.makefile().read()

    def state_of(self, host):
        for line in self._order("show stat").splitlines():
            fields = line.split(",")
            if fields[:2] == ["planets", host]:
                return fields[17]
        return ""

    def add(self, host):
        self._order(f"set server planets/{host.name} state ready")
        self.wait_until_up(host)

    def wait_until_up(self, host):
        wait_until(lambda: self.state_of(host.name) == "UP", f"haproxy finds {host.name} ready")

    def wait_until_down(self, host):
        wait_until(lambda: self.state_of(host.name).startswith(("DOWN", "MAINT")), f"haproxy finds {host.name} not ready")

    def close(self):
        self._process.kill()


class Nginx:

    def __init__(self, network, directory, port, retries, hosts):
        self.port, self._directory = port, Path(directory) / f"nginx{port}"
        self._directory.mkdir()
        self._list = self._directory / "hosts.conf"
        text = (CONFIG / "nginx/orrery.conf").read_text()
        text = text.replace("/etc/nginx/orrery-hosts.conf", str(self._list)).replace("listen 8080", f"listen {port}")
        if not retries:
            text = text.replace("proxy_next_upstream error;", "proxy_next_upstream off;")
        (self._directory / "nginx.conf").write_text(
            f"pid {self._directory}/pid;\nerror_log {self._directory}/error;\nworker_processes 2;\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{text}}}\n")
        log = open(self._directory / "log", "ab")
        nginx = f"nginx -p {self._directory} -c {self._directory}/nginx.conf"
        follow = [str(CONFIG / "nginx/follow-readyz"), str(self._list), "0.3", f"{nginx} -s reload"]
        follow += [f"{host.address}:8000:8001" for host in hosts]
        self._list.write_text("".join(f"server {host.address}:8000 max_fails=3 fail_timeout=2s;\n" for host in hosts))
        self._process = network.start("balancer", [*nginx.split(), "-g", "daemon off;"], stdout=log, stderr=log)
        wait_until(lambda: (self._directory / "pid").exists(), "nginx runs")
        self._follower = network.start("balancer", follow, stdout=log, stderr=log)

    def _line_of(self, host):
        return next((line for line in self._list.read_text().splitlines() if f" {host.address}:" in line), "")

    def wait_until_up(self, host):
        wait_until(lambda: self._line_of(host).endswith("2s;"), f"nginx finds {host.name} ready")

    def wait_until_down(self, host):
        wait_until(lambda: self._line_of(host).endswith("down;"), f"nginx finds {host.name} not ready")

    def close(self):
        subprocess.run(["kill", str(self._follower.pid)], check=False)
        self._process.terminate()
