"""A constant answer from a WSGI application without a framework."""

from pathlib import Path

BODY = (Path(__file__).parent / "planets.json").read_bytes()


def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))])
    return [BODY]
