"""The yardstick: the least an aiohttp handler can do with a POST, and still parse JSON and return as many bytes.

Run as a program: port, and how many bytes of JSON to return.
"""

from __future__ import annotations

import sys

import orjson
import uvloop
from aiohttp import web


def application(size: int) -> web.Application:
    body = orjson.dumps({"x": "y" * (size - len('{"x":""}'))})

    async def answer(request: web.Request) -> web.Response:
        await request.json()
        return web.Response(body=body, content_type="application/json")

    app = web.Application()
    app.router.add_post("/api/clip", answer)
    return app


def main() -> None:
    uvloop.install()
    port, size = int(sys.argv[1]), int(sys.argv[2])
    web.run_app(application(size), host="127.0.0.1", port=port, access_log=None, print=None)


if __name__ == "__main__":
    main()
