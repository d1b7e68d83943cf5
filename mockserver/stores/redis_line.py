"""The line to a Redis server: addresses, scripts, and what its errors mean to a person. Valkey speaks the same.

Durability is the server's: what a call was answered is as safe as its `appendfsync` and its replicas make it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from hashlib import sha1
from typing import Final, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

from redis.asyncio import Redis, RedisCluster
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    NoPermissionError,
    NoScriptError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    RedisError,
)
from redis.exceptions import ConnectionError as Lost
from redis.exceptions import TimeoutError as Late

from mockserver.core.text import Json
from mockserver.core.world import StoreError

T = TypeVar("T")

Command = tuple[str | bytes | int, ...]

CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 5.0
# Who comes when so many are in use waits: the pool of redis-py refuses beyond a hundred.
MOST_CONNECTIONS: Final = 64
# More scripts do not go together: the first answer would wait for the last.
MOST_TOGETHER: Final = 32
USUAL_PREFIX: Final = "mockserver"

# What a Redis that is out of reach, or won't have it, comes to.
TROUBLE: Final = (RedisError, RedisClusterException, OSError, TimeoutError)

_SENTINEL_PORT: Final = 26379

_Sentinel: Json = Sentinel


# What an error is, what its text has in it, and what that means: https://redis.io/docs/latest/develop/reference/protocol-spec/
_PASSWORD: Final = "it takes no such user or password; say redis://USER:PASSWORD@HOST, or redis://:PASSWORD@HOST"
_MEANINGS: Final[tuple[tuple[type[Exception], str, str], ...]] = (
    (AuthenticationError, "", _PASSWORD),
    (RedisError, "username-password pair", _PASSWORD),
    (RedisError, "HELLO must be called with", _PASSWORD),
    (RedisError, "uthentication required", _PASSWORD),
    (
        NoPermissionError,
        "",
        "its user may not do what is needed; allow it +@all, or all of @read, @write and @scripting",
    ),
    (ReadOnlyError, "", "it is a replica, which takes no writes; name its master, or redis+sentinel://"),
    (OutOfMemoryError, "", "its memory is full (maxmemory); make room there, or give it more"),
    (BusyLoadingError, "", "it is reading its data from the disk still; ask again later"),
    (RedisError, "DB index is out of range", "it has no database of that number; say another one after the slash"),
    (RedisError, "MISCONF", "it can't write to its disk and takes no writes therefore; see its log"),
)


class Address:
    """A Redis URL taken apart. `redis+sentinel://HOST,HOST/SERVICE/DB` and `redis+cluster://HOST` are ours.

    `?prefix=` is what all keys begin with; the rest is redis-py's.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        query = parse_qs(parts.query)
        self.prefix = query.pop("prefix", [USUAL_PREFIX])[0]
        self.scheme = parts.scheme
        self._parts = parts._replace(query=urlencode(query, doseq=True))

    @property
    def shown(self) -> str:
        """Without its password."""
        _, at, hosts = self._parts.netloc.rpartition("@")
        netloc = f"***@{hosts}" if at else hosts
        shown = urlunsplit(self._parts._replace(netloc=netloc, query=""))
        return shown if self.prefix == USUAL_PREFIX else f"{shown}?prefix={self.prefix}"

    def client(self, **more: Json) -> Json:
        """A client of redis-py, which connects when it is used. It never tries again by itself.

        `more` are options of its connections.
        """
        options: dict[str, Json] = {
            "socket_connect_timeout": CONNECT_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            "retry": Retry(NoBackoff(), 0),
            **more,
        }
        if self.scheme == "redis+cluster":
            return RedisCluster.from_url(urlunsplit(self._parts._replace(scheme="redis")), **options)
        if self.scheme == "redis+sentinel":
            return self._sentinel(options)
        return Redis.from_url(urlunsplit(self._parts), **options)

    def _sentinel(self, options: dict[str, Json]) -> Json:
        login, _, hosts = self._parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        places = []
        for host in hosts.split(","):
            name, _, port = host.rpartition(":") if ":" in host else (host, "", "")
            places.append((name, int(port or _SENTINEL_PORT)))
        service, _, database = self._parts.path.strip("/").partition("/")
        sentinel: Json = _Sentinel(places, sentinel_kwargs={"socket_timeout": CONNECT_SECONDS})
        more = {"username": user or None, "password": password or None, "db": int(database or 0)}
        return sentinel.master_for(service, **options, **more)


