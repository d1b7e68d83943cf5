"""A client that looks for one defect: calls, time that is moved, and the list of proofs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import httpx

from mockserver.core.text import Json
from mockserver.server.thread import ThreadedServer
from tests.servers.defect import Name
from tests.servers.defects import DEFECTS

KEY: Final = "test_proof"
# The documentation's own, which the default world has.
FILE: Final = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
STREAM: Final = "707d1de1-0ea0-4d0f-bc03-9a4470c04ec4"
BROADCAST: Final = "eaw4nk06ts2d0mzb"
START: Final = 1_587_667_174_725


class Probe:
    """Calls a server whose clock stands still until it is moved."""

    def __init__(self, server: ThreadedServer) -> None:
        self.server = server
        self.client = httpx.Client(base_url=server.url, timeout=10)

    def __call__(
        self, method: str, path: str, body: Json = None, *, key: str | None = KEY, **more: Json
    ) -> httpx.Response:
        """One call; `path` is whole. `body` goes as JSON."""
        headers = {**({} if key is None else {"Authorization": f"Bearer {key}"}), **more.pop("headers", {})}
        if body is not None:
            more["json"] = body
        return self.client.request(method, path, headers=headers, **more)

    def get(self, path: str, **more: Json) -> Json:
        """The JSON of a GET."""
        return self("GET", path, **more).json()

    def advance(self, seconds: float) -> None:
        """Move the clock."""
        self.server.run(self.server.engine.advance(round(seconds * 1000)))

    def project(self, body: Json | None = None, **more: Json) -> httpx.Response:
        """Restream's createClipProject of the documentation's file."""
        usual = {"sourceType": "VideoStorageFile", "videoStorageFileId": FILE}
        return self("POST", "/v2/user/clips/projects", {**usual, **(body or {})}, **more)

    def clip(self, body: Json | None = None, **more: Json) -> httpx.Response:
        """Livepeer's createClip of the documentation's stream."""
        usual = {"playbackId": BROADCAST, "startTime": START, "endTime": START + 30_000}
        return self("POST", "/api/clip", {**usual, **(body or {})}, **more)

    def close(self) -> None:
        self.client.close()


Proof = Callable[[Probe], bool]
PROOFS: Final[dict[tuple[str, Name], Proof]] = {}


def proof(name: str, provider: Name | None = None) -> Callable[[Proof], Proof]:
    """The proof of a defect: whether the server shows it. `provider` is said where both have the defect."""

    def add(found: Proof) -> Proof:
        where = (provider,) if provider else DEFECTS[name].providers
        PROOFS.update({(name, one): found for one in where})
        return found

    return add
