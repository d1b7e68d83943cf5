"""The clients of `tests/mutants`, honest ones and mutants, as the machine takes them: some 15 lines each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import httpx

from mockserver.core.http import Headers, Request
from mockserver.strategies import Client, ClientMachine, Clock, Mock, State
from tests.mutants.clients.api import Connection
from tests.mutants.clients.errors import ClientError, ClipFailed
from tests.mutants.clients.livepeer import Clip, LivepeerClient
from tests.mutants.clients.restream import RestreamClient
from tests.strategies.standin import START, Hung, StandIn

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Wire(httpx.BaseTransport):
    """Sends to the stand-in what httpx would send to a socket."""

    def __init__(self, mock: StandIn) -> None:
        self._mock = mock

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        path, _, query = request.url.raw_path.decode().partition("?")
        headers = Headers.of((name.decode(), text.decode("latin-1")) for name, text in request.headers.raw)
        try:
            reply = self._mock.send(
                Request(request.method, path, query, headers, request.read(), origin=self._mock.url)
            )
        except Hung:
            while request.extensions["timeout"]["read"] is None:
                pass
            raise httpx.ReadTimeout("timed out", request=request) from None
        except ConnectionError as error:
            raise httpx.ReadError(str(error), request=request) from error
        sent = [(name.encode(), text.encode("latin-1")) for name, text in reply.headers]
        return httpx.Response(reply.status, headers=sent, content=reply.body, request=request)


def connection(mock: Mock, clock: Clock, base: str) -> Connection:
    assert isinstance(mock, StandIn)
    now = START / 1000
    return Connection(mock.url + base, mock.key, clock.sleep, lambda: now + clock.time(), transport=Wire(mock))


class Livepeer(Client):
    errors = (ClientError,)

    def __init__(self, kind: type[LivepeerClient], mock: Mock, clock: Clock) -> None:
        self.api, self.made = kind(connection(mock, clock, "/api")), 0

    def create(self, source: str, start: float | None, end: float | None) -> str:
        self.made += 1
        times = [EPOCH + timedelta(seconds=at or 0) for at in (start, end)]
        return self.api.create_clip(source, *times, name=f"clip {self.made}").id

    def poll(self, handle: str) -> State:
        return self._state(self.api.clip(handle))

    def wait(self, handle: str) -> State:
        try:
            return self._state(self.api.wait_until_ready(handle))
        except ClipFailed:
            return State.FAILED

    def list(self, source: str) -> Sequence[str]:
        return [clip.id for clip in self.api.clips(source)]

    def download(self, handle: str) -> bytes:
        return self.api.download(self.api.clip(handle))

    def delete(self, handle: str) -> None:
        self.api.delete(handle)

    def close(self) -> None:
        self.api.close()

    def _state(self, clip: Clip) -> State:
        return State.READY if self.api.is_ready(clip) else State.FAILED if self.api.has_failed(clip) else State.WAITING


class Restream(Client):
    errors = (ClientError,)

    def __init__(self, kind: type[RestreamClient], mock: Mock, clock: Clock) -> None:
        self.api = kind(connection(mock, clock, "/v2"))

    def create(self, source: str, start: float | None, end: float | None) -> str:
        return self.api.create_project(source, part=None if start is None or end is None else (start, end)).id

    def poll(self, handle: str) -> State:
        coming, clips = self.api.clips(handle)
        return State.WAITING if coming else State.READY if clips else State.FAILED

    def wait(self, handle: str) -> State:
        return State.READY if self.api.wait_for_clips(handle) else State.FAILED

    def list(self, source: str) -> Sequence[str]:
        return [project.id for project in self.api.projects()]

    def download(self, handle: str) -> Sequence[str]:
        return [self.api.download_url(clip.id) for clip in self.api.clips(handle)[1]]

    def close(self) -> None:
        self.api.close()


def machine(kind: type[LivepeerClient | RestreamClient]) -> type[ClientMachine]:
    """The machine for a client, honest or not."""

    class Explored(ClientMachine):
        provider = "livepeer" if issubclass(kind, LivepeerClient) else "restream"
        patience = 3.0

        def mock(self) -> Mock:
            return StandIn()

        def client(self, mock: Mock, clock: Clock) -> Client:
            if issubclass(kind, LivepeerClient):
                return Livepeer(kind, mock, clock)
            assert issubclass(kind, RestreamClient)
            return Restream(kind, mock, clock)

    return Explored
