"""Load over TLS: h2load, openssl s_time, and connections that only wait, of HTTP/1.1 and HTTP/2."""

import re
import socket
import ssl

from . import load
from .servers import Failed, tls_context


def h2load(server, seconds, connections, streams, http1=False, cpu=None):
    """h2load for that long; `streams` requests are under way on each connection."""
    words = ["h2load", *(["--h1"] if http1 else []), "-t", "1", "-c", str(connections), "-m", str(streams), "-D",
             str(max(1, round(seconds))), server.url]
    before = server.cpu_seconds()
    output = load.run(load.pinned(cpu, words), seconds + 60)
    spent = server.cpu_seconds() - before
    figures = {name: int(count) for count, name in re.findall(r"(\d+) (done|succeeded|failed|errored|timeout)", output)}
    protocol = re.search(r"^Application protocol: (\S+)", output, re.MULTILINE)
    if not figures.get("succeeded") or not protocol or protocol[1] != ("http/1.1" if http1 else "h2"):
        raise Failed(f"{server.server.name} answered nothing to h2load: {output[-300:]}")
    failed = figures["failed"] + figures["errored"] + figures["timeout"]
    return load.Load(figures["succeeded"], seconds, spent / figures["succeeded"] * 1e6, failed)


def handshakes(server, seconds, resumed, cpu=None):
    """One connection after the other, each with one request, by TLS 1.3; `resumed`: of the session of the first."""
    words = ["openssl", "s_time", "-connect", f"127.0.0.1:{server.place.port}", "-reuse" if resumed else "-new", "-time",
             str(max(1, round(seconds))), "-www", server.server.path]
    before = server.cpu_seconds()
    output = load.run(load.pinned(cpu, words), seconds + 60)
    spent = server.cpu_seconds() - before
    found = re.search(r"^(\d+) connections in (\d+) real seconds", output, re.MULTILINE)
    # A letter for each connection: `r` of a session that was resumed.
    letters = "".join(re.findall(r"^[rt*0-9]+$", output, re.MULTILINE))
    if not found or int(found[1]) == 0:
        raise Failed(f"{server.server.name} shook no hands with openssl s_time: {output[-300:]}")
    if resumed and letters.count("r") < 0.99 * len(letters):
        raise Failed(f"{server.server.name} resumed {letters.count('r')} of {len(letters)} sessions")
    return load.Load(int(found[1]), max(1, int(found[2])), spent / int(found[1]) * 1e6)


def connect(server, protocol):
    plain = socket.create_connection(("127.0.0.1", server.place.port), timeout=20)
    secure = tls_context([protocol]).wrap_socket(plain, server_hostname="localhost")
    if secure.selected_alpn_protocol() != protocol:
        raise Failed(f"{server.server.name} does not speak {protocol}")
    return secure


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


def ask_http2(connection, server):
    """One GET on the first stream, read to its end."""
    path = server.server.path.encode()
    # :method GET and :scheme https by their index; :path and :authority as literals.
    fields = b"\x82\x87\x04" + bytes([len(path)]) + path + b"\x01\x09localhost"
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + frame(1, 5, 1, fields))
    received = b""
    while True:
        while len(received) < 9 or len(received) < 9 + int.from_bytes(received[:3], "big"):
            piece = connection.recv(65536)
            if not piece:
                raise Failed(f"{server.server.name} closed the connection")
            received += piece
        kind, flags = received[3], received[4]
        received = received[9 + int.from_bytes(received[:3], "big"):]
        if kind == 4 and not flags & 1:
            connection.sendall(frame(4, 1, 0))
        if kind in (3, 7):
            raise Failed(f"{server.server.name} refused a request")
        if kind in (0, 1) and flags & 1:
            return


def hold_idle(server, count, http2):
    """As load.hold_idle(), over TLS."""
    held = []
    for _ in range(count):
        try:
            connection = connect(server, "h2" if http2 else "http/1.1")
            ask_http2(connection, server) if http2 else load.ask(connection, server)
        except (OSError, ssl.SSLError, Failed):
            break
        held.append(connection)
    return held
