"""A Redis that is reached otherwise than by its own address: a cluster, and one that sentinels watch over."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from mockserver.core.http import Reply
from mockserver.core.peers import Peer
from mockserver.core.world import Outcome, Put, Store, WorldId
from mockserver.stores.redis import RedisStore
from mockserver.stores.redis_peers import RedisPeers
from tests.stores.making import run
from tests.stores.running import RedisServer, redis_server
from tests.stores.test_store import KINDS, clip

HERE = WorldId("p", "here")
THERE = WorldId("p", "there")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def told(server: RedisServer, *words: str) -> str:
    command = ["redis-cli", "-s", str(server.socket), *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """The address of a cluster of one, which has all slots."""
    port = free_port()
    with redis_server("--port", f"{port}", "--cluster-enabled", "yes", "--cluster-port", f"{free_port()}") as server:
        told(server, "cluster", "addslotsrange", "0", "16383")
        while "cluster_state:ok" not in told(server, "cluster", "info"):
            """It says so within a second."""
        yield f"redis+cluster://127.0.0.1:{port}"


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[str]:
    """The address of a Redis by its sentinel."""
    port, sentinel = free_port(), free_port()
    with redis_server("--port", f"{port}") as server:
        config = tmp_path / "sentinel.conf"
        config.write_text(f"port {sentinel}\nsentinel monitor mymaster 127.0.0.1 {port} 1\n")
        watcher = subprocess.Popen(["redis-server", str(config), "--sentinel"], stdout=subprocess.PIPE, text=True)
        assert watcher.stdout is not None and server.socket.exists()
        next(line for line in watcher.stdout if "+monitor" in line)
        yield f"redis+sentinel://127.0.0.1:{sentinel}/mymaster/0"
        watcher.kill()
        watcher.communicate()


def lives(store: Store) -> None:
    """Worlds come, change, are found by what they own, and go."""
    assert run(store.create(HERE, [Put("clip", "a", clip(handle="mine"))]))
    assert run(store.create(THERE, [Put("clip", "a", clip(handle="theirs"))]))
    assert not run(store.create(HERE, ()))
    run(store.transact(HERE, lambda view: Outcome(Reply(204), (Put("clip", "b", clip(handle="new")),))))
    assert [run(store.whose("p", "clip", "by_handle", key)) for key in ("mine", "theirs", "new", "nobody's")] == [
        HERE,
        THERE,
        HERE,
        None,
    ]
    assert run(store.worlds()) == [HERE, THERE]
    assert run(store.drop(HERE))
    assert run(store.worlds()) == [THERE]
    assert run(store.whose("p", "clip", "by_handle", "mine")) is None
    run(store.close())


async def asked(url: str) -> bytes | None:
    """What one server answers to another one's question, which is large enough to be laid under a key."""

    async def answer(question: bytes) -> bytes:
        return question[-3:]

    async def is_alive() -> bool:
        return True

    one, two = RedisPeers(url, "one"), RedisPeers(url, "two")
    for each in (one, two):
        await each.open(answer)
    assert await one.put(Peer("two"), b"?", is_alive) == b"?"
    said = await one.put(Peer("two"), b"?" * 100_000 + b"end", is_alive)
    for each in (one, two):
        await each.close()
    return said


def test_servers_ask_each_other_in_a_cluster(cluster: str) -> None:
    assert run(asked(cluster)) == b"end"


def test_servers_ask_each_other_where_a_sentinel_says(watched: str) -> None:
    assert run(asked(watched)) == b"end"


def test_a_cluster_is_a_store(cluster: str) -> None:
    lives(RedisStore(cluster, {"p": KINDS}))


def test_a_redis_is_found_by_its_sentinel(watched: str) -> None:
    lives(RedisStore(watched, {"p": KINDS}))


def test_prefixes_keep_servers_apart_on_one_redis() -> None:
    with redis_server("--appendonly", "no") as server:
        told(server, "set", "somebody", "else's")
        for name in ("one", "two"):
            lives(RedisStore(f"{server.url}?prefix={name}", {"p": KINDS}))
        assert told(server, "get", "somebody") == "else's\n"
        keys = told(server, "keys", "*").split()
    assert {key.partition(":")[0] for key in keys} == {"one", "two", "somebody"}


def test_a_newer_schema_is_refused() -> None:
    with redis_server("--appendonly", "no") as server:
        told(server, "hset", "mockserver:schema", "number", "99")
        with pytest.raises(Exception, match="a newer mockserver wrote there"):
            run(RedisStore(server.url, {"p": KINDS}).worlds())
