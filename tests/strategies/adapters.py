"""The adapters of `make mutants`, without a wire: what their clients send goes straight to the stand-in."""

from __future__ import annotations

import httpx

from mockserver.core.http import Headers, Request
from mockserver.strategies import Client, ClientMachine, Clock, Mock
from tests.mutants.clients.api import Connection
from tests.mutants.clients.livepeer import LivepeerClient
from tests.mutants.clients.restream import RestreamClient
from tests.mutants.suites.kit import test_livepeer, test_restream
from tests.strategies.standin import Hung, StandIn


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
    return Connection(mock.url + base, mock.key, clock.sleep, clock.now, transport=Wire(mock))


class Livepeer(test_livepeer.Livepeer):
    def __init__(self, kind: type[LivepeerClient], mock: Mock, clock: Clock) -> None:
        self.api, self.made = kind(connection(mock, clock, "/api")), 0


class Restream(test_restream.Restream):
    def __init__(self, kind: type[RestreamClient], mock: Mock, clock: Clock) -> None:
        self.api = kind(connection(mock, clock, "/v2"))


def machine(kind: type[LivepeerClient | RestreamClient]) -> type[ClientMachine]:
    """The machine for a client, honest or not."""

    class Explored(ClientMachine):
        provider = "livepeer" if issubclass(kind, LivepeerClient) else "restream"

        def mock(self) -> Mock:
            return StandIn()

        def client(self, mock: Mock, clock: Clock) -> Client:
            if issubclass(kind, LivepeerClient):
                return Livepeer(kind, mock, clock)
            assert issubclass(kind, RestreamClient)
            return Restream(kind, mock, clock)

    return Explored
