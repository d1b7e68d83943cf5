"""The wire: aiohttp's parser and connections, one handler, no router, nothing between it and the engine.

What HTTP itself gets wrong (a broken request line, a body that stalls) is answered here, in the provider's words.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any, Final, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.web_protocol import RequestHandler

from mockserver.core.http import Reply, Request
from mockserver.engine.engine import Engine
from mockserver.server.wire import headers_of, http_date, origin_of, split_target, written

if TYPE_CHECKING:
    from aiohttp.abc import AbstractStreamWriter
    from aiohttp.http_parser import RawRequestMessage
    from aiohttp.streams import StreamReader

log = logging.getLogger("mockserver")

MOST_BODY: Final = 1024 * 1024
BODY_SECONDS: Final = 10.0
IDLE_SECONDS: Final = 75.0
LINGER_SECONDS: Final = 1.0
BREAK_SECONDS: Final = 0.1

_REQUEST_LINE: Final = re.compile(rb"([A-Za-z]{1,20}) (/[!\"$->@-~]{0,200})")


class _Incoming:
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

    def _finish(self) -> None:
        """The response is about to be written; nothing is held that had to be let go."""

    def _cancel(self, error: BaseException) -> None:
        """The connection broke: whoever reads the body hears of it."""
        self.stream.set_exception(error)


class _Outgoing:
    """What aiohttp asks of a response: bytes are written at once, and whether the connection goes on."""

    __slots__ = ("data", "keep_alive")

    def __init__(self, data: bytes, keep_alive: bool) -> None:
        self.data = data
        self.keep_alive = keep_alive

    async def prepare(self, request: _Incoming) -> None:
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


_GONE: Final = _Outgoing(b"", False)


class _Unread(Exception):
    """A body that could not be read to its end: status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


class _Prompt:
    """aiohttp's parser, between it and its connection: a request that is all there is answered then and there.

    That saves the task, the futures and the two turns of the loop which any other request takes: with them, and a
    store that never waits, half of the time outside the engine.
    """

    __slots__ = ("_line", "_parser")

    def __init__(self, line: Line, parser: Any) -> None:
        self._line = line
        self._parser = parser

    def feed_data(self, data: bytes) -> tuple[Any, bool, bytes]:
        messages, upgraded, tail = self._parser.feed_data(data)
        if len(messages) == 1 and not upgraded and self._line.answers(*messages[0]):
            self._parser.message_consumed()
            return (), False, tail
        return messages, upgraded, tail

    def __getattr__(self, name: str) -> Any:
        return getattr(self._parser, name)


class Line(RequestHandler):
    """One connection."""

    __slots__ = ("answering", "app", "gone", "half_closed", "newest")

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self.app = app
        self.answering: _Incoming | None = None
        self.newest = b""
        self.half_closed = False
        self.gone: asyncio.Future[None] | None = None
        if app.engine.store.never_waits:
            self._parser = cast(Any, _Prompt(self, self._parser))

    def data_received(self, data: bytes) -> None:
        if data:
            self.newest = data
        super().data_received(data)

    def answers(self, message: RawRequestMessage, payload: StreamReader) -> bool:
        """Answer at once, if nothing is in the way; False leaves the request to aiohttp's own course."""
        waiter, transport = self._waiter, self.transport
        if waiter is None or waiter.done() or self._messages or not payload.is_eof():
            return False
        if transport is None or self.writing_paused:
            return False
        outgoing = self.app.answer_at_once(self, message, payload.read_nowait())
        transport.write(outgoing.data)
        if outgoing.keep_alive:
            self._next_keepalive_close_time = self._loop.time() + self._keepalive_timeout
        else:
            self.force_close()
        return True

    def eof_received(self) -> bool:  # type: ignore[override]
        """A client that has said all it will still gets its answers; one that stopped inside a body has gone.

        aiohttp drops both, and what it has queued only its private field tells.
        """
        if self._messages:
            self.half_closed = self._messages[-1][1].is_eof()
        else:
            self.half_closed = self.answering is not None and self.answering.stream.is_eof()
        return self.half_closed

    def resume_reading(self, resume_parser: bool = True) -> None:
        """Only what was paused: aiohttp asks for it after every body, and parses nothing at some cost."""
        if self._reading_paused or self._buffer_paused:
            super().resume_reading(resume_parser)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        if self.gone is not None and not self.gone.done():
            self.gone.set_result(None)

    def is_last(self) -> bool:
        """Nothing will be answered after the request at hand."""
        return (self.half_closed or self.gone is not None) and not self._messages

    def end(self) -> asyncio.Future[None]:
        """Answer what has begun, then close; done when it is closed."""
        self.gone = asyncio.get_running_loop().create_future()
        if self.answering is None and not self._messages:
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
        if isinstance(exc, HttpProcessingError):
            outgoing = self.app.refuse(_garbage(self.newest), *_explained(exc))
        else:
            log.error("an exception left the wire", exc_info=exc)
            outgoing = self.app.refuse(_garbage(self.newest), 500, "mockserver failed on the wire; see its log")
        return cast(web.StreamResponse, outgoing)


