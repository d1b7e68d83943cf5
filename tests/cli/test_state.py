"""`state`: worlds of a store, looked at and carried about."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from mockserver.cli import main
from mockserver.core.http import Headers, Request
from mockserver.core.text import Json
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings

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
