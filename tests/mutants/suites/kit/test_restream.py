"""The kit's shortest use for a client of Restream's clips."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import httpx
from hypothesis import settings

from mockserver.strategies import Client, Clock, Mock, Save, State, Tokens
from mockserver.testing import RestreamMock
from mockserver.testing.session import Mocks
from tests.mutants.clients.api import Connection
from tests.mutants.clients.errors import ClientError, SignInAgain, UsageLimitReached
from tests.mutants.clients.restream import App, RestreamClient


class Restream(Client):
    errors, must_sign_in, at_limit = (ClientError,), (SignInAgain,), (UsageLimitReached,)

    def __init__(self, kind: type[RestreamClient], mock: Mock, clock: Clock) -> None:
        plain = httpx.HTTPTransport(verify=False)  # certificates take 20 ms to load
        self.api = kind(Connection(mock.url, mock.key, clock.sleep, clock.now, timeout=1.0, transport=plain))

    def sign_in(self, tokens: Tokens, save: Save) -> None:
        app = App(tokens.client_id, tokens.client_secret, tokens.refresh, lambda new: save(new.access, new.refresh))
        self.api = type(self.api)(replace(self.api.connection, key=tokens.access), app)

    def create(self, source: str, start: float | None, end: float | None, single: bool = False) -> str:
        part = None if start is None or end is None else (start, end)
        return self.api.create_project(source, part=part, single=single).id

    def create_single(self, source: str, start: float | None, end: float | None) -> str:
        return self.create(source, start, end, single=True)

    def poll(self, handle: str) -> State:
        coming, clips = self.api.clips(handle)
        return State.WAITING if coming else State.READY if clips else State.FAILED

    def wait(self, handle: str) -> State:
        return State.READY if self.api.wait_for_clips(handle) else State.FAILED

    def list(self, source: str) -> Sequence[str]:
        return [project.id for project in self.api.projects()]

    def download(self, handle: str) -> Sequence[bytes]:
        return [self.api.download(clip.id) for clip in self.api.clips(handle)[1]]

    def files(self) -> Sequence[str]:
        return [file.id for file in self.api.files()]

    def close(self) -> None:
        self.api.close()


def test_explored(restream_client: type[RestreamClient], restream_mocks: Mocks[RestreamMock], quick: settings) -> None:
    restream_mocks.explore(partial(Restream, restream_client), settings=quick)
