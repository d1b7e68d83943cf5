"""Webhooks: signatures, order, doubles and losses."""

from __future__ import annotations

from dataclasses import replace

from mockserver.core.delivery import Delivery, Sending
from mockserver.core.http import Headers
from mockserver.core.provider import Moment
from mockserver.core.text import dump
from mockserver.core.world import Outcome, View
from mockserver.providers.livepeer.deliveries import SIGNATURE, signature
from tests.servers.defect import Ground, shelf


def _write(ground: Ground, delivery: Delivery, now: int) -> Sending:
    assert ground.healthy.webhooks is not None
    return ground.healthy.webhooks.write(delivery, now)


def _hear(ground: Ground, view: View, outcome: Outcome, moment: Moment) -> Outcome:
    assert ground.healthy.webhooks is not None
    return ground.healthy.webhooks.hear(view, outcome, moment)


def _signed(sending: Sending, value: str | None) -> Sending:
    kept = [pair for pair in sending.headers if pair[0] != SIGNATURE]
    return replace(sending, headers=Headers.of(kept if value is None else [*kept, (SIGNATURE, value)]))


@shelf.write("livepeer", "deliveries.py: write")
def webhook_unsigned(ground: Ground, delivery: Delivery, now: int) -> Sending:
    """A webhook with a secret gets its events without a signature."""
    return _signed(_write(ground, delivery, now), None)


@shelf.write("livepeer", "deliveries.py: write")
def signature_over_other_bytes(ground: Ground, delivery: Delivery, now: int) -> Sending:
    """The body is signed before the time of sending is written into it."""
    sending, secret = _write(ground, delivery, now), delivery.content["secret"]
    other = dump({**delivery.content["body"], "timestamp": now + 1})
    return _signed(sending, f"t={now},v1={signature(secret, other)}") if secret else sending


@shelf.hear("livepeer", "deliveries.py: hear")
def webhook_order_wrong(ground: Ground, view: View, outcome: Outcome, moment: Moment) -> Outcome:
    """What happens at once is told last first: `asset.ready` before the `asset.updated` it follows."""
    heard = _hear(ground, view, outcome, moment)
    return replace(heard, deliveries=heard.deliveries[::-1])


@shelf.hear("livepeer", "deliveries.py: hear")
def webhook_twice_with_two_ids(ground: Ground, view: View, outcome: Outcome, moment: Moment) -> Outcome:
    """Each event is told twice, and the second time has an id of its own."""
    heard = _hear(ground, view, outcome, moment)
    both: list[Delivery] = []
    for number, one in enumerate(heard.deliveries):
        again = moment.chance.child("again", number).uuid()
        body = {**one.content["body"], "id": again}
        both += [one, replace(one, id=again, content={**one.content, "body": body})]
    return replace(heard, deliveries=tuple(both))


@shelf.hear("livepeer", "deliveries.py: hear")
def webhook_event_lost(ground: Ground, view: View, outcome: Outcome, moment: Moment) -> Outcome:
    """`asset.ready` is never told."""
    heard = _hear(ground, view, outcome, moment)
    return replace(heard, deliveries=tuple(one for one in heard.deliveries if one.event != "asset.ready"))


@shelf.write("livepeer", "deliveries.py: write")
def webhook_not_as_json(ground: Ground, delivery: Delivery, now: int) -> Sending:
    """Events are JSON that says it is a form."""
    sending = _write(ground, delivery, now)
    kept = [pair for pair in sending.headers if pair[0] != "content-type"]
    form = ("content-type", "application/x-www-form-urlencoded")
    return replace(sending, headers=Headers.of([form, *kept]))