def _garbage(data: bytes) -> Request:
    """What can be told of a request that is not HTTP: perhaps its method and path, for whose words to answer in."""
    found = _REQUEST_LINE.match(data)
    method, path = (found[1].decode(), found[2].decode("latin-1")) if found else ("-", "/")
    return Request(method, path)


def _explained(error: HttpProcessingError) -> tuple[int, str]:
    if isinstance(error, LineTooLong):
        return 431, "request header fields too large"
    reason = (error.message or "").strip().partition("\n")[0].rstrip(":. ")
    return 400, f"malformed HTTP request: {reason}" if reason else "malformed HTTP request"


class App(web.Server):
    """Takes requests off the wire and puts the engine's replies on it.

    `most_body` bytes of a body are read, for at most `body_seconds`; a connection may idle, or be slow with its
    headers, for `idle_seconds`.
    """

    def __init__(
        self,
        engine: Engine,
        origin: str,
        *,
        most_body: int = MOST_BODY,
        body_seconds: float = BODY_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        super().__init__(cast(Any, self._handle), request_factory=cast(Any, _Incoming))
        self.engine = engine
        self.origin = origin
        self._most_body = most_body
        self._body_seconds = body_seconds
        self._options = {
            "access_log": None,
            "auto_decompress": False,
            "keepalive_timeout": idle_seconds,
            "lingering_time": LINGER_SECONDS,
        }

    def __call__(self) -> Line:
        return Line(self, loop=self._loop, **self._options)

    async def finish(self, seconds: float) -> None:
        """Let what is in flight finish for so long, then break it off."""
        lines = [line.end() for line in self.connections if isinstance(line, Line)]
        if lines:
            await asyncio.wait(lines, timeout=seconds)
        await self.shutdown(BREAK_SECONDS)

    async def _handle(self, incoming: _Incoming) -> _Outgoing:
        message, stream = incoming.message, incoming.stream
        body, refused = b"", None
        try:
            body = stream.read_nowait() if stream.is_eof() else await self._body(incoming)
        except ConnectionError:
            return _GONE
        except _Unread as unread:
            refused = unread
        oversize = refused is not None and refused.status == 413
        request = self._request(message, body, oversize)
        if refused is not None and not oversize:
            return self.refuse(request, refused.status, str(refused))
        reply = await self.engine.respond(request)
        return self._outgoing(reply, message.method, message.should_close or oversize or incoming.line.is_last())

    def answer_at_once(self, line: Line, message: RawRequestMessage, body: bytes) -> _Outgoing:
        """The same for a whole request and a store that never waits: the engine's coroutine ends at its first step."""
        request = self._request(message, body, False)
        try:
            self.engine.respond(request).send(None)
        except StopIteration as done:
            return self._outgoing(done.value, message.method, message.should_close or line.is_last())
        except Exception as error:
            log.error("an exception left the engine", exc_info=error)
        else:
            log.error("a store that says it never waits has waited")
        return self.refuse(request, 500, "mockserver failed on the wire; see its log")

    def _request(self, message: RawRequestMessage, body: bytes, oversize: bool) -> Request:
        path, query = split_target(message.path)
        origin = origin_of(message.headers.get("Host"), self.origin)
        return Request(message.method, path, query, headers_of(message.raw_headers), body, oversize, origin)

    async def _body(self, incoming: _Incoming) -> bytes:
        """A body that has not all come yet. Raises _Unread."""
        headers = incoming.message.headers
        length = headers.get("Content-Length", "0")
        if len(length) > 18 or int(length) > self._most_body:
            raise _Unread(413, "request entity too large")
        if "Expect" in headers:
            _continue(incoming, headers["Expect"])
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(self._body_seconds):
                while not incoming.stream.at_eof():
                    chunk = await incoming.stream.readany()
                    chunks.append(chunk)
                    size += len(chunk)
                    if size > self._most_body:
                        raise _Unread(413, "request entity too large")
        except TimeoutError:
            raise _Unread(408, f"the request body did not arrive within {self._body_seconds:g} s") from None
        except (web.RequestPayloadError, HttpProcessingError):
            raise _Unread(400, "malformed HTTP request: the body is not what its headers say") from None
        return b"".join(chunks)

    def refuse(self, request: Request, status: int, why: str) -> _Outgoing:
        """An error for what only the wire can see, in the provider's words; the connection ends with it."""
        return self._outgoing(self.engine.refuse(request, status, why), request.method, True)

    def _outgoing(self, reply: Reply, method: str, close: bool) -> _Outgoing:
        date = http_date(self.engine.clock.now() // 1000)
        return _Outgoing(written(reply, method, date, close=close), not close)


def _continue(incoming: _Incoming, expected: str) -> None:
    """Answer `Expect` before the body comes (RFC 9110, 10.1.1)."""
    if expected.lower() != "100-continue":
        raise _Unread(417, f"can't meet the expectation {expected!r:.80}")
    if incoming.line.transport is not None:
        incoming.line.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
