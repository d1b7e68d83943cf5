"""A Redis that loses what it had said, or lets another version of the code in: nothing is decided on what is gone."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from mockserver.core.http import Reply
from mockserver.core.world import Outcome, Put, WorldId
from mockserver.stores.redis import RedisStore
from tests.stores.making import run
from tests.stores.running import RedisServer, redis_server
from tests.stores.test_store import KINDS, clip, commit, read

HERE = WorldId("p", "here")
THERE = WorldId("p", "there")


@contextmanager
def lost(redis: RedisServer) -> Iterator[None]:
    """What is written meanwhile is lost, as when a machine dies before it was flushed, or a replica takes over."""
    kept = redis.folder / "kept"
    shutil.copytree(redis.folder / "appendonlydir", kept)
    yield
    redis.kill()
    shutil.rmtree(redis.folder / "appendonlydir")
    shutil.move(kept, redis.folder / "appendonlydir")
    redis.start()


def test_what_redis_has_lost_is_known_no_more_even_if_others_have_written_as_often_since() -> None:
    with redis_server() as redis:
        one, two = RedisStore(redis.url, {"p": KINDS}), RedisStore(redis.url, {"p": KINDS})
        run(one.create(HERE, ()))
        with lost(redis):
            commit(one, Put("clip", "a", clip()))
        commit(two, Put("clip", "b", clip()))
        assert read(one, lambda view: (view.get("clip", "a"), view.get("clip", "b"))) == (None, clip())


def test_two_servers_of_which_redis_has_lost_one_are_told_apart() -> None:
    with redis_server() as redis:
        one, two = RedisStore(redis.url, {"p": KINDS}), RedisStore(redis.url, {"p": KINDS})
        run(two.create(HERE, ()))
        with lost(redis):
            run(one.worlds())
        run(two.close())
        commit(two, Put("clip", "b", clip()))  # the number of a writer is given for the second time
        commit(one, Put("clip", "a", clip()))
        assert read(two, lambda view: (view.get("clip", "a"), view.get("clip", "b"))) == (clip(), clip())


def test_a_world_is_listed_from_the_moment_it_is_there() -> None:
    with redis_server("--appendonly", "no") as redis:
        store = RedisStore(redis.url, {"p": KINDS})
        listed: list[list[WorldId]] = []

        class Looking(RedisStore):
            """Looks around between making a world and being told that it is made."""

            async def announced(self, *words: object) -> object:
                said = await super().announced(*words)  # type: ignore[arg-type]
                listed.append(await store.worlds())
                return said

        run(Looking(redis.url, {"p": KINDS}).create(HERE, ()))
        assert listed == [[HERE]]


def test_a_newer_version_that_works_out_the_indexes_anew_loses_nothing_others_write_meanwhile() -> None:
    with redis_server("--appendonly", "no") as redis:
        old, new = RedisStore(redis.url, {"p": KINDS}, version="1"), RedisStore(redis.url, {"p": KINDS}, version="2")
        run(old.create(HERE, [Put("clip", f"{number}", clip()) for number in range(200)]))

        async def write(number: int) -> None:
            put = Put("clip", f"new-{number}", clip())
            await old.transact(HERE, lambda view: Outcome(Reply(204), (put,)))

        async def both() -> None:
            async def writing() -> None:
                for number in range(60):
                    await write(number)

            await asyncio.gather(writing(), new.worlds())

        run(both())
        assert len(run(new.contents(HERE)).records["clip"]) == 260
        assert read(new, lambda view: view.count("clip", "by_user", "u")) == 260
