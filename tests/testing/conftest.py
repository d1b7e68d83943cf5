"""Every behaviour is asked of both: a server in this process, and one that runs and is driven over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from mockserver.testing import LivepeerMock, Mock, RestreamMock, Server, live, serve

STREAM = "eaw4nk06ts2d0mzb"
FILE = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"

# One for all tests: making one reads the machine's certificates, which takes longer than a test.
http = httpx.Client()


@pytest.fixture(scope="session")
def here() -> Iterator[Server]:
    with serve() as server:
        yield server


@pytest.fixture(scope="session")
def there() -> Iterator[Server]:
    with ThreadedServer(Settings(port=0, admin_token="let me in")) as running, live(running.url, "let me in") as server:
        yield server


@pytest.fixture(params=["here", "there"])
def server(request: pytest.FixtureRequest) -> Server:
    found: Server = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def livepeer(server: Server) -> Iterator[LivepeerMock]:
    mock = server.world("livepeer", "a-test")
    yield mock
    mock.close()


@pytest.fixture
def restream(server: Server) -> Iterator[RestreamMock]:
    mock = server.world("restream", "a-test")
    yield mock
    mock.close()


def ask(mock: Mock, method: str, path: str, body: object = None) -> httpx.Response:
    """One call of a client."""
    return http.request(method, mock.url + path, json=body, headers=mock.headers)


def clip(mock: Mock, **changed: object) -> httpx.Response:
    """A clip of the last half minute but one."""
    now = mock.clock.now
    return ask(
        mock, "POST", "/clip", {"playbackId": STREAM, "startTime": now - 60_000, "endTime": now - 30_000, **changed}
    )
