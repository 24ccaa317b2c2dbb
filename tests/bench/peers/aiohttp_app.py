"""The asynchronous stack: aiohttp, by itself (run this file: PORT) or under gunicorn (aiohttp_app:app)."""

import sys

import tracker
from aiohttp import web


async def planet(request):
    place = tracker.place_of(request.query)
    return web.json_response({**tracker.sky_of(request.match_info["name"], place), "geo_location": place})


app = web.Application()
app.add_routes([web.get("/planets/{name}", planet)])

if __name__ == "__main__":
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]))
