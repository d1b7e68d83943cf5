"""What clients do to a server all day: documented cases in random order, clips until they are ready, webhooks."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Final

import aiohttp
from aiohttp import web

from mockserver.contract.check import CompiledContract, compile_contract
from mockserver.contract.document import effective
from mockserver.core.http import Headers, Reply, media_type
from mockserver.core.payload import is_json
from mockserver.core.text import Json, TextError, dump, parse
from mockserver.engine.cards import Card
from mockserver.providers import registry
from mockserver.testing.outcomes import known, outcome_of
from tests.soak.server import Served

# Calls in one world before it goes, and another of the same name comes.
ROUND: Final = 40
FAULTY: Final = "test_faulty"
PLANS: Final = ("retry-storm", "flaky-network", "broken-bodies", "success-lost", "gateway-gives-up", "dead-connections")
# So long after a restart a connection may still be found broken.
QUIET_SECONDS: Final = 1.0
# A reply that takes longer is an error, whatever it says.
PATIENCE: Final = aiohttp.ClientTimeout(total=20)


@dataclass
class Tally:
    """What came of it all. `wrong` are errors that nobody asked for: of each sort how many, and one of them."""

    calls: Counter[str] = field(default_factory=Counter)
    lost: int = 0  # to restarts
    asked_for: int = 0  # errors in the world that has faults
    deliveries: int = 0
    wrong: dict[str, tuple[int, str]] = field(default_factory=dict)

    def blame(self, sort: str, example: str = "") -> None:
        many, first = self.wrong.get(sort, (0, example))
        self.wrong[sort] = many + 1, first

    async def excuse(self, served: Served, who: str, error: Exception) -> None:
        """A call that failed on the wire: asked for while the server is away, or one of its workers."""
        if served.up and served.quiet_for(QUIET_SECONDS):
            self.blame(f"{type(error).__name__}", f"{who}: {error}")
        else:
            self.lost += 1
        await asyncio.sleep(0.05)


@asynccontextmanager
async def receiver(tally: Tally) -> AsyncIterator[str]:
    """Where webhooks go: its URL."""

    async def take(request: web.BaseRequest) -> web.Response:
        await request.read()
        tally.deliveries += 1
        return web.Response()

    runner = web.ServerRunner(web.Server(take))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


class Client:
    """One client with a key of its own; `faulty` if its world has faults, so that anything may come of its calls."""

    def __init__(self, served: Served, tally: Tally, name: str, seed: int, hook: str) -> None:
        self._hook = hook
        self._served = served
        self._tally = tally
        self._key = f"test_{name}"
        self._random = Random(seed)
        self._faulty = self._key == FAULTY
        self._contracts = {each.name: _contract(each.name) for each in registry.find(("livepeer", "restream"))}
        self._cards = known()

    async def run(self, until: float) -> None:
        """Call and call until the loop's clock says so."""
        clock = asyncio.get_running_loop().time
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            while clock() < until:
                try:
                    await self._round(session, until)
                except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
                    await self._excuse(error)

    async def _round(self, session: aiohttp.ClientSession, until: float) -> None:
        clock = asyncio.get_running_loop().time
        if self._faulty:
            await self._set_faults(session)
        else:
            hook = dump({"name": "soak", "url": self._hook, "events": ["asset.ready", "asset.failed"]})
            await self._json(session, "livepeer", "POST", "/api/webhook", hook)
        for _ in range(ROUND):
            if clock() >= until:
                return
            await self._random.choice((self._card, self._card, self._card, self._clip, self._project))(session)
        for provider in self._contracts:
            await self._control(session, "DELETE", f"/worlds/{provider}/{self._key}")

    async def _set_faults(self, session: aiohttp.ClientSession) -> None:
        await self._control(session, "DELETE", "/faults")
        plans = (await self._control(session, "GET", "/faults/plans"))["plans"]
        wanted = self._random.choice(PLANS)
        for fault in next(plan["faults"] for plan in plans if plan["name"] == wanted):
            about = {**(fault.get("calls") or {}), "world": FAULTY}
            await self._control(session, "POST", "/faults", {**fault, "calls": about})

    async def _card(self, session: aiohttp.ClientSession) -> None:
        card: Card = self._random.choice(self._cards)
        outcome = outcome_of(card, self._served.url, self._key)
        body = None if outcome.body is None else outcome.body.encode()
        await self._call(session, card.provider, outcome.method, outcome.url, body, outcome.headers)

    async def _clip(self, session: aiohttp.ClientSession) -> None:
        body = b'{"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725}'
        made = await self._json(session, "livepeer", "POST", "/api/clip", body)
        asset = made.get("asset", {}).get("id")
        for _ in range(30):
            if asset is None:
                return
            told = await self._json(session, "livepeer", "GET", f"/api/asset/{asset}", None)
            if told.get("status", {}).get("phase") in (None, "ready", "failed"):
                break
            await asyncio.sleep(0.02)
        await self._json(session, "livepeer", "GET", "/api/asset?limit=10&order=createdAt-true", None)

    async def _project(self, session: aiohttp.ClientSession) -> None:
        file = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
        body = f'{{"sourceType": "VideoStorageFile", "videoStorageFileId": "{file}"}}'.encode()
        made = await self._json(session, "restream", "POST", "/v2/user/clips/projects", body)
        if "projectId" in made:
            await self._json(session, "restream", "GET", f"/v2/user/clips/projects/{made['projectId']}", None)
        await self._json(session, "restream", "GET", "/v2/user/clips/projects?limit=3", None)

    async def _json(
        self, session: aiohttp.ClientSession, provider: str, method: str, path: str, body: bytes | None
    ) -> Json:
        headers = {"Authorization": f"Bearer {self._key}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        value = await self._call(session, provider, method, self._served.url + path, body, headers)
        return value if isinstance(value, dict) else {}

    async def _call(
        self,
        session: aiohttp.ClientSession,
        provider: str,
        method: str,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str],
    ) -> Json:
        """One call, its reply held against the document. In the faulty world anything may come."""
        try:
            async with session.request(method, url, data=body, headers=headers, allow_redirects=False) as response:
                text = await response.read()
        except (aiohttp.ClientError, ConnectionError, TimeoutError) as error:
            await self._excuse(error)
            return None
        self._tally.calls[f"{provider} {response.status}"] += 1
        media, _ = media_type(response.headers.get("Content-Type"))
        try:
            value = parse(text) if text and is_json(media) else None
        except TextError:
            value = None
        if self._faulty:
            self._tally.asked_for += response.status >= 500
            return value
        match = self._contracts[provider].match(method, url.removeprefix(self._served.url).partition("?")[0])
        if match is not None:
            reply = Reply(response.status, Headers.of(response.headers.items()), text, value)
            for violation in self._contracts[provider].check_reply(match.operation, reply):
                self._tally.blame(f"{match.operation.id}: {violation.rule} {violation.pointer}", f"{url}: {violation}")
        if response.status >= 500 and b"mockserver" in text:
            operation = match.operation.id if match else f"{method} {url}"
            self._tally.blame(f"{operation}: {response.status}", f"{url}: {text[:300].decode(errors='replace')}")
        return value

    async def _control(self, session: aiohttp.ClientSession, method: str, path: str, body: Json = None) -> Json:
        async with session.request(method, f"{self._served.url}/__admin{path}", json=body) as response:
            if response.status >= 500:
                self._tally.blame(f"{method} /__admin{path}: {response.status}", await response.text())
            return await response.json(content_type=None) if response.status == 200 else {}

    async def _excuse(self, error: Exception) -> None:
        """A call that failed on the wire: asked for in the faulty world, too."""
        if self._faulty:
            self._tally.asked_for += 1
            await asyncio.sleep(0.05)
        else:
            await self._tally.excuse(self._served, self._key, error)


def _contract(provider: str) -> CompiledContract:
    (found,) = registry.find((provider,))
    return compile_contract(effective(found.name, found.specs).value)
