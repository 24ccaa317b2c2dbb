"""scripts/bench profile: where the instructions of a request go, by room of the house and by function.

Two runs under callgrind with different numbers of requests; their difference, divided, is the profile of one request.
"""

import collections
import re
import signal
import socket
from pathlib import Path

from . import build, callgrind, contestants, instructions, load, machine, packages, progress, report

FEW, MANY = 200, 1200
ROUTES = ("static", "planet")
# Functions outside our sources, by what they are for.
OUTSIDE = [
    ("the heap", r"malloc|free|_int_|operator new|operator delete|tcache|calloc|realloc"),
    ("numbers to text and back", r"to_chars|from_chars|ryu"),
    ("memcpy, memchr and their kin", r"^__mem|^__str|mem(cpy|move|chr|cmp|set)"),
    ("the clock", r"clock_gettime|gettimeofday|^time$"),
    ("atomics and locks", r"pthread|__lll"),
]
SHORTER = [(r"std::basic_string_view<char, std::char_traits<char> >", "string_view"),
           (r"std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >", "string"),
           (r"std::chrono::time_point<std::chrono::_V2::steady_clock, [^)]*?> > ?>", "Monotonic"), (r"\[abi:cxx11\]", ""),
           (r"\(anonymous namespace\)::|clones::", ""), (r"orrery::", ""), (r"'2$", "")]


def life(server, requests):
    """The profile of the process that serves, over a life with so many requests."""
    running = server.start(wrapper=instructions.VALGRIND)
    try:
        with socket.create_connection(("127.0.0.1", running.place.port), timeout=60) as connection:
            load.ask(connection, running, requests)
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(60)
        dumps = list(Path(running.directory).glob("callgrind.out.*"))
        # The name of a dump ends in its process. The master's is no part of it, and can be the larger one.
        workers = [dump for dump in dumps if dump.suffix != f".{running.process.pid}"]
        return max(map(callgrind.read, workers or dumps), key=lambda profile: profile.total)
    finally:
        running.stop()


def room_of_file(path):
    ours = re.search(r"(?:^|/)src/([\w/]+)\.[ch]pp$", path)
    if ours:
        return ours[1]
    if "include/orrery/" in path:
        return "include/orrery"
    return "llhttp" if "llhttp" in path else None


def rooms(profile):
    """{room: instructions}. What the compiler inlined from the standard library counts for the function it is in."""
    home = {}
    for (_, function, path), cost in profile.parts.most_common():
        if room := room_of_file(path):
            home.setdefault(function, room)
    costs = collections.Counter()
    for (binary, function, path), cost in profile.parts.items():
        room = room_of_file(path) or home.get(function) or outside(binary, function)
        costs[room] += cost
    return costs


def outside(binary, function):
    for room, pattern in OUTSIDE:
        if re.search(pattern, function):
            return room
    library = re.match(r"(lib\w+\+*|ld)", Path(binary).name)
    if library:
        return {"libuv": "libuv", "libm": "libm"}.get(library[1], library[1])
    return "std templates" if "std::" in function else "tests/echo" if binary.endswith("echo") else "other"


def short_name(function):
    for pattern, text in SHORTER:
        function = re.sub(pattern, text, function)
    function = re.sub(r" \[clone [^]]*\]$| const$", "", function)
    # The parameters say little and take much room.
    return "`" + re.sub(r"\((?:[^()]|\([^()]*\))*\)$", "", function)[:90] + "`"


def merged(costs):
    """By short names: clones and recursion levels of a function are one."""
    result = collections.Counter()
    for function, cost in costs.items():
        result[short_name(function)] += cost
    return result


def table(head, profiles, costs, least):
    """Rows of what costs at least `least` in one of the routes, dearest first."""
    every = {route: costs(profile) for route, profile in profiles.items()}
    names = sorted(set().union(*every.values()), key=lambda name: -max(cost[name] for cost in every.values()))
    rows = [[name, *(report.number(every[route][name]) if every[route][name] >= 0.5 else "" for route in profiles)]
            for name in names if max(cost[name] for cost in every.values()) >= least]
    return report.table([head, *(f"{route} route" for route in profiles)], rows)


def of_requests(costs):
    """Without the functions around the loop, which include everything."""
    around = r"master|serve\b|`main|below main|libc_start|run_worker|Runtime::run|fork_child|^`0x|Loop::run|uv_run|^`run|" \
             r"_Function_handler|^``$"
    return collections.Counter({name: cost for name, cost in costs.items() if not re.search(around, name)})


def run(options):
    packages.install(["valgrind"])
    binaries = build.binaries("orrery", "echo")
    profiles = {}
    for route in ROUTES:
        server = contestants.orrery(binaries, route)
        progress.show(f"profile: {route} route")
        few, many = life(server, FEW), life(server, MANY)
        profiles[route] = many.minus(few, MANY - FEW)
    progress.clear()
    totals = ", ".join(f"{route} {profile.total:,}" for route, profile in profiles.items())
    lines = machine.describe(options.command, ["valgrind"])
    return ["## Profile", "", *lines, f"- User instructions of one request: {totals}", "",
            "### By room: instructions spent there itself", "", *table("room", profiles, rooms, 15), "",
            "### By function: itself", "", *table("function", profiles, lambda p: merged(p.self_of_functions()), 60), "",
            "### By function: with all it calls", "",
            *table("function", profiles, lambda p: of_requests(merged(p.inclusive)), 150)]


def listing():
    return ["routes   the static and the planet route, by room and by function"]
