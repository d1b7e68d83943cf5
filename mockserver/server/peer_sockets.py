"""Questions between the servers of one machine: Unix domain sockets in a folder that only their user may enter.

A frame is a number of eight octets (which question this is, or answers), the length of what follows in four, and that.
Lines are kept. One that breaks, or can't be had, says that the process behind it has ended.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from mockserver.core.peers import Peer
from mockserver.core.world import StoreError

_HEAD: Final = struct.Struct("!QI")
# A question or an answer has at most so much, and a frame that says more is none of ours.
_MOST: Final = 80 * 1024 * 1024
_BUFFER: Final = 1024 * 1024
# At the end, for answers under way.
_FINISH_SECONDS: Final = 1.0

_GONE: Final = (ConnectionError, FileNotFoundError, asyncio.IncompleteReadError)


class Sockets:
    """A `core.peers.Transport`. `place` is where others reach us, and theirs is `Peer.at`.

    `tidy` says at the end whether nobody else will remove the folder.
    """

    def __init__(self, place: Path, tidy: Callable[[], bool] = lambda: False) -> None:
        self._place = place
        self._tidy = tidy
        self._answer: Callable[[bytes], Awaitable[bytes]] | None = None
        self._server: asyncio.Server | None = None
        self._lines: dict[str, asyncio.Task[_Line]] = {}
        self._listening: dict[asyncio.Task[Any], asyncio.StreamWriter] = {}
        self._answering: set[asyncio.Task[None]] = set()

    async def open(self, answer: Callable[[bytes], Awaitable[bytes]]) -> None:
        self._answer = answer
        try:
            self._server = await asyncio.start_unix_server(self._listen, str(self._place), limit=_BUFFER)
        except OSError as error:
            raise StoreError(f"{self._place}: other workers can't ask there ({error.strerror or error})") from error

    async def put(self, peer: Peer, question: bytes, is_alive: Callable[[], Awaitable[bool]]) -> bytes | None:
        try:
            return await (await self._line(peer)).ask(question)
        except _GONE:
            return None
        except OSError as error:
            raise StoreError(f"{peer.name} can't be asked at {peer.at} ({error.strerror or error})") from error

    async def close(self) -> None:
        if self._answering:
            await asyncio.wait(self._answering, timeout=_FINISH_SECONDS)
        if self._server is not None:
            self._server.close()
            self._place.unlink(missing_ok=True)
        for task in self._lines.values():
            if task.done() and not _is_over(task):
                task.result().close()
            task.cancel()
        listening = list(self._listening)
        for writer in self._listening.values():
            writer.close()
        if listening:  # what has been answered is on its way
            await asyncio.wait(listening, timeout=_FINISH_SECONDS)
        for writer in self._listening.values():
            writer.transport.abort()
        for answering in self._answering:
            answering.cancel()
        await asyncio.gather(*listening, *self._answering, *self._lines.values(), return_exceptions=True)
        self._lines.clear()
        if self._tidy():
            await _remove(self._place.parent)

    # ---- asking

    async def _line(self, peer: Peer) -> _Line:
        """The line to a server, of which there is one."""
        task = self._lines.get(peer.name)
        if task is None:
            self._lines = {name: each for name, each in self._lines.items() if not _is_over(each)}
            task = self._lines[peer.name] = asyncio.create_task(_connected(peer.at))
        try:
            line = await asyncio.shield(task)
            if not line.is_broken:
                return line
        except OSError:
            self._forget(peer, task)
            raise
        self._forget(peer, task)
        raise ConnectionResetError(peer.at)

    def _forget(self, peer: Peer, task: asyncio.Task[_Line]) -> None:
        if self._lines.get(peer.name) is task:
            del self._lines[peer.name]

    # ---- answering

    async def _listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        assert me is not None
        self._listening[me] = writer
        try:
            while True:
                number, question = await _read(reader)
                task = asyncio.create_task(self._reply(writer, number, question))
                self._answering.add(task)
                task.add_done_callback(self._answering.discard)
        except _GONE:
            """Whoever asks has ended."""
        finally:
            del self._listening[me]
            writer.close()

    async def _reply(self, writer: asyncio.StreamWriter, number: int, question: bytes) -> None:
        assert self._answer is not None
        answer = await self._answer(question)
        with suppress(ConnectionError):
            put_frame(writer, number, answer)
            await writer.drain()


class _Line:
    """A kept connection to one server, over which any number of questions may be under way."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._count = 0
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self._task = asyncio.create_task(self._collect())

    @property
    def is_broken(self) -> bool:
        return self._task.done()

    async def ask(self, question: bytes) -> bytes:
        self._count = number = self._count + 1
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            put_frame(self._writer, number, question)
            await self._writer.drain()
            return await future
        finally:
            self._waiting.pop(number, None)
            _let_go(future)

    def close(self) -> None:
        self._task.cancel()
        self._writer.close()

    async def _collect(self) -> None:
        try:
            while True:
                number, answer = await _read(self._reader)
                future = self._waiting.get(number)
                if future is not None and not future.done():
                    future.set_result(answer)
        except _GONE:
            """It has ended."""
        finally:
            self._writer.close()
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(ConnectionResetError())


def _is_over(task: asyncio.Task[_Line]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None or task.result().is_broken)


async def _connected(path: str) -> _Line:
    if not path:
        raise FileNotFoundError
    return _Line(*await asyncio.open_unix_connection(path, limit=_BUFFER))


def _let_go(future: asyncio.Future[bytes]) -> None:
    """Nobody waits for this any more, whatever came of it."""
    if not future.cancel() and not future.cancelled():
        future.exception()


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    number, length = _HEAD.unpack(await reader.readexactly(_HEAD.size))
    if length > _MOST:
        raise ConnectionResetError(f"a frame of {length} bytes")
    return number, await reader.readexactly(length)


def put_frame(writer: asyncio.StreamWriter, number: int, text: bytes) -> None:
    """Raises ConnectionResetError for a line that has ended; uvloop has a RuntimeError for that."""
    try:
        writer.writelines((_HEAD.pack(number, len(text)), text))
    except RuntimeError as error:
        raise ConnectionResetError(str(error)) from error


async def _remove(folder: Path) -> None:
    """Remove the folder of a crew whose supervisor is no more, unless somebody is left in it."""
    for place in folder.glob("*.sock"):
        try:
            _, writer = await asyncio.open_unix_connection(str(place))
        except ConnectionRefusedError:
            place.unlink(missing_ok=True)
        except OSError:
            continue
        else:
            writer.close()
            return
    with suppress(OSError):
        folder.rmdir()
