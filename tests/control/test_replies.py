from __future__ import annotations

import pytest

from mockserver.control.control import Control
from mockserver.core.http import Reply
from mockserver.core.text import Json
from tests.control.asking import ask, refused, served, told
from tests.engine.asking import ask as request

REPLIES = "/worlds/livepeer/test_me/replies"
CLIP: Json = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725}


def clip(driven: Control) -> Reply:
    return request(driven.desk.engine, "POST", "/api/clip", "test_me", CLIP)


def test_a_reply_laid_ready_answers_the_next_call_alone() -> None:
    driven = served("livepeer")
    added = ask(driven, "POST", REPLIES, {"operation": "createClip", "status": 202, "body": {"later": True}})
    assert (added.status, added.value) == (201, {"replies": [{"operation": "createClip", "status": 202}]})
    first = clip(driven)
    assert (first.status, first.value) == (202, {"later": True})
    assert clip(driven).status == 200
    assert told(driven, "GET", "/requests/1")["fault"] == "next-reply"


@pytest.mark.parametrize(
    "said, media, body",
    [
        ({"text": "busy"}, "text/plain; charset=utf-8", b"busy"),
        ({"text": "<p>busy", "headers": [["content-type", "text/html"]]}, "text/html", b"<p>busy"),
        ({"base64": "AAE="}, None, b"\0\1"),
        ({}, None, b""),
    ],
)
def test_a_body_is_text_or_bytes_or_none_too(said: Json, media: str | None, body: bytes) -> None:
    driven = served("livepeer")
    ask(driven, "POST", REPLIES, {"operation": "createClip", **said})
    reply = clip(driven)
    assert (reply.header("content-type"), reply.body) == (media, body)


def test_replies_are_taken_back_those_of_one_operation_or_all() -> None:
    driven = served("livepeer")
    for operation in ("createClip", "getAssets"):
        ask(driven, "POST", REPLIES, {"operation": operation})
    assert ask(driven, "DELETE", REPLIES, query="operation=createClip").status == 204
    assert told(driven, "GET", REPLIES) == {"replies": [{"operation": "getAssets", "status": 200}]}
    assert ask(driven, "DELETE", REPLIES).status == 204
    assert told(driven, "GET", REPLIES) == {"replies": []}


@pytest.mark.parametrize(
    "body, pointer",
    [
        ({"operation": "createClp"}, "/operation"),
        ({"operation": "createClip", "text": "a", "base64": ""}, "/base64"),
        ({"operation": "createClip", "base64": "?"}, "/base64"),
        ({"operation": "createClip", "status": 99}, "/status"),
    ],
)
def test_what_is_no_reply_is_refused_with_its_place(body: Json, pointer: str) -> None:
    driven = served("livepeer")
    problem = refused(driven, "POST", REPLIES, body)
    assert (problem["status"], problem["pointer"]) == (422, pointer)
    assert told(driven, "GET", REPLIES) == {"replies": []}


def test_an_idle_server_says_so_at_once() -> None:
    assert ask(served("livepeer"), "POST", "/idle").status == 204
