"""What the honest clients do where a client is easily wrong; all else of them is in the scenarios and the examples."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from mockserver.core.text import Json
from tests.mutants.clients.errors import BadReply, OutcomeUnknown, Refused, Unreachable
from tests.mutants.clients.livepeer import LivepeerClient
from tests.mutants.clients.restream import RestreamClient
from tests.mutants.scenarios.restream import CREATE, LIST, REPEATED, TOKEN
from tests.mutants.scenes import LivepeerScene, RestreamScene, asset, cut, details, page, project
from tests.mutants.stub import Say, Stub

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def livepeer() -> Iterator[LivepeerScene]:
    with Stub() as stub:
        yield LivepeerScene(LivepeerClient, stub)


@pytest.fixture
def restream() -> Iterator[RestreamScene]:
    with Stub() as stub:
        yield RestreamScene(RestreamClient, stub)


def test_a_whole_video_whose_reply_was_lost_is_asked_for_again(restream: RestreamScene) -> None:
    restream.stub.on(LIST, Say(200, page()), Say(200, page(project())))
    restream.stub.on(CREATE, Say(lost=True), REPEATED)
    assert restream.client().create_project("f1").id == "p1"


def test_it_is_not_asked_for_again_while_clips_of_it_are_in_the_making(restream: RestreamScene) -> None:
    restream.stub.on(LIST, Say(200, page(project(generatingClipsNow=True))))
    restream.stub.on(CREATE, Say(lost=True))
    with pytest.raises(OutcomeUnknown):
        restream.client().create_project("f1")
    assert restream.stub.count(CREATE) == 1


def test_a_reply_that_is_lost_twice_is_told(restream: RestreamScene) -> None:
    restream.stub.on(LIST, Say(200, page()))
    restream.stub.on(CREATE, Say(lost=True))
    with pytest.raises(OutcomeUnknown):
        restream.client().create_project("f1")
    assert restream.stub.count(CREATE) == 2


def test_an_older_clip_of_the_same_name_is_not_the_lost_one(livepeer: LivepeerScene) -> None:
    livepeer.stub.on("POST /v/clip", Say(200, {"asset": asset("waiting")}), Say(lost=True))
    livepeer.stub.on("GET /v/stream/s1/clips", Say(200, [asset("waiting")]))
    client = livepeer.client()
    client.create_clip("s1", NOON, NOON, name="first")
    with pytest.raises(OutcomeUnknown):
        client.create_clip("s1", NOON, NOON, name="first")


def test_what_was_never_sent_is_no_unknown_outcome(livepeer: LivepeerScene) -> None:
    client = livepeer.client()
    livepeer.stub.__exit__(None, None, None)
    with pytest.raises(Unreachable) as raised:
        client.create_clip("s1", NOON, NOON, name="first")
    assert not isinstance(raised.value, OutcomeUnknown)


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[" * 100_000, None, [], {"id": 1, "name": "first"}, {"id": "c1"}, {**asset(), "status": "ready"}],
    ids=["no JSON", "too deep", "null", "a list", "no text", "without a name", "status is a text"],
)
def test_a_reply_that_is_none_is_told_in_the_client_s_words(livepeer: LivepeerScene, body: Json) -> None:
    livepeer.stub.on("GET /v/asset/c1", Say(200, body))
    with pytest.raises(BadReply):
        livepeer.client().clip("c1")


def test_a_link_that_is_none_is_told(livepeer: LivepeerScene) -> None:
    livepeer.stub.on("GET /v/stream/s1/clips", Say(200, [asset()], {"Link": '<http://[>; rel="next"'}))
    with pytest.raises(BadReply, match="next page"):
        livepeer.client().clips("s1")


def test_a_token_no_header_can_hold_is_told_and_not_kept(restream: RestreamScene) -> None:
    restream.stub.on(TOKEN, Say(200, {"access_token": "é", "refresh_token": "refresh-2"}))
    with pytest.raises(BadReply):
        restream.signed_in().refresh()
    assert restream.saved == []


def test_a_limit_says_how_long_to_wait_where_the_client_does_not_ask_again(restream: RestreamScene) -> None:
    restream.stub.on(CREATE, Say(429, "slow down", {"Retry-After": "7"}))
    with pytest.raises(Refused) as raised:
        restream.client().create_project("f1")
    assert (restream.clock.waited, getattr(raised.value, "after", None)) == ([], 7.0)


def test_84_and_84_0_are_the_same_score(restream: RestreamScene) -> None:
    restream.stub.on("GET /v/user/clips/projects/p1", Say(200, details(cut(viralityScore=84.0))))
    assert restream.client().wait_for_clips("p1")[0].score == 84
