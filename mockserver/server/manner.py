"""The manner of a reply under a fault: late, in small pieces, cut off, of a wrong length, or never.

A score says which bytes go out and how it ends, and is a value; playing it is the only part that waits. All times are
real milliseconds. A client that leaves and a server that stops end every wait at once.
"""

from __future__ import annotations

import socket
import struct
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from mockserver.core.http import Headers, Reply
from mockserver.server.wire import written

if TYPE_CHECKING:
    import asyncio

    from mockserver.core.fault import Effect

Ending = Literal["well", "close", "reset", "hang"]

# No single wait: whoever hangs waits again, until somebody leaves.
_LONG_MS: Final = 3_600_000
# What was sent before a reset is given so long to arrive; some systems throw away what wasn't read by then.
_ARRIVAL_MS: Final = 20


class Stage(Protocol):
    """A connection, as far as playing on it needs it."""

    transport: asyncio.Transport | None

    async def pause(self, ms: int) -> bool:
        """Let so many real ms pass; less when the client leaves or the server stops, and then False."""


@dataclass(frozen=True, slots=True)
class Score:
    """`delay` ms, then the pieces with `pause` ms between them, then the end."""

    delay: int
    pieces: tuple[bytes, ...]
    pause: int
    ending: Ending


def score_of(reply: Reply, method: str, date: bytes, *, close: bool) -> Score:
    """What is to be played for a reply with a manner. Of HEAD and bodiless replies there is a head alone."""
    manner = reply.manner
    if manner is None:
        raise ValueError("a reply without a manner is written, not played")
    effect = manner.effect
    if effect.silent:
        ending: Ending = "hang" if effect.hang else "reset" if effect.reset else "close"
        return Score(manner.delay, (), 0, ending)
    data, ending = _sent(reply, effect, method, date, close)
    if effect.drip is None:
        return Score(manner.delay, (data,), 0, ending)
    size = effect.drip.bytes
    pieces = tuple(data[at : at + size] for at in range(0, len(data), size))
    return Score(manner.delay, pieces, effect.drip.ms, ending)


def _sent(reply: Reply, effect: Effect, method: str, date: bytes, close: bool) -> tuple[bytes, Ending]:
    whole = written(reply, method, date, close=close)
    head, _, body = whole.partition(b"\r\n\r\n")
    if effect.truncate is not None:
        return head + b"\r\n\r\n" + body[: effect.truncate.kept(len(body))], "close"
    if effect.reset == "middle":
        return head + b"\r\n\r\n" + body[: len(body) // 2], "reset"
    if effect.length is not None:
        promised = max(0, len(reply.body) + effect.length)
        head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length:"))
        data = b"%b\r\nContent-Length: %d\r\n\r\n%b" % (head, promised, body)
        # Too few bytes and a connection that stays would be a hang; too many lie in the way of the next reply.
        return data, "close" if effect.length > 0 else "well"
    if effect.chunk is not None:
        return _chunked(reply, method, date, unfinished=effect.chunk == "unfinished"), "close"
    return whole, "well"


def _chunked(reply: Reply, method: str, date: bytes, *, unfinished: bool) -> bytes:
    """Two chunks: of the second the size is no number, or after it the last one is missing."""
    headers = Headers.of((*reply.headers, ("Transfer-Encoding", "chunked")))
    bare = written(replace(reply, headers=headers, body=b""), method, date, close=True)
    head = bare.partition(b"\r\n\r\n")[0].replace(b"\r\nContent-Length: 0", b"")
    half = max(1, len(reply.body) // 2)
    first, second = reply.body[:half], reply.body[half:]
    chunks = b"%x\r\n%b\r\n" % (len(first), first) if first else b""
    size = b"%x" % len(second) if unfinished else b"oops"
    return head + b"\r\n\r\n" + chunks + (b"%b\r\n%b\r\n" % (size, second) if second or not unfinished else b"")


async def play(score: Score, stage: Stage) -> None:
    """Play it to its end. Who stops the server hears the rest at once; who has left hears nothing."""
    if score.delay:
        await stage.pause(score.delay)
    for index, piece in enumerate(score.pieces):
        if index and score.pause:
            await stage.pause(score.pause)
        if stage.transport is None or stage.transport.is_closing():
            return
        stage.transport.write(piece)
    if score.ending == "hang":
        while await stage.pause(_LONG_MS):
            pass
    if stage.transport is None:
        return
    if score.ending == "reset":
        if score.pieces:
            await stage.pause(_ARRIVAL_MS)
        _reset(stage.transport)
    elif score.ending != "well":
        stage.transport.close()


def _reset(transport: asyncio.Transport | None) -> None:
    """Break the connection with a TCP RST: with no time to linger, closing throws the connection away."""
    if transport is None:
        return
    sock: Any = transport.get_extra_info("socket")
    if sock is not None:
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
