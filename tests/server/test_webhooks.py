"""Livepeer's webhooks from end to end: a client, the server, a receiver, and sockets between them."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection
from typing import Any

import pytest

from mockserver.engine.fault_cards import MISHAP_CARDS, MishapCard
from mockserver.engine.fault_reader import fault_from
from mockserver.engine.fault_schema import MISHAPS
from mockserver.providers.livepeer.kinds import CLIP_EVENTS
from mockserver.server.thread import ThreadedServer
from mockserver.settings import Settings
from tests.providers.livepeer.desk import END, START, STREAM
from tests.server.receiver import Got, Receiver, Said, receiving

CLIP = {"playbackId": STREAM, "startTime": START, "endTime": END}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def server() -> Iterator[ThreadedServer]:
    """A server whose clock stands until it is moved."""
    with ThreadedServer(Settings(providers=("livepeer",), port=0, pace=0)) as server:
        yield server


def call(server: ThreadedServer, method: str, path: str, body: Any = None, key: str = "test_x") -> Any:
    connection = HTTPConnection("127.0.0.1", int(server.url.rpartition(":")[2]), timeout=20)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    target = path if path.startswith("/__admin") else f"/api{path}"
    connection.request(method, target, None if body is None else json.dumps(body), headers)
    reply = connection.getresponse()
    text = reply.read()
    connection.close()
    assert reply.status < 300, text
    return json.loads(text) if text else None


def subscribe(server: ThreadedServer, receiver: Receiver, *events: str, **more: Any) -> str:
    body = {"name": "hook", "url": receiver.url, "events": list(events or CLIP_EVENTS), **more}
    id: str = call(server, "POST", "/webhook", body)["id"]
    return id


def wait(server: ThreadedServer, ms: int) -> int:
    return server.run(server.engine.advance(ms))


def test_a_receiver_hears_of_a_clip_from_beginning_to_end(server: ThreadedServer, receiver: Receiver) -> None:
    subscribe(server, receiver)
    call(server, "POST", "/clip", CLIP)
    wait(server, 100_000)
    begun, busy = ["asset.created", "task.spawned", "task.updated"], ["task.updated", "asset.updated"]
    done = ["asset.updated", "asset.ready", "task.updated", "task.completed"]
    assert receiver.events == [*begun, *busy * 6, *done]


def test_the_signature_is_good_over_the_bytes_that_came(server: ThreadedServer, receiver: Receiver) -> None:
    subscribe(server, receiver, sharedSecret="hush")
    call(server, "POST", "/clip", {**CLIP, "name": "Überclip"})
    wait(server, 100_000)
    for got in receiver.got:
        time, _, signature = got.headers["livepeer-signature"].partition(",v1=")
        assert time == f"t={got.value['timestamp']}"
        assert signature == hmac.new(b"hush", got.body, hashlib.sha256).hexdigest()


def test_the_request_is_the_servers(server: ThreadedServer, receiver: Receiver) -> None:
    subscribe(server, receiver, "asset.created")
    call(server, "POST", "/clip", CLIP)
    wait(server, 0)
    (got,) = receiver.got
    assert (got.headers["content-type"], got.headers["user-agent"]) == ("application/json", "livepeer.studio")
    assert "livepeer-signature" not in got.headers


def test_a_receiver_that_calls_back_sees_the_world_as_it_was_told(server: ThreadedServer, receiver: Receiver) -> None:
    phases: list[tuple[str, str]] = []

    def look(got: Got) -> Said:
        asset = got.value["payload"]["asset"]
        phase = call(server, "GET", f"/asset/{asset['id']}")["status"]["phase"]
        phases.append((asset["snapshot"]["status"]["phase"], phase))
        return Said()

    receiver.answer = look
    subscribe(server, receiver, "asset.created", "asset.updated", "asset.ready")
    call(server, "POST", "/clip", CLIP)
    wait(server, 200_000)
    assert {told for told, _ in phases} == {"waiting", "processing", "ready"}
    assert all(told == seen for told, seen in phases)


def test_a_receiver_that_is_down_is_tried_again_with_pauses_that_double(
    server: ThreadedServer, receiver: Receiver
) -> None:
    receiver.answer = lambda got: Said(503 if len(receiver.got) < 4 else 200)
    hook = subscribe(server, receiver, "asset.created", sharedSecret="hush")
    call(server, "POST", "/clip", CLIP)
    now = wait(server, 0)
    wait(server, 60_000)
    assert [got.value["timestamp"] - now for got in receiver.got] == [0, 5_000, 15_000, 35_000]
    assert len({got.value["id"] for got in receiver.got}) == 1
    assert len({got.headers["livepeer-signature"] for got in receiver.got}) == 4
    log = call(server, "GET", f"/webhook/{hook}/log")
    assert [entry["response"]["status"] for entry in log] == [200, 503, 503, 503]


@pytest.mark.parametrize("status", [301, 400, 404, 429])
def test_other_answers_are_final(server: ThreadedServer, receiver: Receiver, status: int) -> None:
    receiver.answer = lambda got: Said(status, (("Location", "/elsewhere"),))
    subscribe(server, receiver, "asset.created")
    call(server, "POST", "/clip", CLIP)
    wait(server, 3_600_000)
    assert len(receiver.got) == 1


def test_sending_again_by_hand(server: ThreadedServer, receiver: Receiver) -> None:
    hook = subscribe(server, receiver, "asset.created", sharedSecret="hush")
    call(server, "POST", "/clip", CLIP)
    wait(server, 1_000)
    (entry,) = call(server, "GET", f"/webhook/{hook}/log")
    again = call(server, "POST", f"/webhook/{hook}/log/{entry['id']}/resend")
    server.run(server.engine.idle())
    first, second = receiver.got
    assert (first.value["id"], second.value["timestamp"]) == (second.value["id"], first.value["timestamp"] + 1_000)
    assert call(server, "GET", f"/webhook/{hook}/log/{again['id']}")["success"] is True


def test_a_host_elsewhere_is_not_called_and_the_journal_says_so(server: ThreadedServer) -> None:
    body = {"name": "hook", "url": "http://169.254.169.254/latest", "events": ["asset.created"]}
    call(server, "POST", "/webhook", body)
    call(server, "POST", "/clip", CLIP)
    wait(server, 0)
    (posted,) = server.engine.outbox
    assert posted.delivery.state == "refused"
    assert "never are" in (posted.delivery.attempts[0].answered.error or "")


def test_a_webhook_can_not_reach_the_server_itself(server: ThreadedServer) -> None:
    body = {"name": "hook", "url": f"{server.url}/__admin/worlds", "events": ["asset.created"]}
    call(server, "POST", "/webhook", body)
    call(server, "POST", "/clip", CLIP)
    wait(server, 0)
    (posted,) = server.engine.outbox
    assert "this very server" in (posted.delivery.attempts[0].answered.error or "")


def test_an_allowed_target_is_called(receiver: Receiver) -> None:
    """0.0.0.0 is no address of this machine to us, but leads to it."""
    for allowed, expected in (((), "refused"), ((("0.0.0.0", receiver.port),), "delivered")):
        with ThreadedServer(Settings(providers=("livepeer",), port=0, pace=0, allow_target=allowed)) as server:
            body = {"name": "hook", "url": f"http://0.0.0.0:{receiver.port}/", "events": ["asset.created"]}
            call(server, "POST", "/webhook", body)
            call(server, "POST", "/clip", CLIP)
            wait(server, 0)
            assert next(iter(server.engine.outbox)).delivery.state == expected


def test_on_a_running_clock_a_receiver_is_told_without_anybody_asking(receiver: Receiver) -> None:
    ready = threading.Event()

    def look(got: Got) -> Said:
        if got.event == "asset.ready":
            ready.set()
        return Said()

    receiver.answer = look
    with ThreadedServer(Settings(providers=("livepeer",), port=0, pace=1_000)) as server:
        subscribe(server, receiver)
        call(server, "POST", "/clip", CLIP)
        assert ready.wait(20)


def test_a_client_that_is_its_own_receiver_is_answered_first(server: ThreadedServer) -> None:
    """One thread that asks, and only then takes the delivery from its socket's queue."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        body = {"name": "hook", "url": f"http://127.0.0.1:{listening.getsockname()[1]}/", "events": ["asset.created"]}
        call(server, "POST", "/webhook", body)
        assert call(server, "POST", "/clip", CLIP)["task"]["id"]
        connection, _ = listening.accept()
        with connection:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
        server.run(server.engine.idle())
    (posted,) = server.engine.outbox
    assert posted.delivery.state == "delivered"


