from __future__ import annotations

import jsonschema_rs
import pytest

from mockserver.core.chance import Chance
from mockserver.core.provider import Moment
from mockserver.core.text import Json
from mockserver.core.world import Change, Put
from mockserver.providers.restream import provider
from mockserver.providers.restream.seed import seed
from tests.providers.restream.desk import (
    ACTIVE,
    CLIPPED,
    EVENT,
    EXAMPLE,
    FILES,
    NOW,
    Desk,
    default_section,
    error,
)


def seeded(section: Json, world: str = "default") -> list[Change]:
    return list(seed(section, world, Moment(NOW, Chance.of(0, world))))


def ids(changes: list[Change], kind: str) -> list[str]:
    return [change.id for change in changes if change.kind == kind]


def test_the_default_world_fits_the_schema() -> None:
    validator = jsonschema_rs.validator_for(provider.world_schema)
    assert [error.message for error in validator.iter_errors(default_section())] == []


def test_the_schema_is_a_schema() -> None:
    jsonschema_rs.meta.validate(provider.world_schema)


@pytest.mark.parametrize(
    "section",
    [
        {"file": []},
        {"files": [{"id": "x", "title": "x"}]},
        {"files": [{"id": EXAMPLE, "title": "x", "status": "Gone"}]},
        {"keys": [{"key": ""}]},
        {"accounts": [{"id": "main", "quota": -1}]},
        {"projects": [{"title": "x", "clips": [{"viralityScore": 101}]}]},
        {"projects": [{"title": "x", "runs": [{"state": "queued"}]}]},
    ],
)
def test_the_schema_refuses_what_it_does_not_know(section: Json) -> None:
    assert not jsonschema_rs.validator_for(provider.world_schema).is_valid(section)


def test_an_empty_section_is_a_world_with_one_account() -> None:
    changes = seeded({})
    assert [(change.kind, change.id) for change in changes] == [("account", "main")]


def test_keys_of_the_start_world_are_as_written() -> None:
    section = {"keys": [{"key": "one", "refreshToken": "r"}, {"key": "two"}], "apps": [{"clientId": "app"}]}
    changes = seeded(section)
    assert ids(changes, "grant") == ["one", "two"]
    assert ids(changes, "app") == ["app"]


def test_keys_of_a_private_world_are_roles_of_its_owner_and_the_first_is_the_owner() -> None:
    section = {
        "keys": [{"key": "one"}, {"key": "two", "refreshToken": "r"}],
        "apps": [{"clientId": "app"}, {"clientId": "other"}],
        "codes": [{"code": "c", "clientId": "app"}],
    }
    changes = seeded(section, "test_alice")
    assert ids(changes, "grant") == ["test_alice", "test_alice+one", "test_alice+two"]
    assert ids(changes, "app") == ["test_alice", "test_alice+app", "test_alice+other"]
    assert ids(changes, "code") == ["test_alice+c"]
    refresh = [change.record["refresh"] for change in changes if isinstance(change, Put) and change.kind == "grant"]
    assert refresh == [None, None, "test_alice+r"]


def test_what_is_drawn_differs_from_world_to_world() -> None:
    one, other = (Desk(world=world).record("account", "main") for world in ("test_a", "test_b"))
    assert one["user"] != other["user"]
    assert one["secret"] != other["secret"]


def test_no_two_worlds_share_a_public_key() -> None:
    changes = {world: seeded(default_section(), world) for world in ("test_a", "test_b", "default")}
    keys = [
        (kind, name, entry[0])
        for world in changes.values()
        for change in world
        if isinstance(change, Put)
        for kind in [change.kind]
        for name, index in provider.kinds[kind].indexes.items()
        if index.public and (entry := index.entry(change.record))
    ]
    assert len(keys) == len(set(keys))


def test_times_are_relative_or_absolute() -> None:
    section = {
        "keys": [{"key": "main"}],
        "files": [
            {"id": EXAMPLE, "title": "x", "durationSeconds": 10, "createdAt": -1000},
            {"id": CLIPPED, "title": "x", "durationSeconds": 10, "createdAt": "2026-02-26T23:01:19+01:00"},
        ],
    }
    desk = Desk(section)
    created = {file["id"]: file["createdAt"] for file in desk.get(FILES).value["files"]}
    assert created == {EXAMPLE: "2026-11-23T10:33:19.420Z", CLIPPED: "2026-02-26T22:01:19.000Z"}


def test_an_account_may_start_with_its_quota_partly_used() -> None:
    section = {
        "accounts": [{"id": "main", "quota": 5, "used": 5}],
        "keys": [{"key": "main"}],
        "files": [{"id": EXAMPLE, "title": "x", "durationSeconds": 10}],
    }
    assert error(Desk(section).create()) == (403, "UsageLimitReached")


def test_the_documented_clip_and_post_are_as_documented() -> None:
    details = Desk().details(EVENT)
    assert {key: value for key, value in details["clips"][0].items() if key != "thumbnailUrl"} == {
        "clipId": "6ece2c7f-6fc5-4545-8cec-37db6a79a0e0",
        "name": "Clip title",
        "viralityScore": 84,
        "viralityScoreExplanation": "Virality score explanation text",
        "transcriptText": "Transcript of the clip content",
        "sourceStartSeconds": 411,
        "sourceEndSeconds": 469,
        "favouritedAt": None,
        "createdAt": "2026-01-28T15:56:37.452Z",
    }
    assert details["clips"][2]["favouritedAt"] == "2026-01-30T09:12:00.000Z"
    assert details["postedClips"] == [
        {
            "clipId": "6ece2c7f-6fc5-4545-8cec-37db6a79a0e0",
            "platform": "YouTube",
            "channelId": 16034701,
            "status": "Published",
            "createdAt": "2026-02-06T18:11:53.057Z",
            "platformUrl": "https://example.com/video",
        }
    ]


