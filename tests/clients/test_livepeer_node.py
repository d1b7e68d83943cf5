"""Livepeer's npm SDK, unmodified, against the command: one script a scenario, its printed JSON compared."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.core.text import Json
from tests.clients.conftest import Command

Node = Callable[..., Json]


def sdk_error(status: int, says: str) -> Json:
    return {"name": "SDKError", "status": status, "body": f'{{"errors":["{says}"]}}'}


def test_the_whole_workflow(node: Node, in_time: Command) -> None:
    told = node("workflow", in_time.url, in_time.key)
    sources = told.pop("sources")
    assert {"MP4", "HLS (TS)"} <= set(sources)
    assert told == {
        "name": "My Clip",
        "first": "waiting",
        "last": ["processing", "ready"],
        "hash": None,
        "task": "completed",
        "type": "vod",
        "listed": [True, True, True],
        "tasked": True,
        "gone": sdk_error(404, "Asset not found"),
    }


def test_errors_carry_status_and_raw_body(node: Node, at_once: Command) -> None:
    told = node("errors", at_once.url, at_once.key)
    no_playback = told.pop("noPlayback")
    assert told == {
        "unknownKey": sdk_error(401, "no token nope found"),
        "noKey": sdk_error(401, "request is not authenticated"),
        "stranger": sdk_error(403, "You do not have permission to clip this stream"),
        "unknownStream": sdk_error(404, "Content not found"),
        "badTimes": sdk_error(422, "endTime must occur after startTime"),
    }
    assert no_playback["errors"] == ["No playback URL found for nope"]


def test_the_real_status_of_a_webhook_is_an_error_to_the_sdk_although_it_is_created(
    node: Node, at_once: Command
) -> None:
    told = node("webhook", at_once.url, at_once.key)
    assert told == {"thrown": None, "created": None, "error": True, "listed": True}


def test_by_the_document_a_webhook_is_created(node: Node, by_the_book: Command) -> None:
    told = node("webhook", by_the_book.url, by_the_book.key)
    assert told == {"thrown": None, "created": "hook", "error": False, "listed": True}


def test_streams_and_sessions(node: Node, at_once: Command) -> None:
    told = node("streams", at_once.url, at_once.key)
    assert told == {"name": "test_stream", "listed": True, "sessions": True, "recorded": True}


def test_time_a_fault_and_a_webhook_are_in_the_hands_of_a_javascript_test(
    read_node: Callable[..., str], in_time: Command
) -> None:
    assert read_node("wheel", MOCKSERVER_URL=in_time.url).splitlines() == [
        "refused with 503",
        "at first waiting",
        "after 30 s processing",
        "after 80 s ready asset.created asset.ready",
    ]
