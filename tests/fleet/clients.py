"""Clients that ask for one known answer without a pause, and count what became of each request.

Run as a program on the client's machine: one line of JSON for each line on its standard input, with what happened since
the line before. Half of the clients keep their connection, half make one for each request. No client tries again.
"""

import http.client
import json
import sys
import threading

PATIENCE = 40  # seconds; longer than any time limit of the balancer


class Counts:
    def __init__(self):
        self._lock = threading.Lock()
        self._counts = {}

    def add(self, what):
        with self._lock:
            self._counts[what] = self._counts.get(what, 0) + 1

    def take(self):
        with self._lock:
            taken, self._counts = self._counts, {}
        return taken


def what_became(connection, path, expected, reused):
    """`good`, `reconnected`, or a failure in a few words."""
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
    except http.client.RemoteDisconnected:
        # A connection that was idle was closed while the request was on its way: RFC 9112, 9.3.1 lets a client repeat it.
        return "reconnected" if reused else "no answer"
    except (ConnectionResetError, BrokenPipeError) as error:
        return "reconnected" if reused else type(error).__name__
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__}"
    if answer.status != 200:
        return f"status {answer.status}"
    if body.decode() != expected:
        return "another body"
    return "good"


def client(address, path, expected, keeps, counts, stopping):
    connection, reused = None, False
    while not stopping.is_set():
        if connection is None:
            connection, reused = http.client.HTTPConnection(*address, timeout=PATIENCE), False
        became = what_became(connection, path, expected, reused)
        counts.add(became)
        reused = connection.sock is not None  # an answer may have said that the connection ends with it
        if not keeps or became != "good":
            connection.close()
            connection = None


def main():
    host, port, path, expected, clients = sys.argv[1:]
    counts, stopping = Counts(), threading.Event()
    for number in range(int(clients)):
        threading.Thread(target=client, args=((host, int(port)), path, expected, number % 2 == 0, counts, stopping),
                         daemon=True).start()
    for _ in sys.stdin:
        print(json.dumps(counts.take()), flush=True)
    stopping.set()


if __name__ == "__main__":
    main()
