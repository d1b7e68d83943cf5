"""A Redis that loses what it had said, or refuses: nothing is decided on what is gone, and a person is told why."""

from __future__ import annotations

import asyncio
import shutil
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mockserver.core.http import Reply
from mockserver.core.world import Outcome, Put, StoreError, WorldId
from mockserver.stores.redis import RedisStore
from tests.stores.making import run
from tests.stores.running import RedisServer, redis_server
from tests.stores.test_redis_addresses import told
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


# ---- one that refuses


def trouble(store: RedisStore) -> str:
    """What a person is told of it, without what is secret."""
    with pytest.raises(StoreError) as caught:
        run(store.check())
    run(store.close())
    assert "hush" not in str(caught.value) and "wrong" not in str(caught.value)
    return str(caught.value)


def test_a_password_that_is_missing_or_wrong_is_told() -> None:
    with redis_server("--appendonly", "no", "--requirepass", "hush") as redis:
        for login in ("", "?password=wrong"):
            assert "takes no such user or password" in trouble(RedisStore(f"{redis.url}{login}", {"p": KINDS}))
        run(RedisStore(f"{redis.url}?password=hush", {"p": KINDS}).check())


def test_a_user_that_may_not_do_what_is_needed_is_told() -> None:
    with redis_server("--appendonly", "no") as redis:
        told(redis, "acl", "setuser", "weak", "on", ">hush", "~*", "+@all", "-evalsha", "-eval")
        store = RedisStore(f"{redis.url}?username=weak&password=hush", {"p": KINDS})
        with pytest.raises(StoreError, match="its user may not do what is needed"):
            run(store.create(HERE, ()))


def test_a_number_that_no_database_has_is_told() -> None:
    with redis_server("--appendonly", "no") as redis:
        assert "has no database of that number" in trouble(RedisStore(f"{redis.url}?db=99", {"p": KINDS}))


@pytest.mark.parametrize(
    ("refuse", "allow", "why"),
    [
        (("config", "set", "maxmemory", "1mb"), ("config", "set", "maxmemory", "0"), "its memory is full"),
        (("replicaof", "127.0.0.1", "1"), ("replicaof", "no", "one"), "it is a replica, which takes no writes"),
    ],
)
def test_one_that_takes_no_writes_has_half_of_none_and_recovers(
    refuse: tuple[str, ...], allow: tuple[str, ...], why: str
) -> None:
    with redis_server("--appendonly", "no") as redis:
        store = RedisStore(redis.url, {"p": KINDS})
        run(store.create(HERE, ()))
        told(redis, *refuse)
        with pytest.raises(StoreError, match=why):
            commit(store, Put("clip", "a", clip(handle="h")))
        assert read(store, lambda view: (view.get("clip", "a"), view.count("clip", "by_user", "u"))) == (None, 0)
        told(redis, *allow)
        commit(store, Put("clip", "a", clip(handle="h")))
        assert run(store.whose("p", "clip", "by_handle", "h")) == HERE


class Loading(socketserver.StreamRequestHandler):
    """Says to every command what Redis says while it reads its data."""

    def handle(self) -> None:
        while head := self.rfile.readline():
            for _ in range(int(head[1:])):
                self.rfile.read(int(self.rfile.readline()[1:]) + 2)
            self.wfile.write(b"-LOADING Redis is loading the dataset in memory\r\n")


def test_one_that_reads_its_data_still_is_told() -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Loading) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        url = f"redis://127.0.0.1:{server.server_address[1]}/0"
        assert "is reading its data from the disk still" in trouble(RedisStore(url, {"p": KINDS}))
        server.shutdown()


@pytest.mark.parametrize(("policy", "warns"), [("allkeys-lru", True), ("volatile-lru", False), ("noeviction", False)])
def test_one_that_drops_keys_when_it_is_full_is_warned_of(policy: str, warns: bool) -> None:
    with redis_server("--appendonly", "no", "--maxmemory", "100mb", "--maxmemory-policy", policy) as redis:
        store = RedisStore(redis.url, {"p": KINDS})
        run(store.check())
        assert (store.warning is not None and "drops worlds when its memory is full" in store.warning) is warns
        run(store.close())


def test_more_calls_at_once_than_there_are_connections_wait_for_one() -> None:
    with redis_server("--appendonly", "no") as redis:
        store = RedisStore(redis.url, {"p": KINDS})

        async def all_at_once() -> list[bool]:
            return list(await asyncio.gather(*(store.create(WorldId("p", f"{place}"), ()) for place in range(300))))

        assert all(run(all_at_once()))
        assert len(run(store.worlds())) == 300