def test_a_seeded_run_that_is_running_goes_on_from_the_start() -> None:
    section = {
        "keys": [{"key": "main"}],
        "files": [{"id": EXAMPLE, "title": "x", "durationSeconds": 600}],
        "projects": [
            {
                "title": "x",
                "sourceTypeName": "VideoStorageFile",
                "sourceIdentifier": EXAMPLE,
                "runs": [{"kind": "range", "range": [30, 60], "mode": "single", "state": "running"}],
            }
        ],
    }
    desk = Desk(section)
    (project,) = desk.listed()["projects"]
    assert project["generatingClipsNow"] is True
    desk.finish()
    (clip,) = desk.details(project["projectId"])["clips"]
    assert (clip["sourceStartSeconds"], clip["sourceEndSeconds"]) == (30, 60)


def file(**fields: Json) -> Json:
    return {"id": EXAMPLE, "title": "x", "durationSeconds": 60, **fields}


def project(**fields: Json) -> Json:
    return {"title": "x", "sourceTypeName": "VideoStorageFile", "sourceIdentifier": EXAMPLE, **fields}


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ({"accounts": [{"id": "a"}, {"id": "a"}]}, "/accounts/1/id: `a` is there twice"),
        ({"files": [file(), file()]}, f"/files/1/id: `{EXAMPLE}` is there twice"),
        ({"files": [file(account="b")]}, "/files/0/account: there is no account `b`; there are main"),
        ({"files": [{"id": EXAMPLE, "title": "x"}]}, "/files/0: a file that is Ready has `durationSeconds`"),
        ({"files": [file(readyAfter=1)]}, "/files/0/readyAfter: only for a file in Processing"),
        ({"files": [file(createdAt="soon")]}, "/files/0/createdAt: `soon` is no instant"),
        ({"keys": [{"key": "a"}, {"key": "a"}]}, "/keys/1/key: `a` is there twice"),
        ({"keys": [{"key": "a", "clientId": "b"}]}, "/keys/0/clientId: there is no application `b`; there are none"),
        ({"codes": [{"code": "a", "clientId": "b"}]}, "/codes/0/clientId: there is no application `b`"),
        ({"projects": [{"title": "x", "runs": [{}]}]}, "/projects/0/runs: only for a project of a VideoStorageFile"),
        (
            {"projects": [{"title": "x", "sourceTypeName": "VideoStorageFile"}]},
            "/projects/0: a project of a VideoStorageFile has `sourceIdentifier`",
        ),
        ({"files": [file()], "projects": [project(), project()]}, "/projects/1: there are two projects of `main Video"),
        ({"projects": [project(runs=[{}])]}, "/projects/0/runs/0: a run needs the file of its project"),
        (
            {"files": [file()], "projects": [project(runs=[{"kind": "range"}])]},
            "/projects/0/runs/0: `range` is for a run of kind `range`",
        ),
        ({"files": [file()], "projects": [project(clips=100)]}, "/projects/0/clips/0: the file is too short"),
        (
            {"projects": [project(clips=[{"sourceStartSeconds": 1}])]},
            "/projects/0/clips/0: a clip has both `sourceStartSeconds`",
        ),
        (
            {"projects": [project(clips=[{"sourceStartSeconds": 5, "sourceEndSeconds": 5}])]},
            "/projects/0/clips/0/sourceEndSeconds: the clip ends before",
        ),
        (
            {
                "files": [file()],
                "projects": [project(clips=[{"sourceStartSeconds": 5, "sourceEndSeconds": 61}])],
            },
            "/projects/0/clips/0: the clip ends at 61 s, behind the file's end",
        ),
        (
            {
                "accounts": [{"id": "a"}, {"id": "b"}],
                "files": [file(account="b")],
                "projects": [project()],
            },
            "/projects/0/sourceIdentifier: the file belongs to another account",
        ),
    ],
)
def test_a_section_that_contradicts_itself_is_refused_with_a_pointer(section: Json, message: str) -> None:
    assert jsonschema_rs.validator_for(provider.world_schema).is_valid(section)
    with pytest.raises(ValueError) as refused:
        seeded(section)
    assert str(refused.value).startswith(message)


def test_ids_are_kept_in_lower_case() -> None:
    desk = Desk({"keys": [{"key": "main"}], "files": [file(id=EXAMPLE.upper())]})
    assert desk.get(f"{FILES}/{EXAMPLE}").value["id"] == EXAMPLE


def test_what_is_being_clipped_for_ever_is_so_at_any_pace() -> None:
    desk = Desk(pace=float("inf"))
    desk.finish()
    assert desk.details("ac710000-0000-4000-8000-00000000c11b")["generatingClipsNow"] is True
    assert error(desk.create(ACTIVE)) == (409, "ClipsInputAlreadyProcessed")
