from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest

from mockserver.core.delivery import Answered, Delivery, Spoiling, Verdict
from mockserver.core.http import Reply
from mockserver.core.text import Json, parse
from mockserver.core.world import Outcome, View
from mockserver.providers.livepeer.deliveries import SIGNATURE, judge, listens, write
from tests.providers.livepeer.desk import HOUR, NOW, PROJECT, SECOND_PROJECT, STREAM_ID, Desk, run

BUSY = ["task.updated", "asset.updated"]
BEGUN = ["asset.created", "task.spawned", "task.updated"]


def events(desk: Desk) -> list[str]:
    return [delivery.event for delivery in desk.deliveries if delivery.url == "http://localhost/hook"]


def body_of(delivery: Delivery, now: int = NOW) -> Json:
    return parse(write(delivery, now).body)


def first(event: str, desk: Desk) -> Delivery:
    return next(each for each in desk.deliveries if each.event == event and each.url == "http://localhost/hook")


def ready(**more: Json) -> Desk:
    """A desk with a webhook for everything, and a clip that came to its end."""
    desk = Desk()
    desk.subscribe(**more)
    desk.clip()
    desk.wait(HOUR)
    return desk


def test_a_clip_that_goes_well_is_told_in_this_order() -> None:
    done = ["asset.updated", "asset.ready", "task.updated", "task.completed"]
    assert events(ready()) == [*BEGUN, *BUSY * 6, *done]


def test_a_clip_that_fails_is_told_in_this_order() -> None:
    desk = Desk()
    desk.subscribe()
    desk.clip(endTime=None)
    desk.wait(HOUR)
    failed = ["task.updated", "task.failed", "asset.updated", "asset.failed"]
    assert events(desk) == [*BEGUN, *BUSY, *failed]


def test_deleting_is_told_with_the_asset_as_it_was() -> None:
    desk = ready()
    asset = desk.deliveries[0].content["body"]["payload"]["asset"]["id"]
    desk.call("DELETE", f"/api/asset/{asset}")
    shown = body_of(desk.deliveries[-1])
    assert shown["event"] == "asset.deleted"
    assert shown["payload"]["asset"]["snapshot"]["status"]["phase"] == "ready"


def test_only_what_was_subscribed_to_is_told() -> None:
    desk = Desk()
    desk.subscribe("task.completed")
    desk.clip()
    desk.wait(HOUR)
    assert events(desk) == ["task.completed"]


def test_the_body_has_these_fields_in_this_order() -> None:
    shown = body_of(first("asset.created", ready()), NOW + 5)
    assert list(shown) == ["id", "webhookId", "createdAt", "timestamp", "event", "payload"]
    assert (shown["createdAt"], shown["timestamp"]) == (NOW, NOW + 5)


def test_a_new_asset_is_shown_raw_and_a_ready_one_clean_with_tracks_and_urls() -> None:
    desk = ready()
    created = body_of(first("asset.created", desk))["payload"]["asset"]["snapshot"]
    seen = body_of(first("asset.ready", desk))["payload"]["asset"]["snapshot"]
    assert "objectStoreId" in created
    assert "objectStoreId" not in seen
    assert {"downloadUrl", "playbackUrl"} <= set(seen)
    assert seen["videoSpec"]["tracks"]


def test_a_task_is_shown_with_its_owner_and_without_its_step() -> None:
    desk = ready()
    task = body_of(first("task.completed", desk))["payload"]["task"]
    assert (list(task), task["type"]) == (["id", "type", "snapshot"], "clip")
    assert {"userId", "requesterId"} <= set(task["snapshot"])
    assert task["snapshot"]["output"]["clip"]["assetSpec"]


@pytest.mark.parametrize(("event", "success"), [("task.completed", True), ("task.updated", None)])
def test_the_end_of_a_task_says_whether_it_went_well(event: str, success: bool | None) -> None:
    assert body_of(first(event, ready()))["payload"].get("success") is success


def test_an_event_has_one_id_for_all_webhooks_and_each_delivery_its_own() -> None:
    desk = Desk()
    hooks = {desk.subscribe("asset.created"), desk.subscribe("asset.created")}
    desk.clip()
    one, other = desk.deliveries
    assert one.content["body"]["id"] == other.content["body"]["id"]
    assert one.id != other.id
    assert {one.webhook, other.webhook} == hooks


def test_two_events_have_two_ids_even_at_one_instant() -> None:
    desk = Desk(pace=float("inf"))
    desk.subscribe()
    desk.clip()
    desk.wait(0)
    ids = [delivery.content["body"]["id"] for delivery in desk.deliveries if delivery.url == "http://localhost/hook"]
    assert len(set(ids)) == len(ids) == 19


# ---- whose events


def test_events_of_another_project_are_not_told() -> None:
    desk = Desk()
    desk.subscribe("asset.created", key="+second-project")
    desk.clip()
    assert events(desk) == []


def test_a_webhook_without_a_project_is_one_of_the_default_project() -> None:
    desk = Desk()
    id = desk.subscribe("asset.created")
    hook = dict(desk.read("webhook", id) or {})
    assert hook.pop("projectId") == PROJECT
    desk.change("webhook", id, hook)
    desk.clip()
    assert events(desk) == ["asset.created"]


def test_who_has_no_default_project_is_told_nothing() -> None:
    desk = Desk()
    id = desk.subscribe("asset.created")
    owner = (desk.read("webhook", id) or {})["userId"]
    user = dict(desk.read("user", owner) or {})
    del user["defaultProjectId"]
    desk.change("user", owner, user)
    desk.clip()
    assert events(desk) == []