class Line:
    """Sends commands, and opens a new client for each loop it is used on.

    Scripts that are asked for in the same turn of the loop go together, in one write and one read, unless they are for
    several nodes of a cluster: half of what a script costs us is the way there, and a third of what it costs Redis.
    """

    def __init__(self, address: Address) -> None:
        self.address = address
        self._client: Json = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._room: asyncio.Semaphore
        self._alone = address.scheme == "redis+cluster"
        self._going: list[tuple[Command, asyncio.Future[Json]]] = []
        self._flights: set[asyncio.Task[None]] = set()

    def client(self) -> Json:
        """The client of this loop, and whether it is a new one."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop is not loop:
            self._client, self._loop = self.address.client(), loop
            self._going = []
            self._room = asyncio.Semaphore(MOST_CONNECTIONS)
        return self._client

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            try:
                await client.aclose()
            except (RedisError, OSError):
                return

    async def send(self, work: Callable[[Json], Awaitable[T]]) -> T:
        """Something done with the client, once more if the line broke. Raises StoreError."""
        try:
            client = self.client()
            async with self._room:
                try:
                    return await work(client)
                except (Lost, Late):
                    return await work(client)
        except TROUBLE as error:
            raise self.explained(error) from error

    async def run(
        self, script: str, keys: tuple[bytes, ...], arguments: tuple[bytes, ...], before: Sequence[Command] = ()
    ) -> tuple[Json, bool]:
        """What a script gives, and whether it was sent twice since the line broke. Raises StoreError.

        `before` are commands that have to have been done by then.
        """
        try:
            try:
                return await self._run(script, keys, arguments, before), False
            except (Lost, Late):
                return await self._run(script, keys, arguments, before), True
        except TROUBLE as error:
            raise self.explained(error) from error

    async def _run(
        self, script: str, keys: tuple[bytes, ...], arguments: tuple[bytes, ...], before: Sequence[Command]
    ) -> Json:
        client = self.client()
        if before:
            async with self._room:
                wrong = [answer for answer in await _piped(client, before) if isinstance(answer, Exception)]
            if wrong:
                raise wrong[0]
        try:
            return await self._asked(("EVALSHA", _sha(script), len(keys), *keys, *arguments))
        except NoScriptError:
            return await self._asked(("EVAL", script, len(keys), *keys, *arguments))

    async def _asked(self, command: Command) -> Json:
        client = self.client()
        if self._alone:
            async with self._room:
                return await client.execute_command(*command)
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Json] = loop.create_future()
        if not self._going:
            loop.call_soon(self._go)
        self._going.append((command, future))
        return await future

    def _go(self) -> None:
        going, self._going = self._going, []
        for first in range(0, len(going), MOST_TOGETHER):
            flight = asyncio.get_running_loop().create_task(self._fly(going[first : first + MOST_TOGETHER]))
            self._flights.add(flight)
            flight.add_done_callback(self._flights.discard)

    async def _fly(self, going: Sequence[tuple[Command, asyncio.Future[Json]]]) -> None:
        try:
            async with self._room:
                if len(going) == 1:
                    answers = [await self.client().execute_command(*going[0][0])]
                else:
                    answers = await _piped(self.client(), [command for command, _ in going])
        except Exception as error:
            answers = [error] * len(going)
        for (_, future), answer in zip(going, answers, strict=True):
            if future.done():
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)

    async def warning(self) -> str | None:
        """Whether the server throws keys away when its memory is full. One that does not say so is not asked twice."""
        try:
            said: Json = await self.send(lambda client: client.info("memory"))
        except StoreError:
            return None
        for node in [said] if "maxmemory" in said else said.values():
            policy = node.get("maxmemory_policy", "")
            if node.get("maxmemory") and policy.startswith("allkeys-"):
                return (
                    f"the store {self.address.shown} drops worlds when its memory is full (maxmemory-policy is "
                    f"{policy}); set it to noeviction, or give it memory without a bound"
                )
        return None

    def explained(self, error: Exception) -> StoreError:
        """The sentence for a person."""
        said = str(error) or type(error).__name__
        meaning = next((meaning for kind, sign, meaning in _MEANINGS if isinstance(error, kind) and sign in said), None)
        if meaning is not None:
            return StoreError(f"the store {self.address.shown} can't be used: {meaning}")
        spoken = "speaks TLS on that port" if self.address.scheme == "rediss" else "speaks no TLS on that port"
        there = f"is there, {spoken}, and" if isinstance(error, (Lost, Late)) else "is there and"
        return StoreError(
            f"the store {self.address.shown} can't be used ({said}); check that Redis {there} takes writes"
        )


async def _piped(client: Json, commands: Sequence[Command]) -> list[Json]:
    """What each of these comes to, an exception if that is it. Raises what goes wrong with all of them."""
    pipe = client.pipeline(transaction=False)
    for command in commands:
        pipe.execute_command(*command)
    answers: list[Json] = await pipe.execute(raise_on_error=False)
    return answers


_SHAS: dict[str, str] = {}


def _sha(script: str) -> str:
    if script not in _SHAS:
        _SHAS[script] = sha1(script.encode(), usedforsecurity=False).hexdigest()
    return _SHAS[script]
