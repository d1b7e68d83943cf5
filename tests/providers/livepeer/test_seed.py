"""World documents: names into ids, times into instants, keys into a world's own."""

from __future__ import annotations

import re

import jsonschema_rs
import pytest

from mockserver.core.chance import Chance
from mockserver.core.provider import Moment
from mockserver.core.text import Json
from mockserver.core.world import Put
from mockserver.providers.livepeer import provider
from mockserver.providers.livepeer.kinds import KINDS
from tests.providers.livepeer.desk import NOW, Desk, section

LEAST = {"users": [{"name": "main", "id": "u"}], "keys": [{"key": "main", "user": "main"}]}


def seeded(document: Json, world: str = "start") -> dict[tuple[str, str], Json]:
    found = {}
    for change in provider.seed(document, world, Moment(NOW, Chance.of(0))):
        assert isinstance(change, Put)
        found[change.kind, change.id] = change.record
    return found


def test_the_least_world_has_defaults() -> None:
    records = seeded(LEAST)
    assert records["settings", "settings"]["jwt"]["audience"] == "livepeer"
    assert records["user", "u"]["createdAt"] == NOW - 3_600_000


def test_in_the_start_world_keys_are_as_they_are_written() -> None:
    assert {id for kind, id in seeded(section("livepeer-recorded")) if kind == "key"} >= {"k1", "k1b", "krule"}


def test_in_a_private_world_keys_are_the_worlds_own() -> None:
    keys = {id for kind, id in seeded(section(), "test_alice") if kind == "key"}
    assert {"test_alice", "test_alice+main", "test_alice+stranger", "test_alice+cors-full"} <= keys
    assert all(key.startswith("test_alice") for key in keys)


@pytest.mark.parametrize(("said", "instant"), [(-5, NOW - 5), (5, NOW + 5), (1_587_667_174_725, 1_587_667_174_725)])
def test_times_are_relative_until_they_are_large(said: int, instant: int) -> None:
    document = {**LEAST, "users": [{"name": "main", "id": "u", "created": said}]}
    assert seeded(document)["user", "u"]["createdAt"] == instant


STREAM = {"playbackId": "abcd", "user": "main"}


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"keys": [{"key": "k", "user": "x"}]}, "/keys/0/user: no user is named `x`; there are main"),
        (
            {"users": [{"name": "main", "id": "u", "project": "p"}]},
            "/users/0/project: no project is named `p`; there are none",
        ),
        ({"streams": [{**STREAM, "project": "p"}]}, "/streams/0/project: no project is named `p`; there are none"),
        ({"sessions": [{"id": "s", "stream": "x"}]}, "/sessions/0/stream: no stream has the playback ID `x`"),
        (
            {"assets": [{"id": "a", "playbackId": "p", "user": "main", "type": "clip"}]},
            "/assets/0/session: a clip needs the id of a session, not `None`",
        ),
        ({"tasks": [{"id": "t", "asset": "x", "phase": "failed"}]}, "/tasks/0/asset: no clip has the id `x`"),
    ],
)
def test_a_name_that_means_nothing_is_refused_where_it_stands(more: Json, reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(reason)}$"):
        seeded({**LEAST, **more})


def test_nobody_is_a_user_that_is_gone() -> None:
    records = seeded({**LEAST, "streams": [{**STREAM, "user": "nobody"}]})
    assert [record["doc"]["userId"] for (kind, _), record in records.items() if kind == "stream"] == ["nobody"]


def test_ids_that_are_not_given_are_the_same_every_time() -> None:
    document = {**LEAST, "streams": [STREAM]}
    assert seeded(document) == seeded(document)


def test_without_a_runner_jobs_wait_for_reports() -> None:
    desk = Desk()
    settings = desk.read("settings", "settings")
    assert settings is not None
    desk.change("settings", "settings", {**settings, "runner": "off"})
    _, task_id = desk.made()
    desk.wait(3_600_000)
    assert desk.task(task_id)["status"]["phase"] == "waiting"


def test_every_kind_of_record_is_known() -> None:
    assert {kind for kind, _ in seeded(section())} <= set(KINDS)


@pytest.mark.parametrize(
    "change",
    [
        {"users": []},
        {"keys": [{"key": "k"}]},
        {"streams": [{**STREAM, "clips": "vanishes"}]},
        {"streams": [{**STREAM, "colour": "red"}]},
        {"settings": {"runner": "sometimes"}},
        {"sessions": [{"id": "a/b", "stream": "abcd"}]},
    ],
)
def test_what_the_schema_does_not_know_is_refused(change: Json) -> None:
    assert not jsonschema_rs.is_valid(provider.world_schema, {**LEAST, **change})


def test_every_field_of_the_schema_is_described() -> None:
    def walk(schema: Json, where: str) -> None:
        assert where == "" or schema.get("description"), where
        for name, field in schema.get("properties", {}).items():
            walk(field, f"{where}/{name}")
        if isinstance(schema.get("items"), dict):
            walk(schema["items"], f"{where}/*")

    walk(provider.world_schema, "")
