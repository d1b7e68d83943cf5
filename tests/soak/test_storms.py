"""The storms find what is wrong, and nothing where all is well."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mockserver.core.http import Headers, Reply, Request
from mockserver.core.text import Record, dump
from mockserver.core.world import Change, Contents, Outcome, Put, Remove, WorldId
from mockserver.server.assemble import build_engine
from mockserver.settings import Settings
from tests.server.storm import CLIP
from tests.soak.load import NAMED
from tests.soak.truth import Found, check_store

KEY = "test_storm"
WORLD = WorldId("livepeer", KEY)
HEADERS = Headers.of([("Authorization", f"Bearer {KEY}"), ("Content-Type", "application/json")])

Damage = Callable[[Contents], Change]


def nothing(contents: Contents) -> Change:
    return Remove("task", "none")


def no_task(contents: Contents) -> Change:
    return Remove("task", next(id for id, task in contents.records["task"].items() if is_storm(contents, task)))


def no_asset(contents: Contents) -> Change:
    return Remove("asset", next(id for id, each in contents.records["asset"].items() if each["name"].startswith(NAMED)))


def other_phase(contents: Contents) -> Change:
    id, asset = next((id, each) for id, each in contents.records["asset"].items() if each["name"].startswith(NAMED))
    return Put("asset", id, {**asset, "status": {**asset["status"], "phase": "failed"}})


def is_storm(contents: Contents, task: Record) -> bool:
    asset = contents.records["asset"].get(task["doc"].get("outputAssetId", ""))
    return asset is not None and str(asset["name"]).startswith(NAMED)


@pytest.mark.parametrize(
    ("damage", "halves"), [(nothing, False), (no_task, True), (no_asset, True), (other_phase, True)]
)
def test_a_world_of_which_a_half_is_missing_is_found(tmp_path: Path, damage: Damage, halves: bool) -> None:
    async def checked() -> Found:
        engine = build_engine(Settings(store=f"sqlite:{tmp_path / 'worlds.db'}", pace=0.0))
        await engine.open("http://mock.test")
        call = Request("POST", "/api/clip", headers=HEADERS, body=dump({**CLIP, "name": f"{NAMED}1"}))
        assert (await engine.respond(call)).status == 200
        change = damage(await engine.store.contents(WORLD))
        await engine.store.transact(WORLD, lambda view: Outcome(Reply(204), (change,)), counted=False)
        found = Found()
        await check_store(engine.store, KEY, 0, found)
        await engine.store.close()
        return found

    assert (asyncio.run(checked()).count["half"] > 0) is halves


def test_a_short_storm_over_workers_that_are_killed_finds_nothing_wrong() -> None:
    words = [
        "--store",
        "sqlite",
        "--workers",
        "2",
        "--races",
        "1",
        "--kills",
        "1",
        "--victims",
        "worker",
        "--seed",
        "1",
    ]
    command = [sys.executable, "-m", "tests.soak.workers", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 went wrong" in done.stdout
    assert len(done.stdout.splitlines()) == 5
