"""Scripts go to Redis together, and each ends by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from mockserver.core.text import Json
from mockserver.core.world import StoreError
from mockserver.stores.redis_line import MOST_TOGETHER, Address, Line
from tests.stores.making import run
from tests.stores.running import RedisServer, redis_server

ECHO = "return ARGV[1]"
FAIL = "return redis.error_reply('no such luck')"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with redis_server() as started:
        yield started


async def reads(line: Line) -> int:
    """How often Redis has read something that came."""
    told: Json = await line.send(lambda client: client.info("stats"))
    return int(told["total_reads_processed"])


def test_scripts_of_one_turn_of_the_loop_go_together_in_their_order(redis: RedisServer) -> None:
    async def story() -> None:
        line = Line(Address(redis.url))
        await line.run(ECHO, (), (b"known",))
        before = await reads(line)
        said = await asyncio.gather(*(line.run(ECHO, (), (b"%d" % number,)) for number in range(MOST_TOGETHER)))
        assert [answer for answer, _ in said] == [b"%d" % number for number in range(MOST_TOGETHER)]
        assert await reads(line) - before <= 3
        await line.close()

    run(story())


def test_a_script_that_fails_leaves_those_beside_it_alone(redis: RedisServer) -> None:
    async def story() -> None:
        line = Line(Address(redis.url))
        asked = (line.run(ECHO, (), (b"1",)), line.run(FAIL, (), ()), line.run(ECHO, (), (b"2",)))
        one, wrong, two = await asyncio.gather(*asked, return_exceptions=True)
        assert (one, two) == ((b"1", False), (b"2", False))
        assert isinstance(wrong, StoreError)
        assert "no such luck" in str(wrong)
        await line.close()

    run(story())
