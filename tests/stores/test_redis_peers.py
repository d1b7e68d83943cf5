"""Questions through a Redis that goes away, comes back, and is shared with others."""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from mockserver.core.peers import Peer
from mockserver.core.world import StoreError
from mockserver.stores.redis_peers import LASTS_SECONDS, RedisPeers
from tests.stores.running import RedisServer, redis_server

T = TypeVar("T")
Answer = Callable[[bytes], Awaitable[bytes]]

ONE, TWO = Peer("one"), Peer("two")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


async def echo(question: bytes) -> bytes:
    return question


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server("--appendonly", "no") as server:
        yield server


def told(server: RedisServer, *words: str) -> list[str]:
    command = ["redis-cli", "-s", str(server.socket), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


async def both(url: str, answer: Answer = echo) -> tuple[RedisPeers, RedisPeers]:
    one, two = RedisPeers(url, "one"), RedisPeers(url, "two")
    for each in (one, two):
        await each.open(answer)
    return one, two


async def closed(*peers: RedisPeers) -> None:
    for each in peers:
        await each.close()


def test_who_is_not_there_is_left_out_when_nobody_takes_it_for_alive(redis: RedisServer) -> None:
    looks: list[int] = []

    async def for_a_while() -> bool:
        looks.append(len(looks))
        return len(looks) < 3

    async def asked() -> bytes | None:
        one = RedisPeers(redis.url, "one")
        await one.open(echo)
        answer = await one.put(TWO, b"?", for_a_while)
        await one.close()
        return answer

    assert run(asked()) is None
    assert len(looks) == 3


def test_who_comes_back_answers_what_was_asked_meanwhile(redis: RedisServer) -> None:
    async def asked() -> bytes | None:
        one, two = RedisPeers(redis.url, "one"), RedisPeers(redis.url, "two")
        await one.open(echo)
        missed = asyncio.Event()

        async def is_alive() -> bool:
            missed.set()
            return True

        asking = asyncio.create_task(one.put(TWO, b"?", is_alive))
        await missed.wait()
        await two.open(echo)
        answer = await asking
        await closed(one, two)
        return answer

    assert run(asked()) == b"?"


def test_while_redis_is_away_none_can_be_asked_and_all_can_when_it_is_back() -> None:
    async def asked(redis: RedisServer) -> bytes | None:
        one, two = await both(redis.url)
        redis.kill()
        with pytest.raises(StoreError, match="check that Redis is there"):
            await one.put(TWO, b"?", yes)
        redis.start()
        answer = await one.put(TWO, b"again", yes)
        await closed(one, two)
        return answer

    with redis_server("--appendonly", "no") as redis:
        assert run(asked(redis)) == b"again"


def test_a_server_does_not_start_where_redis_is_not() -> None:
    with pytest.raises(StoreError, match="check that Redis is there"):
        run(RedisPeers("unix:///nowhere/redis.sock", "one").open(echo))


def test_what_nobody_takes_is_gone_after_a_while(redis: RedisServer) -> None:
    async def given_up() -> None:
        given, go_on = asyncio.Event(), asyncio.Event()

        async def slowly(question: bytes) -> bytes:
            given.set()
            await go_on.wait()
            return question

        one, two = await both(f"{redis.url}?prefix=late", slowly)
        asking = asyncio.create_task(one.put(TWO, b"?" * 100_000, yes))
        await given.wait()
        asking.cancel()
        await closed(one)
        go_on.set()
        await closed(two)

    run(given_up())
    left = told(redis, "keys", "late:*")
    assert sorted(key.split(":")[1] for key in left) == ["answers", "question"]
    assert all(0 < int(told(redis, "ttl", key)[0]) <= LASTS_SECONDS for key in left)


def test_servers_of_two_prefixes_do_not_hear_each_other(redis: RedisServer) -> None:
    async def asked() -> bytes | None:
        one, two = RedisPeers(f"{redis.url}?prefix=a", "one"), RedisPeers(f"{redis.url}?prefix=b", "two")
        for each in (one, two):
            await each.open(echo)
        answer = await one.put(TWO, b"?", no)
        await closed(one, two)
        return answer

    assert run(asked()) is None


def test_what_others_publish_there_is_no_question(redis: RedisServer) -> None:
    async def asked() -> bytes | None:
        one, two = await both(redis.url)
        for said in ("", "hello", "1 elsewhere \nquestion", "\n\n"):
            assert told(redis, "publish", "mockserver:ask:two", said) == ["1"]
        answer = await one.put(TWO, b"?", yes)
        await closed(one, two)
        return answer

    assert run(asked()) == b"?"
    assert told(redis, "exists", "elsewhere") == ["0"]
