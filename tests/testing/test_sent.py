from __future__ import annotations

from mockserver.testing import Server, sent
from tests.testing.conftest import FILE, ask, clip


def parts_of(server: Server, provider: str, *calls: tuple[str, str, object]) -> dict[str, int]:
    """What a client sent of the one operation it called."""
    found: sent.Parts = {}
    with server.world(provider, allow="*") as mock:
        for method, path, body in calls:
            ask(mock, method, path, body)
        sent.counted(found, [call.entry for call in mock.calls])
    (told,) = found[provider].values()
    return told


def test_properties_are_counted_within_each_other_and_with_values_of_enums(server: Server) -> None:
    span = {"startOffsetSeconds": 10, "endOffsetSeconds": 60}
    body = {"sourceType": "VideoStorageFile", "videoStorageFileId": FILE, "selectedTimeRange": span, "unknown": 1}
    assert parts_of(server, "restream", ("POST", "/user/clips/projects", body)) == dict.fromkeys(
        (
            *("selectedTimeRange", "selectedTimeRange.endOffsetSeconds", "selectedTimeRange.startOffsetSeconds"),
            *("sourceType", "sourceType=VideoStorageFile", "videoStorageFileId"),
        ),
        1,
    )


def test_arguments_of_the_query_are_counted(server: Server) -> None:
    calls = [("GET", "/asset?limit=5", None), ("GET", "/asset?limit=6&order=name&unheard=of", None)]
    assert parts_of(server, "livepeer", *calls) == {"?limit": 2, "?order": 1}


def test_two_runs_together_sent_what_either_did() -> None:
    one: sent.Parts = {"livepeer": {"createClip": {"name": 1, "startTime": 2}}}
    other: sent.Parts = {"livepeer": {"createClip": {"name": 1}}, "restream": {"createToken": {"code": 1}}}
    assert sent.merged(one, other) == {
        "livepeer": {"createClip": {"name": 2, "startTime": 2}},
        "restream": {"createToken": {"code": 1}},
    }
    assert one == {"livepeer": {"createClip": {"name": 1, "startTime": 2}}}


def test_coverage_tells_what_was_sent_and_what_never(here: Server) -> None:
    found: sent.Parts = {}
    with here.world("livepeer") as mock:
        clip(mock, name="mine")
        sent.counted(found, [call.entry for call in mock.calls])
    whole = sent.joined(here.driver.ask("GET", "coverage")["providers"], found)
    (told,) = [each for each in whole["livepeer"]["tried"] if each["operation"] == "createClip"]
    assert told["sent"] == dict.fromkeys(("endTime", "name", "playbackId", "startTime"), 1)
    assert told["neverSent"] == ["sessionId"]
