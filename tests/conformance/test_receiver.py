"""The receiver keeps what came, byte for byte, and answers as it is told."""

from __future__ import annotations

from http.client import HTTPConnection

import pytest

from mockserver.conformance.receiver import Received, Receiver, receiving


def post(url: str, path: str, body: bytes) -> int:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=5)
    connection.request("POST", path, body, {"X-One": "1"})
    status = connection.getresponse().status
    connection.close()
    return status


def test_every_byte_and_header_is_kept() -> None:
    with receiving() as receiver:
        assert post(receiver.url, "/a?b=c", b'{"a":  1}') == 200
    (got,) = receiver.got
    assert (got.path, got.body, got.value, got.headers.first("x-one")) == ("/a?b=c", b'{"a":  1}', {"a": 1}, "1")


def test_the_answer_is_what_it_is_told() -> None:
    def answer(got: Received) -> int:
        return 503 if got.value is None else 204

    with receiving(answer) as receiver:
        assert (post(receiver.url, "/", b"no json"), post(receiver.url, "/", b"{}")) == (503, 204)


def test_waiting_ends_when_enough_came_or_patience_ends() -> None:
    with receiving() as receiver:
        post(receiver.url, "/", b"{}")
        assert receiver.wait(lambda got: len(got) == 1, 5_000)
        assert not receiver.wait(lambda got: len(got) == 2, 10)


def test_a_receiver_that_is_not_open_has_no_url() -> None:
    with pytest.raises(RuntimeError, match="before it is open"):
        Receiver(lambda got: 200).url  # noqa: B018
