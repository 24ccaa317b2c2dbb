"""Instructions in user space for one request, by callgrind: the difference of two runs, so that starting and ending cancel.

One kept-alive connection, one request after the other: each pays a whole turn of the event loop. Two counts of the same
binary differ by less than one in a thousand, on a busy machine as on a quiet one. Used by a test, so it needs nothing but
Python and valgrind.
"""

import re
import shutil
import signal
import socket
from pathlib import Path

from . import load
from .servers import Failed

# No --callgrind-out-file: a peer that writes its title over its environment would take the option from its children.
VALGRIND = ["valgrind", "--tool=callgrind", "--trace-children=yes"]


def available():
    return shutil.which("valgrind") is not None


def total_of(dump):
    found = re.search(r"^(?:summary|totals): (\d+)", dump.read_text(), re.MULTILINE)
    return int(found[1]) if found else 0


def count_run(server, requests):
    """Instructions of all its processes over a life with so many requests."""
    running = server.start(wrapper=VALGRIND)
    try:
        with socket.create_connection(("127.0.0.1", running.place.port), timeout=60) as connection:
            load.ask(connection, running, requests)
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(60)
        return sum(total_of(dump) for dump in Path(running.directory).glob("callgrind.out.*"))
    finally:
        running.stop()


def per_request(server, few=200, many=1200):
    difference = count_run(server, many) - count_run(server, few)
    if difference <= 0:
        raise Failed(f"callgrind counted nothing for {server.name}: the process that serves wrote no dump")
    return difference / (many - few)
