"""Who takes part over TLS: Orrery and the peers that are installed, all with one certificate (ECDSA P-256)."""

import os
import resource
import shutil
from dataclasses import replace
from pathlib import Path

from . import contestants, load
from .servers import Server


def make_certificates(directory):
    """cert.pem and key.pem, and both.pem with the two, for localhost and 127.0.0.1."""
    key, certificate = Path(directory, "key.pem"), Path(directory, "cert.pem")
    load.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
              "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out",
              str(certificate)], 60)
    Path(directory, "both.pem").write_text(certificate.read_text() + key.read_text())


def orrery(binaries, route, certificates):
    plain = contestants.orrery(binaries, route)

    def command(place):
        words = plain.command(place)
        words[words.index("-b") + 1] += " tls"
        return words + ["--certfile", f"{certificates}/cert.pem", "--keyfile", f"{certificates}/key.pem"]

    return replace(plain, command=command, tls=True)


def nginx(certificates):
    def command(place):
        conf = place.fill("nginx_tls.conf", certificates=certificates, body=contestants.BODY)
        return ["/usr/sbin/nginx", "-e", f"{place.directory}/error.log", "-c", conf]

    return Server("nginx, constant", command, tls=True)


def h2o(certificates):
    user = "user: root" if os.geteuid() == 0 else ""
    return Server("h2o, small file",
                  lambda place: ["h2o", "-c", place.fill("h2o_tls.conf", certificates=certificates, user=user)],
                  "/planets.json", tls=True)


def haproxy(certificates):
    def command(place):
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        conf = place.fill("haproxy_tls.cfg", certificates=certificates, connections=min(16384, files // 2 - 100))
        return ["/usr/sbin/haproxy", "-db", "-f", conf]

    return Server("haproxy, constant", command, tls=True)


def lighttpd(certificates):
    def command(place):
        workers = 0 if place.workers == 1 else place.workers
        conf = place.fill("lighttpd_tls.conf", certificates=certificates, lighttpd_workers=workers)
        return ["/usr/sbin/lighttpd", "-D", "-f", conf]

    return Server("lighttpd, small file", command, "/planets.json", tls=True)


def peers(certificates):
    """Those that are there, each with one worker."""
    makers = {"nginx": nginx, "h2o": h2o, "haproxy": haproxy, "lighttpd": lighttpd}
    return [make(certificates) for program, make in makers.items() if shutil.which(contestants.PROGRAMS[program])]
