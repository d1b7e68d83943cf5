"""Questions between servers that share a Redis, on whatever machines.

A question is published on the channel of whom it is for, or laid under a key for half a minute if it is large: of those
who are slow to take what is published, Redis lets go. Answers lie in a list of who asked, for as long. How many have
taken a question tells whether anybody is there. In a cluster the channels are sharded ones, which Redis has since 7.0.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from mockserver.core.peers import Peer
from mockserver.core.text import Json
from mockserver.core.world import StoreError
from mockserver.stores.redis_line import TROUBLE, Address, Line

LASTS_SECONDS: Final = 30
# A question is published again this often while its answer is awaited.
AGAIN_SECONDS: Final = 0.25
_COLLECT_SECONDS: Final = 1
_RETRY_SECONDS: Final = 0.2
_FINISH_SECONDS: Final = 1.0
# More than so much is not published.
_LARGE: Final = 64 * 1024
# So many questions are known to have been heard.
_HEARD: Final = 1_000

_LEAVE: Final = """
redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
"""


class RedisPeers:
    """A `core.peers.Transport`; `name` is our own."""

    def __init__(self, url: str, name: str) -> None:
        self._address = Address(url)
        self._line = Line(self._address)
        self._prefix = self._address.prefix.encode()
        self._name = name.encode()
        self._sharded = self._address.scheme == "redis+cluster"
        self._answer: Callable[[bytes], Awaitable[bytes]] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._collecting: asyncio.Task[None] | None = None
        self._heard: deque[bytes] = deque(maxlen=_HEARD)
        self._answering: set[asyncio.Task[None]] = set()
        self._waiting: dict[bytes, asyncio.Future[bytes]] = {}
        self._count = 0

    async def open(self, answer: Callable[[bytes], Awaitable[bytes]]) -> None:
        self._answer = answer
        heard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._listening = asyncio.create_task(self._listen(heard), name="peers")
        await heard

    async def put(self, peer: Peer, question: bytes, is_alive: Callable[[], Awaitable[bool]]) -> bytes | None:
        self._count += 1
        id = b"%b-%d" % (self._name, self._count)
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[id] = future
        try:
            message = await self._message(id, question)
            while True:  # it may get lost on a line that is about to break, and is heard but once
                if not await self._publish(peer, message) and not await is_alive() and not future.done():
                    return None
                self._collect()
                await asyncio.wait([future], timeout=AGAIN_SECONDS)
                if future.done():
                    return future.result()
        finally:
            self._waiting.pop(id, None)
            if not future.cancel() and not future.cancelled():
                future.exception()  # it has been seen to

    async def close(self) -> None:
        if self._answering:
            await asyncio.wait(self._answering, timeout=_FINISH_SECONDS)
        tasks = [task for task in (self._listening, self._collecting, *self._answering) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._line.close()

    # ---- asking

    async def _message(self, id: bytes, question: bytes) -> bytes:
        if len(question) <= _LARGE:
            return b"%b %b \n%b" % (id, self._answers, question)
        key = self._prefix + b":question:" + id
        await self._line.send(lambda client: client.set(key, question, ex=LASTS_SECONDS))
        return b"%b %b %b\n" % (id, self._answers, key)

    @property
    def _answers(self) -> bytes:
        return self._prefix + b":answers:" + self._name

    def _channel(self, name: bytes) -> bytes:
        return self._prefix + b":ask:" + name

    async def _publish(self, peer: Peer, message: bytes) -> int:
        channel = self._channel(peer.name.encode())
        if self._sharded:
            return int(await self._line.send(lambda client: client.spublish(channel, message)))
        return int(await self._line.send(lambda client: client.publish(channel, message)))

    def _collect(self) -> None:
        """See to it that answers are taken while any are awaited."""
        if self._collecting is None or self._collecting.done():
            self._collecting = asyncio.create_task(self._take_answers())

    async def _take_answers(self) -> None:
        while self._waiting:
            try:
                found = await self._line.client().blpop([self._answers], timeout=_COLLECT_SECONDS)
            except TROUBLE as error:
                for future in self._waiting.values():
                    if not future.done():
                        future.set_exception(self._line.explained(error))
                return
            if found is not None:
                id, _, answer = found[1].partition(b"\n")
                future_ = self._waiting.pop(id, None)
                if future_ is not None and not future_.done():
                    future_.set_result(answer)

    # ---- answering

    async def _listen(self, heard: asyncio.Future[None]) -> None:
        """Take questions, on a new line whenever the last one broke; `heard` when they are taken for the first time."""
        while True:
            client = self._address.client(**_watched(self._address.scheme))
            try:
                await self._take_questions(client, heard)
            except Exception as error:  # whatever went wrong on this line, the next one may be better
                if not heard.done():
                    heard.set_exception(self._line.explained(error))
                    return
            finally:
                with suppress(*TROUBLE):
                    await client.aclose()
            with suppress(TimeoutError):
                async with asyncio.timeout(_RETRY_SECONDS):
                    await asyncio.Event().wait()

    async def _take_questions(self, client: Json, heard: asyncio.Future[None]) -> None:
        """Returns if the channel has moved to another node of a cluster."""
        channel = self._channel(self._name)
        if self._sharded:
            await client.initialize()
        subscription = client.pubsub()
        try:
            await (subscription.ssubscribe if self._sharded else subscription.subscribe)(channel)
            while True:
                message = await _next(subscription, sharded=self._sharded)
                kind = message["type"] if message is not None else ""
                if kind in ("subscribe", "ssubscribe") and not heard.done():
                    heard.set_result(None)
                elif kind in ("message", "smessage"):
                    self._take(message["data"])
                elif kind == "sunsubscribe":
                    return
        finally:
            with suppress(*TROUBLE):
                await subscription.aclose()

    def _take(self, message: bytes) -> None:
        head, _, question = message.partition(b"\n")
        parts = head.split(b" ")
        if len(parts) != 3 or not parts[1].startswith(self._prefix + b":answers:") or parts[0] in self._heard:
            return
        id, answers, key = parts
        self._heard.append(id)
        task = asyncio.create_task(self._reply(id, answers, key, question))
        self._answering.add(task)
        task.add_done_callback(self._answering.discard)

    async def _reply(self, id: bytes, answers: bytes, key: bytes, question: bytes) -> None:
        assert self._answer is not None
        with suppress(StoreError):  # whoever asked learns that no answer came
            if key:
                question = await self._line.send(lambda client: client.get(key))
            if question is not None:
                answer = await self._answer(question)
                await self._line.run(_LEAVE, (answers,), (b"%b\n%b" % (id, answer), b"%d" % LASTS_SECONDS))


async def _next(subscription: Json, *, sharded: bool) -> Json:
    if sharded:  # now and then it has to look whether its slot has moved
        return await subscription.get_sharded_message(timeout=1.0)
    return await subscription.get_message(timeout=None)


def _watched(scheme: str) -> dict[str, Json]:
    """Of a line on which mostly nothing comes, the system finds out whether it still is one."""
    if scheme == "unix":
        return {}
    wanted = {"TCP_KEEPIDLE": 2, "TCP_KEEPINTVL": 1, "TCP_KEEPCNT": 3}
    known = {getattr(socket, name): value for name, value in wanted.items() if hasattr(socket, name)}
    return {"socket_keepalive": True, "socket_keepalive_options": known}
