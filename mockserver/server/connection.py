"""One connection: aiohttp's parser and its course of things, and the ways in which ours differ.

Uses what aiohttp keeps to itself (the queue of parsed requests, who waits for them): the versions in pyproject.toml.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final, cast

from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.web_protocol import RequestHandler

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.http_parser import RawRequestMessage
    from aiohttp.streams import StreamReader

    from mockserver.server.app import App
    from mockserver.server.manner import Score
    from mockserver.server.turn import Answer

log = logging.getLogger("mockserver")


class Incoming:
    """A request's head and the stream of its body, and what aiohttp's connection asks of a request.

    Not aiohttp's own class: making that, with all its conveniences, costs a fifth of answering the request.
    """

    __slots__ = ("_task", "flow", "line", "message", "stream")

    def __init__(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        protocol: Line,
        writer: AbstractStreamWriter,
        task: asyncio.Task[None],
    ) -> None:
        self._task = task
        self.message = message
        self.stream = payload
        self.line = protocol
        self.flow = writer
        protocol.answering = self

    @property
    def peer(self) -> str | None:
        """The address at the other end."""
        transport = self.line.transport
        name = transport.get_extra_info("peername") if transport is not None else None
        return str(name[0]) if isinstance(name, tuple) else None

    def _finish(self) -> None:
        """The response is about to be written; nothing is held that had to be let go."""

    def _cancel(self, error: BaseException) -> None:
        """The connection broke: whoever reads the body hears of it."""
        self.stream.set_exception(error)


class Outgoing:
    """What aiohttp asks of a response: bytes are written at once, and whether the connection goes on."""

    __slots__ = ("data", "keep_alive")

    def __init__(self, data: bytes, keep_alive: bool) -> None:
        self.data = data
        self.keep_alive = keep_alive

    async def prepare(self, request: Incoming) -> None:
        line = request.line
        line.answering = None
        transport = line.transport
        if transport is None or not self.data:
            return
        transport.write(self.data)
        if transport.get_write_buffer_size():
            await request.flow.drain()

    async def write_eof(self) -> None:
        """All was written."""


GONE: Final = Outgoing(b"", False)


def _gone() -> Answer:
    yield GONE


class Disturbed(Outgoing):
    """A reply that a fault gives another manner: it is played piece by piece, and perhaps never ends well."""

    __slots__ = ("score",)

    def __init__(self, score: Score, keep_alive: bool) -> None:
        super().__init__(b"", keep_alive and score.ending == "well")
        self.score = score

    async def prepare(self, request: Incoming) -> None:
        from mockserver.server.manner import play

        line = request.line
        await play(self.score, line)
        line.answering = None
        self.keep_alive = self.keep_alive and not line.is_last()  # the server may have stopped meanwhile


class _Prompt:
    """aiohttp's parser, between it and its connection: a request that is all there is answered in the same turn.

    That saves the task, the futures and a turn of the loop which any other request takes: with them, and a store that
    never waits, half of the time outside the engine.
    """

    __slots__ = ("_line", "_parser")

    def __init__(self, line: Line, parser: Any) -> None:
        self._line = line
        self._parser = parser

    def feed_data(self, data: bytes) -> tuple[Any, bool, bytes]:
        messages, upgraded, tail = self._parser.feed_data(data)
        if len(messages) == 1 and not upgraded and self._line.takes(*messages[0]):
            self._parser.message_consumed()
            return (), False, tail
        return messages, upgraded, tail

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)


class Line(RequestHandler):
    """One connection."""

    __slots__ = ("answering", "app", "gone", "half_closed", "newest", "playing", "stirred", "taken")

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self.app = app
        self.answering: Incoming | None = None
        self.newest = b""
        self.half_closed = False
        self.gone: asyncio.Future[None] | None = None
        self.taken: tuple[RawRequestMessage, bytes] | None = None
        self.playing: asyncio.Task[None] | None = None
        self.stirred: asyncio.Future[None] | None = None
        if app.engine.store.never_waits:
            self._parser = cast(Any, _Prompt(self, self._parser))

    def data_received(self, data: bytes) -> None:
        if data:
            self.newest = data
        super().data_received(data)

    def takes(self, message: RawRequestMessage, payload: StreamReader) -> bool:
        """Have it answered in this turn, if nothing is in the way; False leaves it to aiohttp's own course."""
        waiter = self._waiter
        if waiter is None or waiter.done() or self._messages or self.taken is not None or not payload.is_eof():
            return False
        if self.transport is None or self.writing_paused or self.app.controls(message):
            return False
        if self.app.engine.faults.any or "Prefer" in message.headers:
            return False
        self.taken = message, payload.read_nowait()
        self.app.turn.add(self)
        return True

    def answer(self) -> Answer:
        """What the request it took comes to, and None before that for each part of the way."""
        if self.taken is None:
            return _gone()
        message, body = self.taken
        self.taken = None
        return self.app.answer_in_turn(self, message, body)

    def put(self, outgoing: Outgoing) -> None:
        """Write it, if there is still somebody to read it."""
        if self.transport is None:
            return
        if isinstance(outgoing, Disturbed):
            self._play(outgoing)
            return
        self.transport.write(outgoing.data)
        if outgoing.keep_alive:
            self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        else:
            self.force_close()

    def _play(self, disturbed: Disturbed) -> None:
        """A fault that another server set when this request was taken already."""
        from mockserver.server.manner import play

        async def played() -> None:
            await play(disturbed.score, self)
            if not disturbed.keep_alive or self.is_last():
                self.force_close()

        self.playing = self._loop.create_task(played())

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that has said all it will still gets its answers; one that stopped inside a body has gone.

        aiohttp drops both, and what it has queued only its private field tells.
        """
        if self._messages:
            self.half_closed = self._messages[-1][1].is_eof()
        else:
            answering = self.answering is not None and self.answering.stream.is_eof()
            self.half_closed = answering or self.taken is not None
        self._stir()
        return self.half_closed

    async def pause(self, ms: int) -> bool:
        """Let so many real milliseconds pass; less when the client leaves or the server stops, and then False.

        A client that closes can't be told from one that has only said all it will: neither is kept waiting.
        """
        if self.transport is None or self.transport.is_closing() or self.half_closed or self.gone is not None:
            return False
        self.stirred = self._loop.create_future()
        await asyncio.wait([self.stirred], timeout=ms / 1000)
        passed = not self.stirred.done()
        self.stirred = None
        return passed

    def _stir(self) -> None:
        if self.stirred is not None and not self.stirred.done():
            self.stirred.set_result(None)

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Only what was paused: aiohttp asks for it after every body, and parses nothing at some cost."""
        if self._reading_paused or self._buffer_paused:
            super().resume_reading(resume_parser)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._stir()
        if self.gone is not None and not self.gone.done():
            self.gone.set_result(None)

    def is_last(self) -> bool:
        """Nothing will be answered after the request at hand."""
        return (self.half_closed or self.gone is not None) and not self._messages

    def end(self) -> asyncio.Future[None]:
        """Answer what has begun, then close; done when it is closed."""
        self.gone = asyncio.get_running_loop().create_future()
        self._stir()
        if self.answering is None and self.taken is None and not self._messages:
            self.force_close()
            self.gone.set_result(None)
        return self.gone

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """What aiohttp calls for HTTP it can't parse, and for an exception out of our own handler."""
        if not isinstance(exc, HttpProcessingError):
            log.error("an exception left the wire", exc_info=exc)
        return cast("web.StreamResponse", self.app.refuse_garbage(self.newest, exc))
