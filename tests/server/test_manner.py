from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.core.fault import Drip, Effect, Manner, Truncate
from mockserver.core.http import Reply
from mockserver.server.manner import Score, play, score_of

DATE = b"Sun, 22 Nov 2026 11:51:40 GMT"


def score(effect: Effect, reply: Reply | None = None, method: str = "GET", delay: int = 0) -> Score:
    reply = reply or Reply.text(200, "0123456789")
    made = Reply(reply.status, reply.headers, reply.body, manner=Manner(effect, delay))
    return score_of(made, method, DATE, close=False)


def body(score: Score) -> bytes:
    return b"".join(score.pieces).partition(b"\r\n\r\n")[2]


def test_a_reply_without_a_manner_has_no_score() -> None:
    with pytest.raises(ValueError, match="written, not played"):
        score_of(Reply(200), "GET", DATE, close=False)


def test_a_delayed_reply_is_whole_and_ends_well() -> None:
    made = score(Effect(), delay=300)
    assert (made.delay, body(made), made.ending) == (300, b"0123456789", "well")


@pytest.mark.parametrize(
    ("effect", "sent", "ending"),
    [
        (Effect(truncate=Truncate(bytes=3)), b"012", "close"),
        (Effect(truncate=Truncate(share=0.5)), b"01234", "close"),
        (Effect(reset="middle"), b"01234", "reset"),
        (Effect(length=5), b"0123456789", "close"),
        (Effect(length=-5), b"0123456789", "well"),
        (Effect(chunk="malformed"), b"5\r\n01234\r\noops\r\n56789\r\n", "close"),
        (Effect(chunk="unfinished"), b"5\r\n01234\r\n5\r\n56789\r\n", "close"),
        (Effect(reset="after"), b"", "reset"),
        (Effect(empty="before"), b"", "close"),
        (Effect(hang="after"), b"", "hang"),
    ],
)
def test_how_a_body_goes_out_and_ends(effect: Effect, sent: bytes, ending: str) -> None:
    made = score(effect)
    assert (body(made), made.ending) == (sent, ending)


@pytest.mark.parametrize(("by", "promised"), [(5, 15), (-5, 5), (-50, 0)])
def test_a_wrong_length_is_promised_once(by: int, promised: int) -> None:
    (data,) = score(Effect(length=by)).pieces
    assert data.lower().count(b"content-length:") == 1
    assert b"Content-Length: %d\r\n" % promised in data


def test_chunks_come_without_a_length() -> None:
    (data,) = score(Effect(chunk="malformed")).pieces
    assert (b"Content-Length" in data, data.count(b"Transfer-Encoding: chunked")) == (False, 1)


def test_a_drip_has_pieces_of_so_many_bytes() -> None:
    made = score(Effect(drip=Drip(16, 20)))
    assert {len(piece) for piece in made.pieces[:-1]} == {16}
    assert (made.pause, body(made)) == (20, b"0123456789")


EFFECTS = st.sampled_from(
    [
        Effect(truncate=Truncate(share=0.5)),
        Effect(reset="middle"),
        Effect(length=7),
        Effect(length=-7),
        Effect(chunk="malformed"),
        Effect(chunk="unfinished"),
        Effect(drip=Drip(3, 0)),
    ]
)


@given(EFFECTS, st.sampled_from([Reply.empty(204), Reply.empty(200), Reply.text(200, "x"), Reply.json(404, {"a": 1})]))
def test_head_and_bodiless_replies_have_a_head_alone(effect: Effect, reply: Reply) -> None:
    made = score(effect, reply, "HEAD")
    assert b"".join(made.pieces).startswith(b"HTTP/1.1 ")
    if effect.chunk is None:
        assert body(made) == b""


class Stage:
    """A connection whose client leaves after so many pauses."""

    def __init__(self, stays: int) -> None:
        self.transport: Any = self
        self.heard: list[object] = []
        self.stays = stays

    async def pause(self, ms: int) -> bool:
        self.heard.append(ms)
        self.stays -= 1
        if self.stays < 0:
            self.transport = None
        return self.transport is not None

    def is_closing(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        self.heard.append(data)

    def close(self) -> None:
        self.heard.append("closed")

    def get_extra_info(self, name: str) -> None:
        return None

    def abort(self) -> None:
        self.heard.append("reset")


def played(score: Score, stays: int = 9) -> list[object]:
    stage = Stage(stays)
    try:
        play(score, stage).send(None)
    except StopIteration:
        return stage.heard
    raise AssertionError("it waited for something else")


def test_a_score_is_played_in_its_order() -> None:
    assert played(Score(5, (b"a", b"b"), 7, "close")) == [5, b"a", 7, b"b", "closed"]
    assert played(Score(0, (b"a",), 0, "reset")) == [b"a", 20, "reset"]
    assert played(Score(0, (), 0, "reset")) == ["reset"]


def test_nothing_is_written_to_a_client_that_has_left() -> None:
    assert played(Score(5, (b"a", b"b"), 7, "close"), stays=0) == [5]
    assert played(Score(0, (b"a", b"b"), 7, "close"), stays=0) == [b"a", 7]


def test_a_hang_waits_again_and_again_until_somebody_leaves() -> None:
    assert played(Score(0, (), 0, "hang"), stays=3) == [3_600_000] * 4
