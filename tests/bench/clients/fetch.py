"""The same GET many times, in one of three ways; scripts/bench article takes the time.

    fetch.py sequential URL COUNT         one after the other, by requests with one session
    fetch.py threads URL COUNT THREADS    a pool of threads, a session each
    fetch.py loop URL COUNT               all at once on one event loop, by aiohttp
"""

import sys


def sequential(url, count):
    import requests

    with requests.Session() as session:
        for _ in range(count):
            session.get(url).raise_for_status()


def threads(url, count, size):
    import threading
    from concurrent.futures import ThreadPoolExecutor

    import requests

    own = threading.local()

    def fetch(_):
        if not hasattr(own, "session"):
            own.session = requests.Session()
        own.session.get(url).raise_for_status()

    with ThreadPoolExecutor(size) as pool:
        list(pool.map(fetch, range(count)))


def loop(url, count):
    import asyncio

    import aiohttp

    async def fetch(session):
        async with session.get(url) as response:
            response.raise_for_status()
            await response.read()

    async def all_of_them():
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*(fetch(session) for _ in range(count)))

    asyncio.run(all_of_them())


how, url, *numbers = sys.argv[1:]
{"sequential": sequential, "threads": threads, "loop": loop}[how](url, *map(int, numbers))