def is_good(got: Got, secret: bytes = b"hush") -> bool:
    """Whether a receiver that checks signatures as it should would take it."""
    return got.headers["livepeer-signature"].endswith(hmac.new(secret, got.body, hashlib.sha256).hexdigest())


# What comes of the first word of a clip, which is told with a second event at the same instant: the events at once,
# whether the signatures are good, how old they are (ms), and how many events have come a minute later.
SEEN: Mapping[str, tuple[list[str], bool, int, int]] = {
    "delay": (["task.spawned"], True, 0, 2),
    "duplicate": (["asset.created"] * 3 + ["task.spawned"], True, 0, 4),
    "order": (["task.spawned", "asset.created"], True, 0, 2),
    "drop": (["task.spawned"], True, 0, 1),
    "signature": (["asset.created", "task.spawned"], False, 0, 2),
    "stale": (["asset.created", "task.spawned"], True, 600_000, 2),
    "tamper": (["asset.created", "task.spawned"], False, 0, 2),
}


@pytest.mark.parametrize("card", MISHAP_CARDS, ids=lambda card: card.name)
def test_a_row_of_the_table_does_to_a_delivery_what_it_says(
    server: ThreadedServer, receiver: Receiver, card: MishapCard
) -> None:
    call(server, "POST", "/__admin/faults", card.fault)
    subscribe(server, receiver, "asset.created", "task.spawned", sharedSecret="hush")
    call(server, "POST", "/clip", CLIP)
    now = wait(server, 0)
    events, good, age, later = SEEN[card.name]
    assert receiver.events == events
    struck = [got for got in receiver.got if got.event == "asset.created"]
    assert all(is_good(got) is good and got.value["timestamp"] == now - age for got in struck)
    assert len({got.value["id"] for got in struck}) <= 1
    wait(server, 60_000)
    assert len(receiver.got) == later


def test_every_fault_of_deliveries_there_is_has_a_row() -> None:
    assert {card.name for card in MISHAP_CARDS} == set(MISHAPS) == set(SEEN)


def test_the_end_can_be_told_before_what_leads_to_it(server: ThreadedServer, receiver: Receiver) -> None:
    server.engine.faults.add(fault_from({"deliveries": {"event": "asset.ready"}, "order": "first"}))
    subscribe(server, receiver, "asset.updated", "asset.ready")
    call(server, "POST", "/clip", CLIP)
    wait(server, 100_000)
    assert receiver.events[-2:] == ["asset.ready", "asset.updated"]
