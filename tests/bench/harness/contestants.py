"""Who takes part: Orrery in its forms, the limit server, the floor of its libraries, and the peers that are installed."""

import os
import resource
import shutil
from dataclasses import replace

from .servers import HERE, Server

PLANET = "/planets/mars?lon=145.051&lat=-39.754&elevation=0"
STATIC = "/constant"
PEERS = str(HERE / "peers")
# Debian's, for which the packages are; the one that runs this may be another.
PYTHON = "/usr/bin/python3"
BODY = (HERE / "peers" / "planets.json").read_text().strip()


def limit(binaries, workers=1, close=False):
    def command(place):
        return [binaries["limit"], "-b", f"127.0.0.1:{place.port}", "-w", str(place.workers), *(["-c"] if close else [])]

    return Server("limit server", command, workers=workers, group="limit")


def floor(binaries, close=False):
    """What a server pays for libuv and llhttp alone; one worker."""
    def command(place):
        return [binaries["floor"], "-b", f"127.0.0.1:{place.port}", *(["-c"] if close else [])]

    return Server("libuv + llhttp, constant", command)


def orrery(binaries, route, worker_class="async", workers=1, log=False):
    """`route`: "static" is the constant route of tests/echo, "planet" is the real thing."""
    binary, path = {"static": ("echo", STATIC), "planet": ("orrery", PLANET)}[route]

    def command(place):
        words = [binaries[binary], "-b", f"127.0.0.1:{place.port}", "-w", str(place.workers), "-k", worker_class,
                 "--worker-connections", "20000"]
        return words + (["--access-logfile", os.path.join(place.directory, "access.log")] if log else [])

    name = f"Orrery {worker_class}, {route}" + (", access log" if log else "")
    return Server(name, command, path, workers, group="ours")


def orrery_developing(binaries):
    """The planets as one works on them: `--reload` watches the program and its settings, and has one worker."""
    def command(place):
        return [binaries["orrery"], "-b", f"127.0.0.1:{place.port}", "--reload"]

    return Server("Orrery --reload, planet", command, PLANET, group="ours")


def nginx(log=False):
    def command(place):
        where = f"{place.directory}/access.log combined buffer=32k flush=1s" if log else "off"
        conf = place.fill("nginx.conf", access_log=where, body=BODY)
        return ["/usr/sbin/nginx", "-e", f"{place.directory}/error.log", "-c", conf]

    return Server("nginx, constant" + (", buffered access log" if log else ""), command)


def h2o():
    # Started by root it would become nobody, who may not read here.
    user = "user: root" if os.geteuid() == 0 else ""
    return Server("h2o, small file", lambda place: ["h2o", "-c", place.fill("h2o.conf", user=user)], "/planets.json")


def haproxy():
    def command(place):
        # It refuses to start unless it may have two descriptors for each.
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        return ["/usr/sbin/haproxy", "-db", "-f", place.fill("haproxy.cfg", connections=min(16384, files // 2 - 100))]

    return Server("haproxy, constant", command)


def lighttpd():
    def command(place):
        # 0 is one process that serves by itself.
        workers = 0 if place.workers == 1 else place.workers
        return ["/usr/sbin/lighttpd", "-D", "-f", place.fill("lighttpd.conf", lighttpd_workers=workers)]

    return Server("lighttpd, small file", command, "/planets.json")


def go(binary):
    return Server("Go net/http, constant", lambda place: [binary, str(place.port), f"{PEERS}/planets.json"])


def gunicorn(application, worker_class="sync", name=None, path=PLANET):
    def command(place):
        return ["/usr/bin/gunicorn", "--chdir", PEERS, "-w", str(place.workers), "-k", worker_class, "-b",
                f"127.0.0.1:{place.port}", application]

    return Server(name, command, path, environment={"PYTHONDONTWRITEBYTECODE": "1"})


def development(script, name):
    return Server(name, lambda place: [PYTHON, f"{PEERS}/{script}", str(place.port)], PLANET,
                  environment={"PYTHONDONTWRITEBYTECODE": "1"})


GUNICORN_AIOHTTP = gunicorn("aiohttp_app:app", "aiohttp.worker.GunicornWebWorker", "gunicorn + aiohttp, PyEphem")
GUNICORN_FLASK = gunicorn("flask_app:app", name="gunicorn + Flask, PyEphem")
GUNICORN_CONSTANT = gunicorn("constant_wsgi:app", name="gunicorn, WSGI constant", path="/")
GUNICORN_THREADS = gunicorn("flask_app:app", "gthread", "gunicorn gthread + Flask, PyEphem")
AIOHTTP = development("aiohttp_app.py", "aiohttp, PyEphem")
FLASK = development("flask_app.py", "Flask, PyEphem")

# What each needs on the machine; a peer whose program is not there is left out.
PROGRAMS = {"nginx": "/usr/sbin/nginx", "h2o": "h2o", "haproxy": "/usr/sbin/haproxy", "lighttpd": "/usr/sbin/lighttpd",
            "gunicorn": "/usr/bin/gunicorn"}


def constant_peers(binaries):
    """The compiled peers that are there, each with one worker."""
    makers = {"nginx": [nginx(), nginx(log=True)], "h2o": [h2o()], "haproxy": [haproxy()], "lighttpd": [lighttpd()]}
    found = [server for program, servers in makers.items() if shutil.which(PROGRAMS[program]) for server in servers]
    return found + ([go(binaries["go"])] if "go" in binaries else [])


def python_peers():
    if not shutil.which(PROGRAMS["gunicorn"]):
        return []
    return [GUNICORN_CONSTANT, GUNICORN_AIOHTTP, GUNICORN_FLASK]


def with_workers(server, workers):
    return replace(server, workers=workers)
