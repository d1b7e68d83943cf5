"""`state`: worlds of a store, looked at and carried about."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from urllib.request import Request as Asked
from urllib.request import urlopen

import pytest

from mockserver.cli import main
from mockserver.core.http import Headers, Request
from mockserver.core.text import Json
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings
from tests.server.receiver import Got, Said, receiving
from tests.server.workers import workers
from tests.stores.running import redis_server

Capture = pytest.CaptureFixture[str]
CLIP = b'{"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667184725}'
HEADERS = Headers.of([("Authorization", "Bearer test_me"), ("Content-Type", "application/json")])


def tasks(store: str, *, clip: bool = False) -> Json:
    """What a server on this store lists, after it made a clip if it is told to."""

    async def asked() -> Json:
        engine = build_engine(Settings(store=store, pace=0.0))
        await engine.open("http://mock.test")
        if clip:
            made = await engine.respond(Request("POST", "/api/clip", headers=HEADERS, body=CLIP))
            assert made.status == 200, made
        reply = await engine.respond(Request("GET", "/api/task", "limit=100", HEADERS))
        await engine.store.close()
        return reply.value

    return asyncio.run(asked())


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store with a clip in the world of test_me."""
    address = f"sqlite:{tmp_path / 'worlds.db'}"
    tasks(address, clip=True)
    return address


@pytest.mark.parametrize("deed", [["ls"], ["export"], ["rm", "livepeer/test_me"]], ids=" ".join)
def test_a_file_that_is_not_there_is_told_and_not_made(deed: list[str], tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "wrolds.db"
    assert main(["state", *deed, "--store", f"sqlite:{file}"]) == 2
    assert f"there is no file {file}" in capsys.readouterr().err
    assert not file.exists()


def test_worlds_are_listed_with_what_they_hold(store: str, capsys: Capture) -> None:
    assert main(["state", "ls", "--store", store, "--json"]) == 0
    found = {row["world"]: row["calls"] for row in json.loads(capsys.readouterr().out)}
    assert found["livepeer/test_me"] == 1
    assert set(found) == {"livepeer/default", "restream/default", "livepeer/test_me"}
    assert main(["state", "ls", "livepeer/test_me", "--store", store]) == 0
    assert capsys.readouterr().out.splitlines()[1].split()[:2] == ["livepeer/test_me", "1"]


def test_a_world_that_was_carried_to_another_store_is_the_same_there(
    store: str, tmp_path: Path, capsys: Capture
) -> None:
    main(["state", "export", "livepeer/test_me", "--store", store])
    lines = tmp_path / "worlds.jsonl"
    lines.write_text(capsys.readouterr().out)
    other = f"sqlite:{tmp_path / 'other.db'}"
    assert main(["state", "import", str(lines), "--store", other]) == 0
    assert tasks(other) == tasks(store)


def test_what_is_there_is_replaced_only_when_that_is_said(store: str, tmp_path: Path, capsys: Capture) -> None:
    main(["state", "export", "--store", store])
    lines = tmp_path / "worlds.jsonl"
    lines.write_text(capsys.readouterr().out)
    before = tasks(store)
    tasks(store, clip=True)
    assert main(["state", "import", str(lines), "--store", store]) == 1
    told = capsys.readouterr().err
    assert "there already: " in told and "livepeer/test_me" in told
    assert main(["state", "import", str(lines), "--replace", "--store", store]) == 0
    assert tasks(store) == before


def test_a_world_that_was_removed_is_made_anew(store: str, capsys: Capture) -> None:
    with_clip = tasks(store)
    assert main(["state", "rm", "livepeer/test_me", "--store", store]) == 0
    assert len(tasks(store)) == len(with_clip) - 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["ls"], 2, "worlds in memory end with their server"),
        (["rm", "livepeer/test_mee"], 1, 'did you mean "livepeer/test_me"'),
        (["rm"], 2, "name the worlds to remove"),
        (["import", "nowhere.jsonl"], 2, "can't be read"),
        (["exprot"], 2, 'did you mean "export"'),
    ],
)
def test_what_cannot_be_done_is_told(words: list[str], code: int, said: str, store: str, capsys: Capture) -> None:
    given = [] if words == ["ls"] else ["--store", store]
    assert main(["state", *words, *given]) == code
    assert said in capsys.readouterr().err


def test_a_line_that_is_no_world_is_named(store: str, tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "bad.jsonl").write_text('{"format": 1}\n')
    assert main(["state", "import", str(tmp_path / "bad.jsonl"), "--store", store]) == 2
    assert "bad.jsonl:1: not a world" in capsys.readouterr().err


def exported(store: str, capsys: Capture, *worlds: str) -> str:
    assert main(["state", "export", *worlds, "--store", store]) == 0
    return capsys.readouterr().out


Spoil = Callable[[list[Json]], None]


def no_kind(worlds: list[Json]) -> None:
    worlds[1]["records"]["nonsense"] = {"a": {}}


def no_provider(worlds: list[Json]) -> None:
    worlds[1]["provider"] = "nowhere"


def no_index(worlds: list[Json]) -> None:
    next(iter(worlds[1]["records"]["asset"].values())).pop("createdAt")


