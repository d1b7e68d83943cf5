from __future__ import annotations

import pytest

from mockserver.control.control import Control
from mockserver.providers import registry
from tests.control.asking import refused, served, told
from tests.engine.asking import ask as request

VERBS = [(provider.name, name) for provider in registry.find(registry.names()) for name in provider.verbs]


@pytest.fixture(scope="module")
def driven() -> Control:
    return served("livepeer", "restream")


@pytest.mark.parametrize(("provider", "verb"), VERBS)
def test_every_example_of_every_verb_works_in_a_fresh_world(driven: Control, provider: str, verb: str) -> None:
    (told_of,) = [
        each for each in told(driven, "GET", f"/worlds/{provider}/default/verbs")["verbs"] if each["name"] == verb
    ]
    for number, example in enumerate(told_of["schema"]["examples"]):
        world = f"/worlds/{provider}/test_{verb}-{number}"
        assert told(driven, "POST", f"{world}/verbs/{verb}", example)["verb"] == verb


def test_a_verb_shows_in_the_next_call() -> None:
    driven = served("livepeer")
    told(driven, "POST", "/worlds/livepeer/test_me/verbs/go-live", {"stream": "offair0000000000"})
    (stream,) = [
        each
        for each in request(driven.desk.engine, "GET", "/api/stream", "test_me").value
        if each.get("playbackId") == "offair0000000000"
    ]
    assert stream["isActive"] is True


def test_a_verb_that_is_not_there_is_named_with_the_nearest(driven: Control) -> None:
    problem = refused(driven, "POST", "/worlds/livepeer/test_me/verbs/go-lve", {})
    assert problem["status"] == 404
    assert 'did you mean "go-live"' in problem["detail"]


@pytest.mark.parametrize(
    ("body", "pointer"), [({}, ""), ({"stream": 5}, "/stream"), ({"stream": "nowhere"}, "/stream")]
)
def test_what_a_verb_does_not_take_is_refused_where_it_stands(driven: Control, body: object, pointer: str) -> None:
    problem = refused(driven, "POST", "/worlds/livepeer/test_me/verbs/go-live", body)
    assert (problem["status"], problem["pointer"], problem["rule"]) == (422, pointer, "verb")
