from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from mockserver.engine.engine import Engine
from mockserver.engine.kept import kinds_of
from mockserver.server.app import App
from mockserver.server.connection import Line
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from mockserver.stores.memory import MemoryStore
from tests.engine import tiny
from tests.server.raw import once, said

LIST = said("GET", "/tiny/notes", b"", "Authorization: Bearer main")


class Transport(asyncio.Transport):
    """A connection whose client reads when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: Any) -> None:
        self.written.append(bytes(data))

    def get_write_buffer_size(self) -> int:
        return 0

    def close(self) -> None:
        self.closed = True


async def connected(engine: Engine) -> tuple[Line, Transport]:
    """A line that waits for its first request."""
    await engine.open("http://mock.example")
    line, transport = App(engine, "http://mock.example")(), Transport()
    line.connection_made(transport)
    await turn()
    return line, transport


async def turn() -> None:
    """Let the loop do what is to be done by now."""
    loop = asyncio.get_running_loop()
    for _ in range(8):
        turned = loop.create_future()
        loop.call_soon(turned.set_result, None)
        await turned


async def next_turn() -> None:
    """Let the loop do what was to be done in this turn of it."""
    turned = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(turned.set_result, None)
    await turned


def test_a_request_that_is_all_there_is_answered_before_anything_else_happens() -> None:
    async def talk() -> list[bytes]:
        line, transport = await connected(tiny.engine())
        line.data_received(LIST)
        await next_turn()
        return list(transport.written)

    (answer,) = asyncio.run(talk())
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")


def test_a_client_that_goes_on_at_once_is_answered_in_its_order() -> None:
    async def talk() -> list[bytes]:
        line, transport = await connected(tiny.engine())
        line.data_received(LIST)
        line.data_received(LIST.replace(b"GET", b"PUT", 1))
        line.data_received(LIST)
        await turn()
        return [answer.split(b" ", 2)[1] for answer in transport.written]

    assert asyncio.run(talk()) == [b"200", b"404", b"200"]


def test_a_client_that_has_gone_changes_what_it_asked_for_and_hears_nothing() -> None:
    async def talk() -> tuple[list[bytes], int]:
        engine = tiny.engine()
        line, transport = await connected(engine)
        line.data_received(LIST)
        line.connection_lost(None)
        await turn()
        return transport.written, len(engine.journal)

    assert asyncio.run(talk()) == ([], 1)


def test_a_client_that_has_said_all_it_will_is_answered_and_left() -> None:
    async def talk() -> tuple[bool, int, bool]:
        line, transport = await connected(tiny.engine())
        line.data_received(LIST)
        stays = line.eof_received()
        await next_turn()
        return stays, len(transport.written), transport.closed

    assert asyncio.run(talk()) == (True, 1, True)


@pytest.mark.parametrize("cut", [10, 40, len(LIST) - 2])
def test_a_request_in_parts_is_answered_once_when_it_is_all_there(cut: int) -> None:
    async def talk() -> tuple[int, int]:
        line, transport = await connected(tiny.engine())
        line.data_received(LIST[:cut])
        before = len(transport.written)
        line.data_received(LIST[cut:])
        await turn()
        return before, len(transport.written)

    assert asyncio.run(talk()) == (0, 1)


def test_a_client_that_does_not_read_gets_no_more_answers_until_it_does() -> None:
    async def talk() -> tuple[bool, int]:
        line, transport = await connected(tiny.engine())
        line.pause_writing()
        line.data_received(LIST)
        taken = line.taken is not None
        await turn()
        return taken, len(transport.written)

    assert asyncio.run(talk()) == (False, 1)


def test_connection_close_is_honoured_at_once() -> None:
    async def talk() -> bool:
        line, transport = await connected(tiny.engine())
        line.data_received(LIST.replace(b"Host: mock", b"Host: mock\r\nConnection: close"))
        await next_turn()
        return transport.closed

    assert asyncio.run(talk())


class WaitingStore(MemoryStore):
    """A store that says it may wait, as one on another machine would."""

    @property
    def never_waits(self) -> bool:
        return False


@pytest.fixture
def waiting() -> Iterator[ThreadedServer]:
    engine = tiny.engine(store=WaitingStore(kinds_of([tiny.PROVIDER])))
    with ThreadedServer(Settings(port=0), engine=engine) as server:
        yield server


def test_with_a_store_that_waits_a_request_takes_its_turn(waiting: ThreadedServer) -> None:
    assert once(waiting.url, LIST).status == 200


def test_a_store_that_waits_though_it_said_it_never_does_is_a_500_of_ours(caplog: pytest.LogCaptureFixture) -> None:
    class Liar(MemoryStore):
        async def exists(self, world: Any) -> bool:
            await turn()
            return await super().exists(world)

    engine = tiny.engine(store=Liar(kinds_of([tiny.PROVIDER])))
    request = said("GET", "/tiny/notes", b"", "Authorization: Bearer test_x")
    with ThreadedServer(Settings(port=0), engine=engine) as server:
        heard = once(server.url, request)
    assert (heard.status, heard.closes) == (500, True)
    assert "never waits has waited" in caplog.text
