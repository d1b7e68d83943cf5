from __future__ import annotations

from mockserver.control.control import Control
from mockserver.core.delivery import Answered, Sending
from mockserver.core.text import Json
from mockserver.engine.ports import Ports
from tests.control.asking import ask, refused, served, team, told
from tests.engine import posting
from tests.engine.asking import ask as request
from tests.engine.asking import create

CLIP: Json = {"playbackId": "eaw4nk06ts2d0mzb", "startTime": 1587667174725, "endTime": 1587667204725}
HOOK: Json = {
    "name": "mine",
    "url": "http://127.0.0.1:9/hook",
    "events": ["asset.created"],
    "sharedSecret": "hush-hush",
}


class Receiver:
    """Takes what is sent, and answers 200."""

    def __init__(self) -> None:
        self.got: list[Sending] = []

    async def send(self, sending: Sending) -> Answered:
        self.got.append(sending)
        return Answered(status=200, reason="OK")


def subscribed() -> tuple[Control, Receiver]:
    """A server in which a clip was made, and somebody wants to hear of it."""
    receiver = Receiver()
    driven = served("livepeer", ports=Ports(send=receiver.send), pace=1)
    assert request(driven.desk.engine, "POST", "/api/webhook", "test_me", HOOK).status == 201
    assert request(driven.desk.engine, "POST", "/api/clip", "test_me", CLIP).status == 200
    return driven, receiver


def test_a_jump_returns_when_what_was_due_is_delivered() -> None:
    driven, receiver = subscribed()
    told(driven, "POST", "/clock/advance", {"by": "1m"})
    (delivery,) = told(driven, "GET", "/deliveries")["deliveries"]
    assert (delivery["event"], delivery["state"], delivery["world"]) == ("asset.created", "delivered", "test_me")
    assert delivery["attempts"][0]["response"]["status"] == 200
    assert len(receiver.got) == 1
    assert told(driven, "GET", f"/deliveries/{delivery['id']}") == delivery
    assert told(driven, "GET", "/deliveries", query=f"since={delivery['serial']}")["deliveries"] == []


def test_no_secret_of_a_webhook_is_told() -> None:
    driven, _ = subscribed()
    told(driven, "POST", "/clock/advance", {"by": "1m"})
    for path in ("/deliveries", "/requests"):
        assert b"hush-hush" not in ask(driven, "GET", path).body


def test_a_delivery_is_sent_once_more() -> None:
    driven, receiver = subscribed()
    told(driven, "POST", "/clock/advance", {"by": "1m"})
    (first,) = told(driven, "GET", "/deliveries")["deliveries"]
    reply = ask(driven, "POST", f"/deliveries/{first['id']}/resend")
    assert (reply.status, reply.header("location")) == (201, f"/__admin/deliveries/{reply.value['id']}")
    assert (reply.value["state"], reply.value["event"], len(receiver.got)) == ("delivered", "asset.created", 2)
    assert reply.value["id"] != first["id"]


def test_of_a_world_that_is_gone_nothing_is_sent_again() -> None:
    driven, _ = subscribed()
    told(driven, "POST", "/clock/advance", {"by": "1m"})
    assert ask(driven, "DELETE", "/worlds/livepeer/test_me").status == 204
    assert refused(driven, "POST", "/deliveries/1/resend")["status"] == 409


def test_finished_deliveries_can_be_forgotten() -> None:
    driven, _ = subscribed()
    told(driven, "POST", "/clock/advance", {"by": "1m"})
    assert ask(driven, "DELETE", "/deliveries").status == 204
    assert told(driven, "GET", "/deliveries") == {"deliveries": [], "next": 0}


def test_a_delivery_that_is_not_there_is_refused() -> None:
    driven, _ = subscribed()
    for path in ("/deliveries/99", "/deliveries/..%2Fx"):
        assert refused(driven, "GET", path)["status"] == 404
    assert refused(driven, "POST", "/deliveries/99/resend")["status"] == 404


def notified() -> list[Control]:
    """Three workers, of which each was told of a note; all that was due is delivered."""
    workers = team("one", "two", "three", start=posting.engine)
    for place, each in enumerate(workers):
        create(each.desk.engine, f"{place}")
    told(workers[1], "POST", "/clock/advance", {"by": "0s"})
    return workers


def test_deliveries_of_several_workers_are_told_once_whoever_made_them() -> None:
    workers = notified()
    listed = [told(each, "GET", "/deliveries")["deliveries"] for each in workers]
    assert listed[0] == listed[1] == listed[2]
    assert [(each["event"], each["state"]) for each in listed[0]] == [("made", "delivered")] * 3
    first = told(workers[2], "GET", "/deliveries", query="limit=1")
    rest = told(workers[0], "GET", "/deliveries", query=f"since={first['next']}")
    assert first["deliveries"] + rest["deliveries"] == listed[0]


def test_a_delivery_of_another_worker_is_found_and_sent_once_more() -> None:
    workers = notified()
    for delivery in told(workers[0], "GET", "/deliveries")["deliveries"]:
        assert told(workers[2], "GET", f"/deliveries/{delivery['serial']}") == delivery
    again = ask(workers[2], "POST", f"/deliveries/{delivery['serial']}/resend")
    assert (again.status, again.value["state"]) == (201, "delivered")
    assert told(workers[0], "GET", f"/deliveries/{again.value['id']}") == again.value


def test_finished_deliveries_are_forgotten_on_all_workers() -> None:
    workers = notified()
    assert ask(workers[0], "DELETE", "/deliveries").status == 204
    assert [told(each, "GET", "/deliveries")["deliveries"] for each in workers] == [[], [], []]
