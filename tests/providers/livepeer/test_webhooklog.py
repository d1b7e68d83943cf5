from __future__ import annotations

from base64 import b64decode

import pytest

from mockserver.core.delivery import Answered
from mockserver.core.text import Json, parse
from mockserver.providers.livepeer.deliveries import SIGNATURE
from mockserver.providers.livepeer.webhooklog import MOST_ENTRIES
from tests.providers.livepeer.desk import NOW, Desk, said

OK = Answered(200, "OK", body=b"thanks", microseconds=1_500)
HOOK, ENTRY = "eb400c00-0000-4000-8000-000000000001", "10900000-0000-4000-8000-000000000001"
OTHER_HOOK, OTHER_ENTRY = "eb400c00-0000-4000-8000-000000000002", "10900000-0000-4000-8000-000000000002"


def delivered(answered: Answered = OK, **more: Json) -> tuple[Desk, str]:
    """A desk where a webhook was told of one event, and the webhook's id."""
    desk = Desk()
    hook = desk.subscribe("asset.created", **more)
    desk.clip()
    desk.deliver(desk.deliveries[0], answered)
    return desk, hook


def logs(desk: Desk, hook: str, **query: Json) -> Json:
    reply = desk.get(f"/api/webhook/{hook}/log", **query)
    assert reply.status == 200, reply.body
    return reply.value


def test_each_attempt_is_an_entry_with_request_and_response() -> None:
    desk, hook = delivered(sharedSecret="hush")
    (entry,) = logs(desk, hook)
    assert entry["response"] == {"body": "dGhhbmtz", "status": 200, "redirected": False, "statusText": "OK"}
    assert (entry["event"], entry["success"], entry["duration"]) == ("asset.created", True, 0.0015)
    assert (entry["request"]["url"], entry["request"]["method"]) == ("http://localhost/hook", "POST")
    assert SIGNATURE in entry["request"]["headers"]
    assert parse(entry["request"]["body"].encode())["id"] == entry["eventId"]


def test_the_secret_is_not_in_the_log() -> None:
    desk, hook = delivered(sharedSecret="hush")
    assert "hush" not in str(logs(desk, hook))


def test_entries_come_newest_first_and_attempts_share_the_event() -> None:
    desk, hook = delivered(Answered(500, "Internal Server Error"))
    desk.now += 5_000
    desk.deliver(desk.deliveries[0], OK)
    newest, oldest = logs(desk, hook)
    assert (newest["success"], oldest["success"]) == (True, False)
    assert newest["eventId"] == oldest["eventId"]
    assert newest["id"] != oldest["id"]


def test_an_attempt_without_an_answer_has_no_status() -> None:
    desk, hook = delivered(Answered(failure="timeout", error="no whole answer came within 30 s"))
    (entry,) = logs(desk, hook)
    assert entry["response"] == {"body": ""}
    assert desk.get(f"/api/webhook/{hook}").value["status"] == {
        "lastFailure": {"error": "no whole answer came within 30 s", "response": "", "timestamp": NOW},
        "lastTriggeredAt": NOW,
    }


def test_of_an_answer_the_beginning_is_kept() -> None:
    desk, hook = delivered(Answered(200, "OK", body=b"x" * 5_000))
    (entry,) = logs(desk, hook)
    assert b64decode(entry["response"]["body"]) == b"x" * 1_024


def test_the_webhook_says_how_deliveries_go_and_keeps_its_last_failure() -> None:
    desk, hook = delivered(Answered(404, "Not Found", body=b"who?"))
    desk.now += 1_000
    desk.deliver(desk.deliveries[0], OK)
    status = desk.get(f"/api/webhook/{hook}").value["status"]
    assert status["lastTriggeredAt"] == NOW + 1_000
    assert status["lastFailure"] == {"timestamp": NOW, "statusCode": 404, "response": "d2hvPw=="}


def test_entries_can_be_filtered_and_paged() -> None:
    desk, hook = delivered(Answered(500, ""))
    desk.deliver(desk.deliveries[0], OK)
    assert len(logs(desk, hook, limit=1)) == 1
    (found,) = logs(desk, hook, filters='[{"id":"statusCode","value":500}]')
    assert found["response"]["status"] == 500


def test_the_newest_entries_are_kept() -> None:
    desk, hook = delivered()
    for count in range(MOST_ENTRIES):
        desk.now += 1
        desk.deliver(desk.deliveries[0], Answered(200, str(count)))
    found = logs(desk, hook, limit=1_000)
    assert len(found) == MOST_ENTRIES
    assert (found[0]["response"]["statusText"], found[-1]["response"]["statusText"]) == (str(MOST_ENTRIES - 1), "0")


def test_a_list_of_somebody_elses_webhook_is_empty() -> None:
    desk = Desk()
    assert logs(desk, OTHER_HOOK) == []
    assert logs(desk, "nope") == []


@pytest.mark.parametrize(
    ("hook", "entry", "key", "status", "message"),
    [
        ("nope", ENTRY, "", 404, "webhook not found"),
        (HOOK, "nope", "", 404, "webhook log not found"),
        (OTHER_HOOK, OTHER_ENTRY, "", 403, "invalid user"),
        (HOOK, OTHER_ENTRY, "+admin", 400, "mismatch between webhook and webhook log"),
    ],
)
def test_what_is_not_the_callers_is_refused(hook: str, entry: str, key: str, status: int, message: str) -> None:
    desk = Desk()
    for method, path in (("GET", ""), ("POST", "/resend")):
        reply = desk.call(method, f"/api/webhook/{hook}/log/{entry}{path}", key=key)
        assert (reply.status, said(reply)) == (status, message)


def test_sending_again_makes_a_new_entry_with_a_new_time_and_signature() -> None:
    desk, hook = delivered(sharedSecret="hush")
    (old,) = logs(desk, hook)
    desk.now += 60_000
    reply = desk.call("POST", f"/api/webhook/{hook}/log/{old['id']}/resend")
    new = reply.value
    assert (reply.status, new["eventId"]) == (200, old["eventId"])
    assert new["id"] != old["id"]
    assert parse(new["request"]["body"].encode()) == {
        **parse(old["request"]["body"].encode()),
        "timestamp": NOW + 60_000,
    }
    assert new["request"]["headers"][SIGNATURE] != old["request"]["headers"][SIGNATURE]
    assert "response" not in new


def test_what_became_of_it_is_in_that_entry() -> None:
    desk, hook = delivered()
    (old,) = logs(desk, hook)
    new = desk.call("POST", f"/api/webhook/{hook}/log/{old['id']}/resend").value
    desk.deliver(desk.deliveries[-1], Answered(503, "Service Unavailable"))
    seen = desk.get(f"/api/webhook/{hook}/log/{new['id']}").value
    assert (seen["success"], seen["response"]["status"]) == (False, 503)
    assert len(logs(desk, hook)) == 2


def test_an_entry_of_the_world_document_can_be_sent_again() -> None:
    desk = Desk()
    seen = desk.get(f"/api/webhook/{HOOK}/log/{ENTRY}").value
    assert seen["success"] is True
    assert desk.call("POST", f"/api/webhook/{HOOK}/log/{ENTRY}/resend").status == 200
    assert desk.deliveries[0].url == "https://example.com/hook"
