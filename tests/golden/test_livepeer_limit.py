"""How many clips may be in progress: five for a caller, an address and a source (items 77 to 81)."""

from __future__ import annotations

from mockserver.core.text import Json
from tests.golden.talk import Talk, error

TOO_MANY = (403, "Too many clips are being processed.")


def fill(livepeer: Talk, headers: dict[str, str] | None = None) -> None:
    for _ in range(5):
        assert livepeer.clip(headers=headers).status == 200


def refused(livepeer: Talk, **fields: Json) -> bool:
    reply = livepeer.clip(**fields)
    return reply.status != 200 and (reply.status, error(reply)) == TOO_MANY


def test_the_sixth_clip_in_progress_is_refused(livepeer: Talk) -> None:
    fill(livepeer)
    assert refused(livepeer)


def test_the_limit_is_looked_at_before_session_and_times(livepeer: Talk) -> None:
    fill(livepeer)
    assert refused(livepeer, sessionId="nope")
    assert refused(livepeer, endTime=1)


def test_another_stream_has_a_limit_of_its_own(livepeer: Talk) -> None:
    fill(livepeer)
    assert livepeer.clip(playbackId="ddddstream000004").status == 200


def test_another_forwarded_address_has_a_limit_of_its_own(livepeer: Talk) -> None:
    fill(livepeer)
    fill(livepeer, {"x-forwarded-for": "1.2.3.4"})
    reply = livepeer.clip(headers={"x-forwarded-for": "1.2.3.4"})
    assert (reply.status, error(reply)) == TOO_MANY
    assert livepeer.clip(headers={"x-forwarded-for": "1.2.3.5"}).status == 200


def test_the_first_address_header_wins(livepeer: Talk) -> None:
    fill(livepeer, {"cf-connecting-ip": "9.9.9.9", "x-forwarded-for": "1.2.3.4"})
    again = {"cf-connecting-ip": "9.9.9.9", "x-forwarded-for": "7.7.7.7"}
    assert livepeer.clip(headers=again).status == 403
    assert livepeer.clip(headers={"x-forwarded-for": "1.2.3.4"}).status == 200


def test_a_key_of_another_project_shares_the_limit(livepeer: Talk) -> None:
    fill(livepeer)
    assert refused(livepeer, key="k1b")


def test_an_admin_is_not_limited_but_counts_against_the_owner(livepeer: Talk) -> None:
    for _ in range(6):
        assert livepeer.clip(key="kad").status == 200
    assert refused(livepeer)


def test_the_sdk_account_is_not_limited_but_counts_against_the_owner(livepeer: Talk) -> None:
    for _ in range(7):
        assert livepeer.clip(key="ksdk").status == 200
    assert refused(livepeer)


def test_a_stranger_still_sees_a_stranger_s_answer(livepeer: Talk) -> None:
    fill(livepeer)
    reply = livepeer.clip(key="k2")
    assert (reply.status, error(reply)) == (403, "You do not have permission to clip this stream")


def test_a_finished_clip_frees_its_place(livepeer: Talk) -> None:
    fill(livepeer)
    livepeer.pass_by(90_000)
    assert livepeer.clip().status == 200


def test_a_clip_older_than_five_minutes_no_longer_counts(livepeer: Talk) -> None:
    for _ in range(5):
        task = livepeer.clip().value["task"]["id"]
        livepeer.status(task, phase="running", progress=0.1)
    livepeer.pass_by(300_001)
    assert livepeer.clip().status == 200
