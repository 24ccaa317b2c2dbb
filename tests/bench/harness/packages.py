"""Debian packages: installs what a subcommand needs, and stops the services that only this installation started."""

import os
import shutil
import subprocess

from . import progress

# What the Debian packages of these servers start by themselves.
SERVICES = {"nginx-light": "nginx", "h2o": "h2o", "haproxy": "haproxy", "lighttpd": "lighttpd"}
TOOLS = ["wrk", "apache2-utils", "strace", "valgrind", "util-linux"]
SERVERS = ["nginx-light", "h2o", "haproxy", "lighttpd", "golang-go"]
PYTHON = ["gunicorn", "python3-flask", "python3-aiohttp", "python3-ephem"]
CLIENTS = ["python3-requests", "libcurl4-openssl-dev"]


def installed(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Status}", package], capture_output=True, text=True)
    return done.stdout.endswith("ok installed")


def version(package):
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def as_root(words):
    return words if os.geteuid() == 0 else ["sudo", *words]


def apt(*words):
    """One apt-get call that waits its turn; whether it worked."""
    command = as_root(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300", "-q", *words])
    try:
        return subprocess.run(command, capture_output=True, timeout=900).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install(packages):
    """Installs what is missing. One that cannot be installed is said and left out, so that the others still are."""
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return
    progress.say("installing " + " ".join(missing))
    wanted = ["install", "-y", "--no-install-recommends"]
    if not apt(*wanted, *missing):
        apt("update")
        if not apt(*wanted, *missing):
            for package in missing:
                if not apt(*wanted, package):
                    progress.say(f"cannot install {package}; what needs it is left out")
    for package in missing:
        if package in SERVICES:
            stop_service(SERVICES[package])


def stop_service(service):
    """The installation started and enabled it; neither is wanted here."""
    if shutil.which("systemctl"):
        subprocess.run(as_root(["systemctl", "disable", "--now", service]), capture_output=True)
    else:
        subprocess.run(as_root([f"/etc/init.d/{service}", "stop"]), capture_output=True) if os.path.exists(
            f"/etc/init.d/{service}") else None
