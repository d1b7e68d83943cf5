"""The limit on clips in progress: its scope, its end, and its loopholes."""

from __future__ import annotations

from hashlib import sha256

import pytest

from mockserver.providers.livepeer.limit import LOOKS_BACK, requester_id
from tests.providers.livepeer.desk import END, START, STREAM, Desk, said

FULL = "Too many clips are being processed."
OTHER = "offair0000000000"


def filled(desk: Desk, playback_id: str = STREAM, count: int = 5, **headers: str) -> Desk:
    for _ in range(count):
        assert clipped(desk, playback_id, **headers) == 200
    return desk


def clipped(desk: Desk, playback_id: str = STREAM, key: str = "", **headers: str) -> int:
    body = {"playbackId": playback_id, "startTime": START, "endTime": END}
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return desk.call("POST", "/api/clip", body, key=key, headers=sent).status


def test_the_sixth_is_refused() -> None:
    reply = filled(Desk()).clip()
    assert (reply.status, said(reply)) == (403, FULL)


def test_another_stream_has_its_own() -> None:
    assert clipped(filled(Desk()), OTHER) == 200


def test_another_address_has_its_own() -> None:
    desk = filled(Desk(), X_Forwarded_For="1.2.3.4")
    assert clipped(desk, X_Forwarded_For="1.2.3.4") == 403
    assert clipped(desk, X_Forwarded_For="1.2.3.5") == 200
    assert clipped(desk) == 200


def test_cloudflares_address_wins() -> None:
    desk = filled(Desk(), X_Forwarded_For="1.2.3.4")
    assert clipped(desk, X_Forwarded_For="1.2.3.4", CF_Connecting_IP="9.9.9.9") == 200


def test_a_clip_that_is_done_frees_its_place() -> None:
    desk = filled(Desk())
    desk.wait(80_000)
    assert clipped(desk) == 200


def test_a_clip_that_failed_frees_its_place() -> None:
    desk = filled(Desk(), "inputerror000000")
    desk.wait(20_000)
    assert clipped(desk, "inputerror000000") == 200


def test_a_clip_that_is_stuck_counts_for_five_minutes() -> None:
    desk = filled(Desk(), "stuck00000000000")
    desk.wait(LOOKS_BACK - 1)
    assert clipped(desk, "stuck00000000000") == 403
    desk.wait(1)
    assert clipped(desk, "stuck00000000000") == 200


def test_administrators_have_none() -> None:
    desk = Desk()
    for _ in range(7):
        assert clipped(desk, key="+admin") == 200


def test_the_player_librarys_account_has_none_on_others_streams() -> None:
    desk = Desk()
    for _ in range(7):
        assert clipped(desk, key="+sdk") == 200


@pytest.mark.parametrize("key", ["+sdk", "+admin"])
def test_what_others_clip_counts_against_the_owner(key: str) -> None:
    desk = Desk()
    for _ in range(5):
        clipped(desk, key=key)
    assert clipped(desk) == 403


def busy_elsewhere(desk: Desk) -> None:
    """Twenty clips of other requesters, whose task ids come before all others."""
    for index in range(20):
        assert clipped(desk, X_Forwarded_For=f"10.0.0.{index}") == 200
    for task in desk.get("/api/task", limit=20).value:
        record = desk.read("task", task["id"])
        assert record is not None
        if record["doc"]["status"]["phase"] == "waiting" and record["sim"]["at"] is not None:
            early = f"00000000{task['id'][8:]}"
            desk.change("task", early, {**record, "doc": {**record["doc"], "id": early}})
            desk.change("task", task["id"], {**record, "doc": {**record["doc"], "scheduledAt": 0}})


@pytest.mark.parametrize(("reading", "status"), [("as-measured", 200), ("locked", 403)])
def test_twenty_other_clips_hide_the_limit_unless_it_is_exact(reading: str, status: int) -> None:
    desk = Desk(readings={"limit": reading})
    busy_elsewhere(desk)
    filled(desk)
    assert clipped(desk) == status


def test_a_requester_is_the_hash_of_address_salt_and_stream() -> None:
    said = {"x-forwarded-for": "1.2.3.4, 5.6.7.8"}
    assert requester_id(said, "salt", "abc") == sha256(b"1.2.3.4, 5.6.7.8saltabc").hexdigest()


def test_without_an_address_the_requester_is_unknown() -> None:
    assert requester_id({"x-real-ip": "1.2.3.4"}, "salt", "abc") == "UNKNOWN-abc"


def test_an_empty_address_is_none() -> None:
    assert requester_id({"cf-connecting-ip": "", "true-client-ip": "a"}, "s", "p") == sha256(b"asp").hexdigest()
