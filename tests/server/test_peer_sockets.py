"""Sockets of workers: who has ended is known at once, and nothing is left behind."""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.core.peers import Peer
from mockserver.core.world import StoreError
from mockserver.server.peer_sockets import Sockets, put_frame
from tests.server.meshes import run


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
        yield Path(made)


async def echo(question: bytes) -> bytes:
    return question


async def is_alive() -> bool:
    raise AssertionError("a socket says that itself")


async def opened(place: Path, *, orphan: bool = False) -> Sockets:
    sockets = Sockets(place, lambda: orphan)
    await sockets.open(echo)
    return sockets


def left_behind(place: Path) -> Path:
    """The socket of a process that was killed."""
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(place))
    return place


def test_who_was_killed_or_never_was_is_left_out_at_once(folder: Path) -> None:
    dead = left_behind(folder / "dead.sock")

    async def asked() -> list[bytes | None]:
        one = await opened(folder / "one.sock")
        places = [str(dead), str(folder / "nobody.sock"), ""]
        answers = [await one.put(Peer(place, at=place), b"?", is_alive) for place in places]
        await one.close()
        return answers

    assert run(asked()) == [None] * 3


def test_who_ends_while_it_is_asked_is_left_out(folder: Path) -> None:
    async def asked() -> list[bytes | None]:
        one = await opened(folder / "one.sock")

        async def ends(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read(1)
            writer.close()

        two = Peer("two", at=str(folder / "two.sock"))
        async with await asyncio.start_unix_server(ends, two.at):
            answers = [await one.put(two, b"?", is_alive), await one.put(two, b"?", is_alive)]
        await one.close()
        return answers

    assert run(asked()) == [None, None]


def test_what_is_no_frame_of_ours_breaks_one_line_only(folder: Path) -> None:
    async def asked() -> tuple[bytes, bytes | None]:
        one, two = await opened(folder / "one.sock"), await opened(folder / "two.sock")
        reader, writer = await asyncio.open_unix_connection(str(folder / "two.sock"))
        writer.write(b"GET / HTTP/1.1\r\n\r\n")
        refused = await reader.read()
        writer.close()
        answer = await one.put(Peer("two", at=str(folder / "two.sock")), b"?", is_alive)
        await one.close()
        await two.close()
        return refused, answer

    assert run(asked()) == (b"", b"?")


def test_what_cannot_be_asked_is_no_proof_of_an_end(folder: Path) -> None:
    (folder / "file").write_text("a file is no folder")

    async def asked() -> None:
        one = await opened(folder / "one.sock")
        try:
            await one.put(Peer("two", at=str(folder / "file" / "two.sock")), b"?", is_alive)
        finally:
            await one.close()

    with pytest.raises(StoreError, match=r"two can't be asked at .* \(Not a directory\)"):
        run(asked())


def test_a_socket_that_cannot_be_made_is_said(folder: Path) -> None:
    with pytest.raises(StoreError, match=r"nowhere.*: other workers can't ask there"):
        run(Sockets(folder / "nowhere" / "one.sock").open(echo))


def test_a_supervisor_s_folder_is_left_to_it(folder: Path) -> None:
    async def over() -> None:
        await (await opened(folder / "one.sock")).close()

    run(over())
    assert list(folder.iterdir()) == []


def test_the_last_orphan_removes_the_folder_with_what_killed_ones_left(folder: Path) -> None:
    left_behind(folder / "dead.sock")

    async def over() -> list[bool]:
        one, two = await opened(folder / "one.sock", orphan=True), await opened(folder / "two.sock", orphan=True)
        there = []
        for each in (one, two):
            await each.close()
            there.append(folder.exists())
        return there

    assert run(over()) == [True, False]


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_a_line_that_has_ended_takes_no_frame(folder: Path, loop: str) -> None:
    """The other one was killed, and what read from it noticed first."""

    async def story() -> None:
        sockets = await opened(folder / "one.sock")
        _, writer = await asyncio.open_unix_connection(folder / "one.sock")
        writer.transport.abort()
        await asyncio.wait([asyncio.ensure_future(writer.wait_closed())])
        with pytest.raises(ConnectionError):
            put_frame(writer, 1, b"?")
            await writer.drain()
        await sockets.close()

    factory = pytest.importorskip("uvloop").new_event_loop if loop == "uvloop" else None
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(story())
