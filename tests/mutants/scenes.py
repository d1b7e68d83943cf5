"""The stage for scenarios: one scripted server, one clock, and the client, honest or not, that is looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from mockserver.core.text import Json
from tests.mutants.clients.api import Connection
from tests.mutants.clients.deliveries import Deliveries
from tests.mutants.clients.livepeer import LivepeerClient
from tests.mutants.clients.restream import App, RestreamClient, Tokens
from tests.mutants.patience import Clock, Fence
from tests.mutants.stub import Stub

KEY = "key-nobody-may-see"
T = TypeVar("T", bound=LivepeerClient | RestreamClient)


class Scene(Generic[T]):
    def __init__(self, client: type[T], stub: Stub) -> None:
        self.stub = stub
        self.clock = Clock()
        self.saved: list[Tokens] = []
        self._class = client

    def connection(self) -> Connection:
        wait, now = self.clock.wait, self.clock.now
        return Connection(f"{self.stub.url}/v", KEY, wait, now, timeout=0.3, transport=Fence(self.stub.url))

    def client(self) -> T:
        return self._class(self.connection())


class LivepeerScene(Scene[LivepeerClient]):
    def receiver(
        self, on_ready: Callable[[str], None] = lambda clip: None, on_failed: Callable[[str], None] = lambda clip: None
    ) -> Deliveries:
        return self.client().receiver("secret", on_ready, on_failed)


class RestreamScene(Scene[RestreamClient]):
    def signed_in(self) -> RestreamClient:
        """A client that can refresh its token."""
        app = App("app", "client-secret", "refresh-1", self.saved.append)
        return self._class(self.connection(), app)


def asset(phase: str = "ready", **properties: Json) -> Json:
    """A clip of Livepeer's."""
    status = {"phase": phase, "updatedAt": 1_800_000_000_000, **properties.pop("status", {})}
    return {"id": "c1", "name": "first", "source": {"type": "clip"}, "status": status, **properties}


def project(identifier: str = "p1", source: str = "f1", **properties: Json) -> Json:
    """A project of Restream's, as lists have it."""
    return {
        "projectId": identifier,
        "sourceTypeName": "VideoStorageFile",
        "sourceIdentifier": source,
        "title": "A talk",
        "createdAt": "2026-01-28T15:50:30.420Z",
        "clipsCount": 1,
        "clipThumbnails": [],
        "generatingClipsNow": False,
        **properties,
    }


def page(*projects: Json, following: str | None = None) -> Json:
    return {"projects": list(projects), "pagination": {"nextCursor": following, "hasMore": following is not None}}


def cut(identifier: str = "k1", **properties: Json) -> Json:
    """A clip of Restream's."""
    return {
        "clipId": identifier,
        "name": "A moment",
        "viralityScore": 80,
        "viralityScoreExplanation": None,
        "transcriptText": None,
        "sourceStartSeconds": 10,
        "sourceEndSeconds": 40,
        "thumbnailUrl": None,
        "favouritedAt": None,
        "createdAt": "2026-01-28T15:56:37.452Z",
        **properties,
    }


def details(*clips: Json, generating: bool = False) -> Json:
    return {"generatingClipsNow": generating, "clips": list(clips), "postedClips": []}


def error(status: int, message: str, name: str) -> Json:
    """Restream's error."""
    return {"error": {"statusCode": status, "status": status, "code": status, "message": message, "name": name}}
