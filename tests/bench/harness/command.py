"""The command line of scripts/bench: a subcommand, its options, cleaning up whatever happens."""

import argparse
import importlib
import shlex
import signal
import sys

from . import load, progress, report
from .servers import Failed, stop_all

SUBCOMMANDS = {
    "peers": "Orrery beside a limit server, nginx, h2o, haproxy, lighttpd, Go and gunicorn; "
             "what is required, and whether it is met",
    "article": "the seed article's tables: Flask, aiohttp and gunicorn beside Orrery; "
               "one client by turns, by threads, on a loop",
    "scale": "cost against connections and workers, balance of accepts, latency during a reload",
    "shedding": "a slow service that is asked for twice what it can serve, with `pressure` and without",
    "micro": "single parts in nanoseconds and instructions: guard, parser, router, writer, ephemeris…",
    "planets": "a planet's position beside libswe and PyEphem",
    "profile": "where the instructions of a request go, by room of the house and by function",
}
DESCRIPTION = ("Measurements. Each subcommand installs what it needs from Debian, uses the loopback only, and stops all it "
               "started.")
EPILOG = ("Compare ratios, not absolute figures: the machine is fast in one second and slow in the next. "
          "tests/bench/README.md says how to read the results.")


def parser():
    whole = argparse.ArgumentParser(prog="scripts/bench", description=DESCRIPTION, epilog=EPILOG)
    subcommands = whole.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
    for name, what in SUBCOMMANDS.items():
        one = subcommands.add_parser(name, help=what, description=what[0].upper() + what[1:] + ".", epilog=EPILOG)
        if name == "peers":
            one.add_argument("kind", nargs="?", choices=["tls", "files"],
                             help="`tls`: over TLS, by HTTP/1.1 and HTTP/2; `files`: small and large files")
        one.add_argument("--rounds", type=count, default=7, metavar="N",
                         help="rounds that count; each contestant once a round (default 7)")
        one.add_argument("--seconds", type=count, default=1, metavar="S",
                         help="length of one measurement, whole seconds (default 1)")
        one.add_argument("--only", type=words, default=[], metavar="A,B",
                         help="only these measurements, by the names that --list shows")
        one.add_argument("--servers", type=words, default=[], metavar="A,B",
                         help="only servers with one of these words in their name")
        one.add_argument("--quick", action="store_true",
                         help="only what the required table needs (peers), or fewer and shorter rounds")
        one.add_argument("--list", action="store_true", help="name the measurements and do nothing")
        one.add_argument("--write", action="store_true",
                         help="put the result into tests/bench/RESULTS.md (profile: PROFILE.md) too")
    return whole


def count(text):
    value = int(text)
    if not 1 <= value <= 1000:
        raise argparse.ArgumentTypeError("must be from 1 to 1000")
    return value


def words(text):
    return [word.strip() for word in text.split(",") if word.strip()]


def end_politely(number, _frame):
    raise KeyboardInterrupt(f"signal {number}")


def main(arguments):
    options = parser().parse_args(arguments)
    options.command = shlex.join(["scripts/bench", *(word for word in arguments if word != "--write")])
    section = "_".join(filter(None, (options.subcommand, getattr(options, "kind", None))))
    module = importlib.import_module(f".{section}", __package__)
    known = [line.split()[0] for line in module.listing()]
    if unknown := [name for name in options.only if name not in known]:
        print(f"scripts/bench: there is no measurement `{unknown[0]}`; --list names them", file=sys.stderr)
        return 2
    if options.list:
        print("\n".join(module.listing()))
        return 0
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end_politely)
    load.raise_file_limit()
    try:
        lines = module.run(options)
    except Failed as failure:
        print(f"scripts/bench: {failure}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nscripts/bench: interrupted; everything it started is stopped", file=sys.stderr)
        return 130
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave half of it behind
        stop_all()
    print("\n".join(lines))
    if options.write:
        report.write(section, lines)
        progress.say(f"written to {report.file_of(section)}")
    return 0
