"""Rules speak of what no seeded defect has: servers bent for one finding each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest

from mockserver.core.http import Headers, Reply
from mockserver.core.provider import Call, Moment
from mockserver.core.text import Json
from mockserver.core.world import Outcome, View
from tests.conformance.judging import KEY, Answer, bent, findings, holds, session_with
from tests.servers.bending import argument, fine, operation, refused, said, status, with_body, with_header, with_key
from tests.servers.defect import Ground, Name


def edits(wanted: str, change: Mapping[str, Json]) -> Answer:
    """Good replies of an operation have other values."""

    def answer(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
        outcome = ground.answer(view, call, moment)
        return (
            said(outcome, lambda value: {**value, **change}) if operation(call) == wanted and fine(outcome) else outcome
        )

    return answer


def refuses(wanted: str, number: int) -> Answer:
    """An operation is refused to everybody."""

    def answer(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
        return refused(number, "Never") if operation(call) == wanted else ground.answer(view, call, moment)

    return answer


def as_owner(*wanted: str) -> Answer:
    """Operations are done as the first account, whoever asks."""

    def answer(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
        return ground.answer(view, with_key(call, KEY) if operation(call) in wanted else call, moment)

    return answer


def backwards(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Pages of seven come the wrong way round."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "listClipProjects" or argument(call, "limit") != "7":
        return outcome
    return said(outcome, lambda value: {**value, "projects": value["projects"][::-1]})


def second_winner(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Those who come second in a race are told that they won."""
    outcome = ground.answer(view, call, moment)
    if operation(call) == "createClipProject":
        ground.memory.setdefault("won", outcome.reply if fine(outcome) else None)
        ground.memory["calls"] = ground.memory.get("calls", 0) + 1
        if outcome.reply.status == 409 and ground.memory["calls"] == 2:
            return replace(outcome, reply=ground.memory["won"])
    return outcome