def test_nothing_is_told_of_a_suspended_user() -> None:
    desk = Desk()
    desk.clip()
    id = desk.subscribe("task.updated")
    owner = (desk.read("webhook", id) or {})["userId"]
    desk.change("user", owner, {**(desk.read("user", owner) or {}), "suspended": True})
    desk.wait(HOUR)
    assert events(desk) == []


def test_a_stream_on_the_webhook_does_not_keep_assets_and_tasks_away() -> None:
    desk = Desk()
    desk.subscribe("asset.created", streamId=STREAM_ID[:-1] + "0")
    desk.clip()
    assert events(desk) == ["asset.created"]


def test_a_deleted_webhook_hears_nothing_more() -> None:
    desk = Desk()
    id = desk.subscribe()
    desk.call("DELETE", f"/api/webhook/{id}")
    desk.clip()
    assert events(desk) == []


def test_a_webhook_that_is_changed_too_late_still_gets_what_was_meant_for_it() -> None:
    desk = Desk()
    id = desk.subscribe("asset.created")
    desk.clip()
    body = {"name": "hook", "url": "http://localhost/new", "events": ["asset.ready"]}
    desk.call("PUT", f"/api/webhook/{id}", body)
    assert write(first("asset.created", desk), NOW).url == "http://localhost/hook"


@pytest.mark.parametrize(("created", "old"), [(1_722_124_800_000, True), (1_722_211_200_000, False)])
def test_an_old_webhook_gets_the_asset_in_the_old_place_too(created: int, old: bool) -> None:
    desk = Desk()
    id = desk.subscribe("asset.ready", "asset.updated")
    desk.change("webhook", id, {**(desk.read("webhook", id) or {}), "createdAt": created})
    desk.clip()
    desk.wait(HOUR)
    payload = body_of(first("asset.ready", desk))["payload"]
    assert set(payload) == ({"asset", "id", "snapshot"} if old else {"asset"})
    assert set(body_of(first("asset.updated", desk))["payload"]) == {"asset"}


# ---- the request


def test_the_headers_are_the_servers() -> None:
    sending = write(first("asset.created", ready()), NOW)
    assert sending.method == "POST"
    assert list(sending.headers) == [("content-type", "application/json"), ("user-agent", "livepeer.studio")]


def signed(delivery: Delivery, now: int, secret: str) -> tuple[str, bool]:
    """The time the signature names, and whether it is one of the raw body under this secret."""
    sending = write(delivery, now)
    said, _, rest = (sending.headers.first(SIGNATURE) or "").partition(",v1=")
    return said, rest == hmac.new(secret.encode(), sending.body, hashlib.sha256).hexdigest()


def test_the_signature_is_of_the_raw_body_alone_and_anew_for_each_attempt() -> None:
    delivery = first("asset.created", ready(sharedSecret="ßecret"))
    assert signed(delivery, NOW, "ßecret") == (f"t={NOW}", True)
    assert signed(delivery, NOW + 5_000, "ßecret") == (f"t={NOW + 5_000}", True)
    assert body_of(delivery, NOW + 5_000)["timestamp"] == NOW + 5_000


@pytest.mark.parametrize(
    ("spoiling", "good", "time"),
    [
        (Spoiling(forged=True), False, NOW),
        (Spoiling(tampered=True), False, NOW),
        (Spoiling(stale=600), True, NOW - 600),
    ],
)
def test_a_spoilt_request_is_wrong_in_one_way_alone(spoiling: Spoiling, good: bool, time: int) -> None:
    delivery = replace(first("asset.created", ready(sharedSecret="s")), spoiling=spoiling)
    assert signed(delivery, NOW, "s") == (f"t={time}", good)
    assert body_of(delivery)["timestamp"] == time


# ---- what then

FAILED = Answered(failure="connection", error="refused")


def attempts(count: int, **content: Json) -> Delivery:
    made = Desk()
    made.subscribe("asset.created")
    made.clip()
    delivery = made.deliveries[0]
    return replace(delivery, attempts=(None,) * count, content={**delivery.content, **content})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answered", "verdict"),
    [
        (Answered(200), Verdict("delivered")),
        (Answered(204), Verdict("delivered")),
        (Answered(301), Verdict("failed")),
        (Answered(404), Verdict("failed")),
        (Answered(500), Verdict("pending", 5_000)),
        (FAILED, Verdict("pending", 5_000)),
        (Answered(failure="timeout", error="late"), Verdict("pending", 35_000)),
    ],
)
def test_what_is_tried_again_and_what_is_not(answered: Answered, verdict: Verdict) -> None:
    assert judge(attempts(0), answered) == verdict


def test_pauses_double_up_to_an_hour_and_end_after_33_retries() -> None:
    pauses = [judge(attempts(count), FAILED).pause // 1_000 for count in range(33)]
    assert pauses == [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, *[3_600] * 23]
    assert judge(attempts(33), FAILED) == Verdict("failed")


def test_what_was_sent_by_hand_is_not_tried_again() -> None:
    assert judge(attempts(0, log="x"), Answered(500)) == Verdict("failed")


def test_the_second_project_has_webhooks_of_its_own() -> None:
    desk = Desk()
    id = desk.subscribe("asset.created")
    desk.change("webhook", id, {**(desk.read("webhook", id) or {}), "projectId": SECOND_PROJECT})
    desk.clip(key="+second-project")
    assert events(desk) == ["asset.created"]


@pytest.mark.parametrize(
    ("event", "listening"), [("multistream.error", False), ("stream.idle", True), ("task.failed", True)]
)
def test_who_asks_for_what_never_happens_here_listens_to_nothing(event: str, listening: bool) -> None:
    desk = Desk()
    desk.subscribe(event)
    heard: list[bool] = []

    def look(view: View) -> Outcome:
        heard.append(listens(view))
        return Outcome(Reply(204))

    run(desk.store.transact(desk.world, look, counted=False))
    assert heard == [listening]
