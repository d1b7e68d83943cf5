"""Who is told what: subscriptions met with notices, the signed request of each attempt, and when to try again.

`content` of a delivery: `body` (what is sent, in the order it is sent, but for the time of sending), `secret`, `user`
whose it is, and for what is sent again by hand the id of its `log` entry.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from hmac import new as hmac
from itertools import chain
from typing import Final

from mockserver.core.delivery import Answered, Delivery, Sending, Verdict
from mockserver.core.http import Headers
from mockserver.core.provider import Moment
from mockserver.core.text import Json, Record, dump
from mockserver.core.world import Change, Notice, Outcome, Put, View
from mockserver.providers.livepeer.kinds import owned_by

SIGNATURE: Final = "Livepeer-Signature"

# A receiver has 30 s to answer. The first retry comes after 5 s, each later one after twice the time of the one
# before, at most an hour, and after 33 of them none.
PATIENCE: Final = 30_000
FIRST_PAUSE: Final = 5_000
LONGEST_PAUSE: Final = 3_600_000
MOST_RETRIES: Final = 33

# Webhooks up to 2024-07-28 still get what there was before an asset had a field of its own.
OLD_UNTIL: Final = 1_722_211_200_000
_OLD_EVENTS: Final = frozenset({"asset.ready", "asset.failed"})


def listens(view: View) -> bool:
    """Whether anybody in the world has subscribed to anything that can happen."""
    return view.count("webhook", "waiting", "") > 0


def hear(view: View, outcome: Outcome, moment: Moment) -> Outcome:
    """An outcome with a delivery for each webhook that wants one of its notices."""
    wishes = [hook["events"] for hook in view.find("webhook", "waiting", "")]
    if not wishes:
        return outcome
    # Most of what happens no webhook asks for; then there is no need to know whose it is.
    asked = set[str]().union(*wishes)
    notices = [notice for notice in outcome.notices if notice.event in asked]
    if not notices:
        return Outcome(outcome.reply, outcome.changes, outcome.notices, heard=True)
    said = view.get("mail", "mail")
    before: int = said["events"] if said else 0
    deliveries: list[Delivery] = []
    events = before
    for notice in notices:
        wanted = [hook for hook in _subscribed(view, notice) if notice.event in hook["events"]]
        if not wanted:
            continue
        events += 1
        event_id = moment.chance.child("event", events).uuid()
        for hook in wanted:
            delivery_id = moment.chance.child("event", events, hook["id"]).uuid()
            deliveries.append(_delivery(delivery_id, event_id, notice, hook))
    changes: tuple[Change, ...] = outcome.changes
    if events > before:
        changes = (*changes, Put("mail", "mail", {**(said or {}), "events": events}))
    return Outcome(outcome.reply, changes, outcome.notices, tuple(deliveries), heard=True)


def _subscribed(view: View, notice: Notice) -> Iterator[Record]:
    """The webhooks of the event's user in its project, whatever stream they name: that is for events of streams.

    Who has no default project is told nothing at all, and so is nobody of a suspended user.
    """
    user_id, project = notice.body["userId"], notice.body["projectId"]
    user = view.get("user", user_id)
    if user is None or user.get("suspended") or not user.get("defaultProjectId") or not project:
        return iter(())
    own = view.find("webhook", "owner", owned_by(user_id, project))
    if project != user["defaultProjectId"]:
        return own
    return chain(own, view.find("webhook", "owner", owned_by(user_id, "")))


def _delivery(id: str, event_id: str, notice: Notice, hook: Record) -> Delivery:
    payload = notice.body["payload"]
    if notice.event in _OLD_EVENTS and hook["createdAt"] < OLD_UNTIL:
        payload = {**payload, **payload["asset"]}
    made = delivery_of(id, event_id, notice.event, notice.at, payload, hook)
    if "stream" not in notice.body:
        return made
    # Only events of streams show one, beside the payload.
    body = {**made.content["body"], "stream": notice.body["stream"]}
    return replace(made, content={**made.content, "body": body})


def delivery_of(id: str, event_id: str, event: str, at: int, payload: Json, hook: Record) -> Delivery:
    """An event for a webhook as that is at this time: later changes to it come too late."""
    body = {
        "id": event_id,
        "webhookId": hook["id"],
        "createdAt": at,
        "timestamp": at,
        "event": event,
        "payload": payload,
    }
    content = {"body": body, "secret": hook.get("sharedSecret"), "user": hook["userId"]}
    return Delivery(id, event, hook["id"], hook["url"], at, at, content)


def write(delivery: Delivery, now: int) -> Sending:
    """The request of an attempt: dated, and signed over its very bytes if the webhook has a secret."""
    content, spoiling = delivery.content, delivery.spoiling
    timestamp = now - spoiling.stale
    body = dump({**content["body"], "timestamp": timestamp})
    headers = [("content-type", "application/json"), ("user-agent", "livepeer.studio")]
    secret: str | None = content["secret"]
    if secret:
        key = f"{secret}, forged" if spoiling.forged else secret
        headers.append((SIGNATURE, f"t={timestamp},v1={signature(key, body)}"))
    if spoiling.tampered:
        body = body[:-1] + b',"tampered":true}'
    return Sending("POST", delivery.url, Headers.of(headers), body)


def signature(secret: str, body: bytes) -> str:
    """HMAC-SHA256 of the raw body alone, in hexadecimal; the time is not part of the message."""
    return hmac(secret.encode("utf-8", "surrogatepass"), body, sha256).hexdigest()


def judge(delivery: Delivery, answered: Answered) -> Verdict:
    """2xx is taken. What fails on the way or with 5xx is tried again, unless sent by hand; all else is final."""
    status = answered.status
    if status is not None and 200 <= status < 300:
        return Verdict("delivered")
    retries = len(delivery.attempts)
    if (status is not None and status < 500) or retries >= MOST_RETRIES or "log" in delivery.content:
        return Verdict("failed")
    pause = min(FIRST_PAUSE << retries, LONGEST_PAUSE)
    return Verdict("pending", pause + (PATIENCE if answered.failure == "timeout" else 0))


def sent_again(id: str, log_id: str, doc: Record, body: Json, now: int) -> Delivery:
    """A logged request to be made once more, by the log entry's own address and secret."""
    content = {"body": body, "secret": doc.get("sharedSecret"), "user": doc["userId"], "log": log_id}
    return Delivery(id, doc["event"], doc["webhookId"], doc["request"]["url"], now, now, content)
