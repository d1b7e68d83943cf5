"""The law of snapshots, on both real providers: snapshot, anything, restore, and the same calls give the same bytes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.core.text import Json
from mockserver.core.world import WorldId
from mockserver.engine import custody
from mockserver.engine.custody import Plan
from mockserver.errors import WorldExists
from tests.laws.playing import NOW, Play, run
from tests.laws.schedules import READS, Act, Wait, acts, jumps, play, wait

own_waits = st.builds(Wait, jumps, st.just("test_me"))
anything = st.lists(acts | st.builds(Wait, jumps), max_size=8)
mine = st.lists(acts | own_waits, max_size=8)


def went(server: Play, schedule: Sequence[Act | Wait]) -> list[bytes]:
    """What this world's clients get to see."""
    seen = []
    for each in schedule:
        if isinstance(each, Wait):
            wait(server, each)
        else:
            seen.append(play(server, each))
    return seen


def with_both_worlds() -> Play:
    server = Play()
    for provider in READS:
        server.call("GET", READS[provider][0])
    return server


def only_mine(schedule: list[Act | Wait]) -> list[Act | Wait]:
    """Calls of other worlds' keys are none of this world's business."""
    return [
        each for each in schedule if isinstance(each, Wait) or each.kind != "call" or each.words[0] in ("", "+stranger")
    ]


@settings(max_examples=30)
@given(anything, anything, mine)
def test_after_a_restore_the_same_calls_give_the_same_bytes(
    before: list[Act | Wait], between: list[Act | Wait], after: list[Act | Wait]
) -> None:
    server, after = with_both_worlds(), only_mine(after)
    went(server, before)
    for provider in READS:
        run(custody.snapshot(server.engine, WorldId(provider, "test_me"), "here"))
    wait(server, Wait(0, "test_me"))
    expected = went(server, after)
    went(server, between)
    for provider in READS:
        run(custody.restore(server.engine, WorldId(provider, "test_me"), "here"))
    assert went(server, after) == expected


@settings(max_examples=15)
@given(anything)
def test_a_reset_world_answers_as_one_made_at_that_instant(before: list[Act | Wait]) -> None:
    server = with_both_worlds()
    went(server, before)
    for provider in READS:
        run(custody.reset(server.engine, WorldId(provider, "test_me")))
    fresh = Play(at=server.engine.clock.now())
    for paths in READS.values():
        for path in paths:
            assert play(server, Act("read", "", path)) == play(fresh, Act("read", "", path))


def test_a_restored_world_owns_its_keys_again_and_no_others() -> None:
    server = with_both_worlds()
    world = WorldId("livepeer", "test_me")
    run(custody.snapshot(server.engine, world, "here"))
    server.do("livepeer", "add-key", {"key": "spare"})
    server.do("livepeer", "revoke-key", {"key": "stranger"})
    run(custody.restore(server.engine, world, "here"))
    statuses = [server.call("GET", "/api/stream", key=key).status for key in ("+spare", "+stranger", "")]
    assert statuses == [401, 200, 200]


def test_a_tokens_world_is_found_after_a_restore() -> None:
    server = with_both_worlds()
    made = server.call("POST", "/oauth/token", key=None, form=_refresh("test_me+refresh-me")).value
    world = WorldId("restream", "test_me")
    run(custody.snapshot(server.engine, world, "here"))
    run(custody.reset(server.engine, world))
    assert server.call("GET", "/v2/user/storage/files", key=made["access_token"]).status == 401
    run(custody.restore(server.engine, world, "here"))
    assert server.call("GET", "/v2/user/storage/files", key=made["access_token"]).status == 200


def _refresh(token: str) -> str:
    return f"grant_type=refresh_token&refresh_token={token.replace('+', '%2B')}&client_id=test_me&client_secret=x"


# ---- the default world, but


def test_the_default_world_but_with_quota_one() -> None:
    server = Play()
    overrides = {"accounts": [{"id": "main", "quota": 1}]}
    run(custody.create(server.engine, "restream", "test_me", Plan(overrides=overrides)))
    body = {"sourceType": "VideoStorageFile", "videoStorageFileId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}
    one = {**body, "selectedTimeRange": {"startOffsetSeconds": 0, "endOffsetSeconds": 600}, "singleClipMode": True}
    statuses = [server.call("POST", "/v2/user/clips/projects", one).status for _ in range(2)]
    assert statuses == [201, 403]
    assert server.call("GET", "/v2/user/storage/files", key="+stranger").status == 200


def test_a_named_worlds_own_keys_lead_there() -> None:
    server = Play()
    overrides = {
        "keys": {"*": None, "staging-key": {"user": "main", "key": "staging-key"}},
        "streams": [{"playbackId": "eaw4nk06ts2d0mzb", "name": "of staging"}],
    }
    run(custody.create(server.engine, "livepeer", "staging", Plan(overrides=overrides)))
    name = server.value("/api/stream/707d1de1-0ea0-4d0f-bc03-9a4470c04ec4", key="staging-key")["name"]
    assert name == "of staging"
    assert server.value("/api/stream/707d1de1-0ea0-4d0f-bc03-9a4470c04ec4", key="main")["name"] == "test_stream"
    run(custody.drop(server.engine, WorldId("livepeer", "staging")))
    assert server.call("GET", "/api/stream", key="staging-key").status == 401


def test_a_key_that_leads_to_another_world_is_refused_where_the_document_gives_it() -> None:
    server = Play()
    with pytest.raises(WorldExists) as caught:
        run(custody.create(server.engine, "restream", "staging"))
    reason = "the key `main` leads to the world default; give staging keys of its own"
    assert ("/restream/keys/0/key", reason) in caught.value.problems
    overrides: Json = {"keys": {"*": None, "test_bob": {}}, "apps": None, "codes": None}
    with pytest.raises(WorldExists, match="/restream/keys/0/key: the key `test_bob` is of the form that leads to a"):
        run(custody.create(server.engine, "restream", "staging", Plan(overrides=overrides)))


def test_two_timelines_of_one_server() -> None:
    server = with_both_worlds()
    run(custody.create(server.engine, "livepeer", "test_past", Plan(at=1_000_000_000_000, frozen=True)))
    made = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1_587_667_174_725, "endTime": 1_587_667_204_725}
    assert server.call("POST", "/api/clip", made, key="test_past").value["asset"]["createdAt"] == 1_000_000_000_000
    assert server.call("POST", "/api/clip", made).value["asset"]["createdAt"] == NOW
