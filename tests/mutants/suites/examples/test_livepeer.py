"""Examples for a client of Livepeer's clips."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from mockserver.core.text import Json
from tests.mutants.clients.errors import (
    ClipFailed,
    Forbidden,
    InvalidRequest,
    NotFound,
    Refused,
    TookTooLong,
    TooManyClips,
    Unauthorized,
)
from tests.mutants.clients.livepeer import LivepeerClient
from tests.mutants.suites.examples.conftest import Account

Livepeer = Account[LivepeerClient]
STREAM, SESSION = "eaw4nk06ts2d0mzb", "de7818e7-610a-4057-8f6f-b785dc1e6f88"
START = datetime(2020, 4, 23, 18, 39, 34, 725_000, tzinfo=UTC)
END = START + timedelta(seconds=30)


def test_a_clip_is_created(livepeer: Livepeer) -> None:
    clip = livepeer.client().create_clip(STREAM, START, END, name="My Clip")
    assert clip.id
    assert (clip.name, clip.phase) == ("My Clip", "waiting")


def test_a_clip_becomes_ready(livepeer: Livepeer) -> None:
    client = livepeer.client()
    clip = client.create_clip(STREAM, START, END, name="My Clip", session_id=SESSION)
    assert client.wait_until_ready(clip.id).phase == "ready"


def test_a_clip_at_any_microsecond_becomes_ready(livepeer: Livepeer) -> None:
    client = livepeer.client()
    clip = client.create_clip(STREAM, START + timedelta(microseconds=333), END, name="odd", session_id=SESSION)
    assert client.wait_until_ready(clip.id).phase == "ready"


def test_progress_is_told(livepeer: Livepeer) -> None:
    client = livepeer.client()
    told: list[float] = []
    client.wait_until_ready(client.create_clip(STREAM, START, END, name="My Clip").id, tell=told.append)
    assert told
    assert told == sorted(told)


def test_a_ready_clip_plays(livepeer: Livepeer) -> None:
    client = livepeer.client()
    clip = client.wait_until_ready(client.create_clip(STREAM, START, END, name="My Clip").id)
    assert client.playback_url(clip).endswith(".m3u8")


def test_a_ready_clip_is_downloaded(livepeer: Livepeer) -> None:
    client = livepeer.client()
    clip = client.wait_until_ready(client.create_clip(STREAM, START, END, name="My Clip").id)
    assert client.download_url(clip).endswith(".mp4")
    assert len(client.download(clip)) > 100


def test_a_clip_that_fails_is_an_error(livepeer: Livepeer) -> None:
    client = livepeer.client()
    clip = client.create_clip("inputerror000000", START, END, name="broken")
    with pytest.raises(ClipFailed):
        client.wait_until_ready(clip.id)


def test_a_clip_that_is_stuck_is_given_up(livepeer: Livepeer) -> None:
    client = livepeer.client()
    clip = client.create_clip("stuck00000000000", START, END, name="stuck")
    with pytest.raises(TookTooLong):
        client.wait_until_ready(clip.id, deadline=300)
    assert sum(livepeer.clock.waited) == pytest.approx(300)


def test_an_unknown_stream_is_not_found(livepeer: Livepeer) -> None:
    with pytest.raises(NotFound, match="not found"):
        livepeer.client(prefer="code=404").create_clip("nope", START, END, name="My Clip")


def test_an_end_before_the_start_is_invalid(livepeer: Livepeer) -> None:
    with pytest.raises(InvalidRequest, match="endTime"):
        livepeer.client(prefer="code=422").create_clip(STREAM, END, START, name="My Clip")


def test_a_stranger_s_stream_is_forbidden(livepeer: Livepeer) -> None:
    with pytest.raises(Forbidden) as raised:
        livepeer.client("+stranger", prefer="code=403, example=stranger").create_clip(STREAM, START, END, name="theirs")
    assert not isinstance(raised.value, TooManyClips)


def test_too_many_clips_at_once_are_told_apart(livepeer: Livepeer) -> None:
    client = livepeer.client("+busy", prefer="code=403, example=limit")
    with pytest.raises(TooManyClips):
        client.create_clip("busy000000000000", START, END, name="one more")


def test_an_unknown_key_is_refused_and_not_repeated(livepeer: Livepeer) -> None:
    with pytest.raises(Unauthorized) as raised:
        livepeer.client(key="nobody-knows", prefer="code=401, example=unknown").clip("any")
    assert "nobody-knows" not in str(raised.value)


def test_a_wrong_address_is_told(livepeer: Livepeer) -> None:
    with pytest.raises(NotFound):
        livepeer.client(path="/../nowhere").clip("any")


def test_clips_are_listed(livepeer: Livepeer) -> None:
    client = livepeer.client()
    made = [client.create_clip(STREAM, START, END, name=name).id for name in ("one", "two")]
    assert set(made) <= {clip.id for clip in client.clips(STREAM)}


def test_clips_of_all_pages_are_listed(livepeer: Livepeer) -> None:
    client = livepeer.client()
    made = {client.create_clip(STREAM, START, END, name=name).id for name in ("one", "two", "three")}
    client.page_size = 2
    assert made <= {clip.id for clip in client.clips(STREAM)}


def test_listing_twice_lists_the_same(livepeer: Livepeer) -> None:
    client = livepeer.client()
    assert len(client.clips(STREAM)) == len(client.clips(STREAM))


def test_a_deleted_clip_is_gone(livepeer: Livepeer) -> None:
    client = livepeer.client()
    clip = client.create_clip(STREAM, START, END, name="My Clip")
    client.delete(clip.id)
    with pytest.raises(NotFound):
        client.clip(clip.id)


def test_deleting_twice_is_no_error(livepeer: Livepeer) -> None:
    client = livepeer.client()
    clip = client.create_clip(STREAM, START, END, name="My Clip")
    client.delete(clip.id)
    client.delete(clip.id)


def test_a_stranger_s_clip_can_t_be_deleted(livepeer: Livepeer) -> None:
    clip = livepeer.client().create_clip(STREAM, START, END, name="My Clip")
    with pytest.raises(Refused):
        livepeer.client("+stranger", prefer="code=403").delete(clip.id)


def test_a_webhook_is_registered(livepeer: Livepeer) -> None:
    assert livepeer.client().register_webhook("clips", "https://example.com/hook", "secret")


# ---- deliveries


def delivery(event: str = "asset.ready", phase: str = "ready", number: int = 1) -> bytes:
    snapshot = {"id": "c1", "name": "My Clip", "status": {"phase": phase, "updatedAt": 1_600_000_000_000 + number}}
    payload: Json = {"asset": {"id": "c1", "snapshot": snapshot}}
    return json.dumps({"id": f"e{number}", "webhookId": "w1", "event": event, "payload": payload}).encode()


def signature(body: bytes, secret: str = "secret") -> dict[str, str]:
    return {"Livepeer-Signature": f"t=1,v1={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"}


def test_a_delivery_tells_of_a_ready_clip(livepeer: Livepeer) -> None:
    ready: list[str] = []
    body = delivery()
    assert livepeer.client().receiver("secret", ready.append, print).receive(signature(body), body) == 200
    assert ready == ["c1"]


@pytest.mark.parametrize("headers", [{}, signature(delivery(), "guessed")], ids=["unsigned", "forged"])
def test_a_delivery_nobody_signed_is_refused(livepeer: Livepeer, headers: dict[str, str]) -> None:
    ready: list[str] = []
    assert livepeer.client().receiver("secret", ready.append, print).receive(headers, delivery()) == 401
    assert ready == []


def test_a_repeated_delivery_is_told_once(livepeer: Livepeer) -> None:
    ready: list[str] = []
    receiver = livepeer.client().receiver("secret", ready.append, print)
    body = delivery()
    assert [receiver.receive(signature(body), body) for _ in range(2)] == [200, 200]
    assert ready == ["c1"]


def test_deliveries_come_in_any_order(livepeer: Livepeer) -> None:
    receiver = livepeer.client().receiver("secret", print, print)
    for body in (delivery(number=2), delivery("asset.updated", "processing", 1)):
        receiver.receive(signature(body), body)
    assert receiver.phases["c1"] == "ready"
