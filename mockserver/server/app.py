"""The wire: aiohttp's parser and connections, one handler, no router, nothing between it and the engine.

What HTTP itself gets wrong (a broken request line, a body that stalls) is answered here, in the provider's words.
"""

from __future__ import annotations

import asyncio
import logging
import re
from typing import TYPE_CHECKING, Any, Final, cast

from aiohttp.http_exceptions import HttpProcessingError, LineTooLong
from aiohttp.web_protocol import RequestPayloadError
from aiohttp.web_server import Server

from mockserver.control.access import is_control
from mockserver.control.control import Control
from mockserver.core.http import Reply, Request
from mockserver.core.world import StoreError
from mockserver.engine.engine import Engine
from mockserver.server.connection import GONE, Disturbed, Incoming, Line, Outgoing
from mockserver.server.turn import PART_DONE, Answer, Turn, part_done
from mockserver.server.wire import headers_of, http_date, origin_of, split_target, written

if TYPE_CHECKING:
    from aiohttp.http_parser import RawRequestMessage

log = logging.getLogger("mockserver")

MOST_BODY: Final = 1024 * 1024
BODY_SECONDS: Final = 10.0
IDLE_SECONDS: Final = 75.0
LINGER_SECONDS: Final = 1.0
BREAK_SECONDS: Final = 0.1

_REQUEST_LINE: Final = re.compile(rb"([A-Za-z]{1,20}) (/[!\"$->@-~]{0,200})")


class _Unread(Exception):
    """A body that could not be read to its end: status, and why."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


def _garbage(data: bytes) -> Request:
    """What can be told of a request that is not HTTP: perhaps its method and path, for whose words to answer in."""
    found = _REQUEST_LINE.match(data)
    method, path = (found[1].decode(), found[2].decode("latin-1")) if found else ("-", "/")
    return Request(method, path)


def _explained(error: BaseException | None) -> tuple[int, str]:
    if not isinstance(error, HttpProcessingError):
        return 500, "mockserver failed on the wire; see its log"
    if isinstance(error, LineTooLong):
        return 431, "request header fields too large"
    reason = (error.message or "").strip().partition("\n")[0].rstrip(":. ")
    return 400, f"malformed HTTP request: {reason}" if reason else "malformed HTTP request"


class App(Server):
    """Takes requests off the wire and puts the engine's replies on it.

    `most_body` bytes of a body are read, for at most `body_seconds`; a connection may idle, or be slow with its
    headers, for `idle_seconds`. `control` answers what is below `/__admin`; without one nobody does.
    """

    def __init__(
        self,
        engine: Engine,
        origin: str,
        *,
        control: Control | None = None,
        most_body: int = MOST_BODY,
        body_seconds: float = BODY_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        super().__init__(cast(Any, self._handle), request_factory=cast(Any, Incoming))
        self.engine = engine
        self.control = control
        self.origin = origin
        self.turn = Turn(asyncio.get_running_loop(), engine.store)
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

    async def finish(self, seconds: float, hurry: asyncio.Event | None = None) -> None:
        """Let what is in flight finish for so long, or until there is a hurry, then break it off."""
        if self.control is not None:
            self.control.state = "draining"
        lines = [line.end() for line in self.connections if isinstance(line, Line)]
        if lines:
            finished = asyncio.gather(*lines)
            hurried = asyncio.ensure_future((hurry or asyncio.Event()).wait())
            await asyncio.wait((finished, hurried), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            hurried.cancel()
        await self.shutdown(BREAK_SECONDS)

    async def _handle(self, incoming: Incoming) -> Outgoing:
        message, stream = incoming.message, incoming.stream
        body, refused = b"", None
        try:
            body = stream.read_nowait() if stream.is_eof() else await self._body(incoming)
        except ConnectionError:
            return GONE
        except _Unread as unread:
            refused = unread
        oversize = refused is not None and refused.status == 413
        request = self._request(message, body, oversize)
        control = self.control if self.controls(message) else None
        if refused is not None and not oversize:
            return self.refuse(request, refused.status, str(refused), control)
        if control is not None:
            reply = await control.answer(request, incoming.peer)
        elif "Prefer" in message.headers:
            reply = await self.engine.respond_as_preferred(request)
        else:
            reply = await self.engine.respond(request)
        return self._outgoing(reply, message.method, message.should_close or oversize or incoming.line.is_last())

    def controls(self, message: RawRequestMessage) -> bool:
        """Whether a request is the control API's: by its target as it came, for a proxy's form of it is nobody's."""
        return self.control is not None and is_control(message.path)

    def answer_in_turn(self, line: Line, message: RawRequestMessage, body: bytes) -> Answer:
        """The same for a whole request and a store that never waits: None for each part that is done, then the answer.

        The engine's coroutine stops between its parts, and nowhere else.
        """
        request = self._request(message, body, False)
        answering = self.engine.respond(request, undisturbed=True, pause=part_done)
        try:
            done = answering.send(None)
            while done is PART_DONE:
                try:
                    yield None
                except StoreError as error:
                    done = answering.throw(error)
                else:
                    done = answering.send(None)
        except StopIteration as end:
            yield self._outgoing(end.value, message.method, message.should_close or line.is_last())
            return
        except Exception as error:
            log.error("an exception left the engine", exc_info=error)
        else:
            log.error("a store that says it never waits has waited")
        yield self.refuse(request, 500, "mockserver failed on the wire; see its log")

    def _request(self, message: RawRequestMessage, body: bytes, oversize: bool) -> Request:
        path, query = split_target(message.path)
        origin = origin_of(message.headers.get("Host"), self.origin)
        return Request(message.method, path, query, headers_of(message.raw_headers), body, oversize, origin)

    async def _body(self, incoming: Incoming) -> bytes:
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
        except (RequestPayloadError, HttpProcessingError):
            raise _Unread(400, "malformed HTTP request: the body is not what its headers say") from None
        return b"".join(chunks)

    def refuse(self, request: Request, status: int, why: str, control: Control | None = None) -> Outgoing:
        """An error for what only the wire can see, in the words of whose it was; the connection ends with it."""
        return self._outgoing((control or self.engine).refuse(request, status, why), request.method, True)

    def refuse_garbage(self, data: bytes, error: BaseException | None) -> Outgoing:
        """The same for bytes that are no request."""
        request = _garbage(data)
        control = self.control if self.control is not None and is_control(request.path) else None
        return self.refuse(request, *_explained(error), control)

    def _outgoing(self, reply: Reply, method: str, close: bool) -> Outgoing:
        date = http_date(self.engine.clock.now() // 1000)
        if reply.manner is not None:
            from mockserver.server.manner import score_of  # few servers ever give a reply another manner

            return Disturbed(score_of(reply, method, date, close=close), not close)
        return Outgoing(written(reply, method, date, close=close), not close)


def _continue(incoming: Incoming, expected: str) -> None:
    """Answer `Expect` before the body comes (RFC 9110, 10.1.1)."""
    if expected.lower() != "100-continue":
        raise _Unread(417, f"can't meet the expectation {expected!r:.80}")
    if incoming.line.transport is not None:
        incoming.line.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