def same_id(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Every clip is answered with the ids of the first."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "createClip" or not fine(outcome):
        return outcome
    first = ground.memory.setdefault("first", outcome.reply)
    return replace(outcome, reply=first)


def no_limit(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The limit counts by an address that is never the same."""
    if operation(call) == "createClip":
        ground.memory["n"] = ground.memory.get("n", 0) + 1
        headers = Headers.of([*call.request.headers, ("CF-Connecting-IP", f"10.0.0.{ground.memory['n']}")])
        call = replace(call, request=replace(call.request, headers=headers))
    return ground.answer(view, call, moment)


def low_limit(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Three clips are enough."""
    if operation(call) == "createClip":
        ground.memory["n"] = ground.memory.get("n", 0) + 1
        if ground.memory["n"] == 4:
            return Outcome(Reply.json(403, {"errors": ["Too many clips are being processed."]}))
    return ground.answer(view, call, moment)


def method_not_allowed(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """405, and not a word on what is."""
    known = call.operation is not None or call.request.method not in ("GET", "PATCH")
    return ground.answer(view, call, moment) if known else Outcome(Reply.json(405, {"errors": ["not allowed"]}))


def anything_goes(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Every path is something."""
    outcome = ground.answer(view, call, moment)
    return status(outcome, 200) if call.operation is None and outcome.reply.status == 404 else outcome


def one_tag(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """All versions of everything have one ETag, and each reply another content."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "getHealth":
        return outcome
    ground.memory["n"] = ground.memory.get("n", 0) + 1
    changed = said(outcome, lambda value: {**value, "n": ground.memory["n"]})
    return replace(changed, reply=with_header(changed.reply, "ETag", '"one"'))


def no_allowance(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Accounts without quota are served as the first one's."""
    if operation(call) == "createClipProject" and "no-quota" in (call.request.header("authorization") or ""):
        made = {
            "projectId": "00000000-0000-4000-8000-000000000001",
            "title": "t",
            "createdAt": "2026-01-01T00:00:00.000Z",
        }
        return Outcome(Reply.json(201, {**made, "sourceTypeName": "VideoStorageFile", "sourceIdentifier": "x"}))
    return ground.answer(view, call, moment)


def toggling(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Every third look says that clips are still coming."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "getClipProject" or not fine(outcome):
        return outcome
    ground.memory["n"] = ground.memory.get("n", 0) + 1
    return said(outcome, lambda value: {**value, "generatingClipsNow": ground.memory["n"] % 3 == 0})


def same_pair(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The first refresh token is said again."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "createToken" or not fine(outcome):
        return outcome
    first = ground.memory.setdefault("first", outcome.reply.value["refresh_token"])
    return said(outcome, lambda value: {**value, "refresh_token": first})


def cursors_expire(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """No cursor is good for anything."""
    if operation(call) == "listClipProjects" and argument(call, "cursor") is not None:
        return refused(400, "InvalidQueryParams")
    return ground.answer(view, call, moment)


def no_conditions(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """If-None-Match is not looked at."""
    kept = Headers.of([pair for pair in call.request.headers if pair[0].lower() != "if-none-match"])
    return ground.answer(view, replace(call, request=replace(call.request, headers=kept)), moment)


def full_for_ever(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """The limit counts clips that ended long ago."""
    if operation(call) == "createClip":
        ground.memory["n"] = ground.memory.get("n", 0) + 1
        if ground.memory["n"] > 5:
            return Outcome(Reply.json(403, {"errors": ["Too many clips are being processed."]}))
    return ground.answer(view, call, moment)


def quota_without_end(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Who has one clip left has one again and again."""
    outcome = ground.answer(view, call, moment)
    if operation(call) == "createClipProject" and "quota-1" in (call.request.header("authorization") or ""):
        return replace(outcome, reply=ground.memory.setdefault("made", outcome.reply))
    return outcome


def dead_on_arrival(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Refreshing gives a token that nobody knows."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "createToken" or b"grant_type=refresh_token" not in call.request.body or not fine(outcome):
        return outcome
    return said(outcome, lambda value: {**value, "access_token": "no such token"})


def deletes_twice(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """What is gone can be deleted again."""
    outcome = ground.answer(view, call, moment)
    return Outcome(Reply.empty(204)) if operation(call) == "deleteAsset" and not fine(outcome) else outcome


def keeps_webhooks(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """A webhook that is deleted goes on."""
    return Outcome(Reply.empty(204)) if operation(call) == "deleteWebhook" else ground.answer(view, call, moment)


def all_events(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Who subscribes to one event gets all."""
    if operation(call) == "createWebhook" and isinstance(call.payload.value, dict):
        events = ["asset.created", "asset.ready", "asset.deleted", "task.completed", "task.spawned"]
        wanted = {*call.payload.value["events"], *events}
        call = with_body(call, {**call.payload.value, "events": sorted(wanted)})
    return ground.answer(view, call, moment)


def shifted(ground: Ground, view: View, call: Call, moment: Moment) -> Outcome:
    """Clips begin a second late."""
    outcome = ground.answer(view, call, moment)
    if operation(call) != "getClipProject" or not fine(outcome):
        return outcome

    def late(value: Json) -> Json:
        clips = [{**clip, "sourceStartSeconds": clip["sourceStartSeconds"] + 1} for clip in value["clips"]]
        return {**value, "clips": clips}

    return said(outcome, late)


BENT: Final[tuple[tuple[Name, str, str, Answer], ...]] = (
    ("restream", "lifecycle", "clip-no-download", refuses("getClipDownloadUrl", 404)),
    ("restream", "lifecycle", "download-url", edits("getClipDownloadUrl", {"downloadUrl": "nowhere"})),
    ("restream", "lifecycle", "generating-again", toggling),
    ("restream", "cursor-walk", "cursor-disorders", backwards),
    ("restream", "race", "race-two-winners", second_winner),
    ("restream", "read-after-write", "created-differs", edits("createClipProject", {"title": "another"})),
    ("restream", "rotation", "rotation-same", same_pair),
    ("restream", "rotation", "token-refused", edits("createToken", {"access_token": "no such token"})),
    ("restream", "rotation", "revoke-reply", refuses("revokeToken", 400)),
    ("restream", "scopes", "scope-missed", refuses("listStorageFiles", 403)),
    ("restream", "quota", "no-quota-ignored", no_allowance),
    (
        "restream",
        "isolation-sources",
        "isolation-source",
        as_owner("createClipProject"),
    ),
    ("restream", "isolation-sources", "isolation-download", as_owner("getClipDownloadUrl")),
    ("restream", "lifecycle", "single-clip-span", shifted),
    ("restream", "cursor-walk", "cursor-refused", cursors_expire),
    ("restream", "list-detail", "list-detail-missing", refuses("getStorageFile", 404)),
    ("restream", "quota", "quota-exceeded", quota_without_end),
    ("restream", "rotation", "rotation-refused", dead_on_arrival),
    ("livepeer", "repeat", "id-twice", same_id),
    ("livepeer", "clip-limit", "limit-stays", full_for_ever),
    ("livepeer", "asset-writes", "delete-twice", deletes_twice),
    ("livepeer", "webhooks", "webhook-after-deletion", keeps_webhooks),
    ("livepeer", "webhooks", "webhook-unwanted", all_events),
    ("livepeer", "webhooks", "isolation-webhook", as_owner("createWebhook")),
    ("livepeer", "etag", "etag-ignored", no_conditions),
    ("livepeer", "clip-limit", "limit-exceeded", no_limit),
    ("livepeer", "clip-limit", "limit-early", low_limit),
    ("livepeer", "lifecycle", "ready-without-playback", edits("getPlaybackInfo", {"meta": {"source": []}})),
    ("livepeer", "read-after-write", "read-differs", edits("getAsset", {"name": "another"})),
    ("livepeer", "unknown-path", "unknown-path", anything_goes),
    ("livepeer", "etag", "etag-stale", one_tag),
)


@pytest.mark.parametrize(("provider", "rule", "finding", "answer"), BENT, ids=[row[2] for row in BENT])
def test_a_rule_speaks_of_a_bent_server(provider: Name, rule: str, finding: str, answer: Answer) -> None:
    with session_with(provider, bent(provider, answer), pace=300 if rule == "clip-limit" else 600) as session:
        seen = findings(session, rule)
    assert finding in {one.rule for one in seen if one.level == "error"}
    assert [(one.rule, claim) for one in seen for claim in one.must if holds(one, claim)] == []


def test_a_405_that_says_nothing_more_is_only_worth_a_warning() -> None:
    with session_with("livepeer", bent("livepeer", method_not_allowed)) as session:
        seen = findings(session, "wrong-method")
    assert {(one.rule, one.level) for one in seen} == {("allow-missing", "warning")}


def test_where_repetitions_are_accepted_while_running_a_race_may_have_many_winners() -> None:
    with session_with("restream", readings={"restream.repeat-while-running": "201"}) as session:
        assert findings(session, "race") == []