def no_record(worlds: list[Json]) -> None:
    worlds[1]["records"]["asset"]["a"] = 7


def twice(worlds: list[Json]) -> None:
    worlds[1] = worlds[0]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (no_kind, "none of this version's worlds"),
        (no_provider, "none of this version's worlds"),
        (no_index, "none of this version's worlds"),
        (no_record, "not a world as"),
        (twice, "is there already, in"),
    ],
)
def test_of_worlds_of_which_one_is_bad_none_is_imported_and_its_line_is_named(
    spoil: Spoil, why: str, store: str, tmp_path: Path, capsys: Capture
) -> None:
    (line,) = exported(store, capsys, "livepeer/test_me").splitlines()
    worlds = [{**json.loads(line), "world": f"test_{number}"} for number in range(3)]
    spoil(worlds)
    (tmp_path / "worlds.jsonl").write_text("".join(f"{json.dumps(world)}\n" for world in worlds))
    before = exported(store, capsys)
    assert main(["state", "import", str(tmp_path / "worlds.jsonl"), "--store", store]) == 2
    told = capsys.readouterr().err
    assert "worlds.jsonl:2: " in told and why in told
    assert exported(store, capsys) == before


def test_a_world_whose_key_leads_to_another_one_is_not_imported(store: str, tmp_path: Path, capsys: Capture) -> None:
    (line,) = exported(store, capsys, "livepeer/default").splitlines()
    (tmp_path / "worlds.jsonl").write_text(json.dumps({**json.loads(line), "world": "second"}))
    assert main(["state", "import", str(tmp_path / "worlds.jsonl"), "--store", store]) == 1
    assert "leads to the world default; nothing was imported" in capsys.readouterr().err


def test_worlds_that_went_from_sqlite_through_redis_are_the_same_byte_for_byte(
    store: str, tmp_path: Path, capsys: Capture
) -> None:
    first, lines = exported(store, capsys), tmp_path / "worlds.jsonl"
    lines.write_text(first)
    with redis_server("--appendonly", "no") as redis:
        assert main(["state", "import", str(lines), "--store", redis.url]) == 0
        assert exported(redis.url, capsys) == first
    other = f"sqlite:{tmp_path / 'other.db'}"
    assert main(["state", "import", str(lines), "--store", other]) == 0
    assert exported(other, capsys) == first


@pytest.fixture(params=["sqlite", "redis"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A store that several servers may share."""
    if request.param == "sqlite":
        yield f"sqlite:{tmp_path / 'shared.db'}"
    else:
        with redis_server("--appendonly", "no") as redis:
            yield redis.url


def said(url: str, method: str, path: str, body: Json = None, key: str = "test_me") -> Json:
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    asked = Asked(url + path, None if body is None else json.dumps(body).encode(), headers, method=method)
    with urlopen(asked, timeout=20) as answered:
        text = answered.read()
    return json.loads(text) if text else None


def test_servers_at_work_go_on_with_what_was_imported_or_removed(shared: str, tmp_path: Path, capsys: Capture) -> None:
    lines = tmp_path / "worlds.jsonl"
    with workers(2, shared) as running:
        said(running.url, "POST", "/api/clip", json.loads(CLIP))
        said(running.url, "POST", "/__admin/worlds/livepeer/test_me/clock/advance", {"by": "2h"})
        clock = said(running.url, "GET", "/__admin/worlds/livepeer/test_me/clock")["of"]
        lines.write_text(exported(shared, capsys, "livepeer/test_me"))
        assert main(["state", "rm", "livepeer/test_me", "--store", shared]) == 0
        worlds = [each["world"] for each in said(running.url, "GET", "/__admin/worlds")["worlds"]]
        assert "test_me" not in worlds
        assert main(["state", "import", str(lines), "--replace", "--store", shared]) == 0
        for _ in range(6):  # each over a connection of its own
            assert said(running.url, "GET", "/__admin/worlds/livepeer/test_me/clock")["of"] == clock == "world"
        assert "clip" in {each["source"]["type"] for each in said(running.url, "GET", "/api/asset")}


def test_what_waits_to_be_delivered_in_an_imported_world_is_delivered_by_who_is_there(
    tmp_path: Path, capsys: Capture
) -> None:
    came: SimpleQueue[str] = SimpleQueue()
    down = [True]

    def answer(got: Got) -> Said:
        came.put(got.value["id"])
        return Said(503 if down[0] else 200)

    store, lines = f"sqlite:{tmp_path / 'worlds.db'}", tmp_path / "worlds.jsonl"
    with receiving(answer) as receiver, workers(2, store, "--pace", "10000") as running:
        hook = {"name": "hook", "url": receiver.url, "events": ["asset.created"]}
        for path, body in (("/api/webhook", hook), ("/api/clip", json.loads(CLIP))):
            said(running.url, "POST", path, body)
        first = came.get(timeout=10)
        lines.write_text(exported(store, capsys, "livepeer/test_me"))
        assert main(["state", "rm", "livepeer/test_me", "--store", store]) == 0
        while not came.empty():
            assert came.get() == first
        down[0] = False
        assert main(["state", "import", str(lines), "--store", store]) == 0
        assert came.get(timeout=10) == first
