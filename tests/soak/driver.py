"""Somebody at the wheel while others call: clocks jump, worlds are kept and put back, what happened is asked for."""

from __future__ import annotations

import asyncio
from random import Random
from typing import Final

import aiohttp

from mockserver.core.text import Json
from tests.server.storm import CLIP
from tests.soak.server import Served
from tests.soak.traffic import PATIENCE, Tally

KEY: Final = "test_driven"
WORLD: Final = f"/worlds/livepeer/{KEY}"
REST_SECONDS: Final = 0.2
# Method, path below /__admin, body.
TURNS: Final[tuple[tuple[str, str, Json], ...]] = (
    ("POST", "/clock/advance", {"by": "1s"}),
    ("POST", "/clock/freeze", {}),
    ("POST", "/clock/run", {}),
    ("PUT", f"{WORLD}/clock/pace", {"pace": 60}),
    ("POST", f"{WORLD}/clock/advance", {"by": "30s"}),
    ("POST", f"{WORLD}/clock/settle", {}),
    ("POST", f"{WORLD}/snapshot", {"name": "kept"}),
    ("POST", f"{WORLD}/restore", {"snapshot": "kept"}),
    ("POST", f"{WORLD}/reset", {}),
    ("DELETE", WORLD, None),
    ("POST", f"{WORLD}/replies", {"operation": "getAssets", "status": 418}),
    ("GET", "/worlds", None),
    ("GET", "/faults", None),
    ("GET", "/requests?limit=20", None),
    ("GET", "/deliveries?limit=20", None),
    ("GET", "/coverage", None),
    ("GET", "/health", None),
    ("GET", "/metrics", None),
)


class Driver:
    """Turns the wheel until the loop's clock says so."""

    def __init__(self, served: Served, tally: Tally, seed: int) -> None:
        self._served = served
        self._tally = tally
        self._random = Random(seed)

    async def run(self, until: float) -> None:
        clock = asyncio.get_running_loop().time
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            while clock() < until:
                try:
                    await self._turn(session)
                except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
                    await self._tally.excuse(self._served, "the driver", error)
                await asyncio.sleep(REST_SECONDS)
            await self._call(session, "POST", "/__admin/clock/run", {})

    async def _turn(self, session: aiohttp.ClientSession) -> None:
        await self._call(session, "POST", "/api/clip", CLIP)
        method, path, body = self._random.choice(TURNS)
        await self._call(session, method, f"/__admin{path}", body)
        if path == "/clock/freeze":  # the others want to get on
            await self._call(session, "POST", "/__admin/clock/run", {})

    async def _call(self, session: aiohttp.ClientSession, method: str, path: str, body: Json) -> None:
        headers = {"Authorization": f"Bearer {KEY}"} if path.startswith("/api") else {}
        async with session.request(method, self._served.url + path, json=body, headers=headers) as response:
            text = await response.text()
        self._tally.calls[f"driver {response.status}"] += 1
        if response.status >= 500:
            self._tally.blame(f"{method} {path.partition('?')[0]}: {response.status}", text[:600])
