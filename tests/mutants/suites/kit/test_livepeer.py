"""The kit's shortest use for a client of Livepeer's clips."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import httpx
from hypothesis import settings

from mockserver.strategies import Client, Clock, Ended, Mock, Receiver, State
from mockserver.testing import LivepeerMock
from mockserver.testing.session import Mocks
from tests.mutants.clients.api import Connection
from tests.mutants.clients.errors import ClientError, ClipFailed, TooManyClips
from tests.mutants.clients.livepeer import Clip, LivepeerClient

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Livepeer(Client):
    errors, at_limit = (ClientError,), (TooManyClips,)

    def __init__(self, kind: type[LivepeerClient], mock: Mock, clock: Clock) -> None:
        plain = httpx.HTTPTransport(verify=False)  # certificates take 20 ms to load
        self.api = kind(Connection(mock.url, mock.key, clock.sleep, clock.now, timeout=1.0, transport=plain))
        self.made = 0

    def create(self, source: str, start: float | None, end: float | None) -> str:
        self.made += 1
        times = [EPOCH + timedelta(seconds=at or 0) for at in (start, end)]
        return self.api.create_clip(source, *times, name=f"clip {self.made}").id

    def state(self, clip: Clip) -> State:
        return State.READY if self.api.is_ready(clip) else State.FAILED if self.api.has_failed(clip) else State.WAITING

    def poll(self, handle: str) -> State:
        return self.state(self.api.clip(handle))

    def wait(self, handle: str) -> State:
        try:
            return self.state(self.api.wait_until_ready(handle))
        except ClipFailed:
            return State.FAILED

    def list(self, source: str) -> Sequence[str]:
        return [clip.id for clip in self.api.clips(source)]

    def download(self, handle: str) -> bytes:
        return self.api.download(self.api.clip(handle))

    def play(self, handle: str) -> str:
        return self.api.playback_url(self.api.clip(handle))

    def delete(self, handle: str) -> None:
        self.api.delete(handle)

    def register(self, url: str, secret: str) -> str:
        return self.api.register_webhook("clips", url, secret)

    def receiver(self, secret: str, ended: Ended) -> Receiver:
        end = (lambda clip, state=state: ended(clip, state) for state in (State.READY, State.FAILED))
        return self.api.receiver(secret, *end).receive

    def close(self) -> None:
        self.api.close()


def test_explored(livepeer_client: type[LivepeerClient], livepeer_mocks: Mocks[LivepeerMock], quick: settings) -> None:
    livepeer_mocks.explore(partial(Livepeer, livepeer_client), settings=quick)
