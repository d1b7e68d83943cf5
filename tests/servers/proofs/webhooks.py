"""Proofs of webhooks unsigned, out of order, twice or never told."""

from __future__ import annotations

from mockserver.providers.livepeer.deliveries import signature
from tests.server.receiver import Got, Receiver, receiving
from tests.servers.proofs.probe import Probe, proof

_EVENTS = ["asset.created", "asset.updated", "asset.ready", "task.spawned", "task.updated", "task.completed"]
_SECRET = "a secret"


def _told(probe: Probe) -> list[Got]:
    """What a webhook with a secret is told of one clip from its beginning to its end."""
    with receiving() as receiver:
        _subscribe(probe, receiver)
        probe.clip()
        probe.advance(100)
        probe.server.run(probe.server.engine.idle())
    return receiver.got


def _subscribe(probe: Probe, receiver: Receiver) -> None:
    hook = {"name": "hook", "url": receiver.url, "events": _EVENTS, "sharedSecret": _SECRET}
    assert probe("POST", "/api/webhook", hook).status_code == 201


def _fits(got: Got) -> bool:
    sent = got.headers.get("livepeer-signature", "").partition("v1=")[2]
    return sent == signature(_SECRET, got.body)


@proof("webhook-unsigned")
def webhook_unsigned(probe: Probe) -> bool:
    return not any("livepeer-signature" in got.headers for got in _told(probe))


@proof("signature-over-other-bytes")
def signature_over_other_bytes(probe: Probe) -> bool:
    return any("livepeer-signature" in got.headers and not _fits(got) for got in _told(probe))


@proof("webhook-order-wrong")
def webhook_order_wrong(probe: Probe) -> bool:
    events = [got.event for got in _told(probe)]
    return events.index("task.updated") < events.index("task.spawned")


@proof("webhook-twice-with-two-ids")
def webhook_twice_with_two_ids(probe: Probe) -> bool:
    ready = [got.value["id"] for got in _told(probe) if got.event == "asset.ready"]
    return len(set(ready)) == 2


@proof("webhook-event-lost")
def webhook_event_lost(probe: Probe) -> bool:
    events = [got.event for got in _told(probe)]
    return "task.completed" in events and "asset.ready" not in events


@proof("webhook-not-as-json")
def webhook_not_as_json(probe: Probe) -> bool:
    return any(got.headers["content-type"] != "application/json" for got in _told(probe))
