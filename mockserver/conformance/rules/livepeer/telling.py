"""What webhooks say of a clip: every event, once, in its shape, signed over its bytes, and to nobody else."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from mockserver.conformance.finding import Finding, Level
from mockserver.conformance.receiver import Received
from mockserver.conformance.rules.asking import at
from mockserver.conformance.rules.livepeer.facts import create, sources
from mockserver.conformance.rules.livepeer.story import EVENTS, SECRET, Story, event_of

# Each happens once in the life of a clip.
_ONCE: Final = ("asset.created", "asset.ready", "task.spawned", "task.completed")
# An order that is wrong for so many clips in a row is no chance.
_CLIPS: Final = 4
_ABOUT_SIGNATURE: Final = (
    "Livepeer (measured): Livepeer-Signature is t=<the body's timestamp>,v1=<hex>, the HMAC-SHA256 of the raw body."
)


def told(story: Story) -> Iterator[Finding]:
    """Each event comes, once, and says what it is about; nobody else hears of it."""
    story.receiver.wait(lambda got: set(_ONCE) <= {str(event_of(one)) for one in story.deliveries()}, story.patience)
    seen = story.deliveries()
    if not seen:
        level = "error" if story.session.subject.webhook_url else "warning"
        yield story.found("webhook-none", "no event reaches a webhook", story.receiver.got, level=level)
        return
    for event in (*_ONCE, "asset.updated", "task.updated"):
        if event not in [event_of(got) for got in seen]:
            title = f"{event} of a clip is never told"
            yield story.found("webhook-lost", title, seen, where="responses/201")
    for event in _ONCE:
        ids = {str(at(got.value, "/id")) for got in seen if event_of(got) == event}
        if len(ids) > 1:
            title = f"{event} happens once, and is told with {len(ids)} ids"
            about = "Livepeer (measured): an event has one id, equal across retries."
            yield story.found("webhook-twice", title, [got for got in seen if event_of(got) == event], about)
    for got in seen:
        problem = _misshapen(story, got)
        if problem is not None:
            yield story.found("webhook-body", f"{event_of(got)} is told wrongly: {problem}", [got])
            break
    yield from _order(story)
    strangers = story.deliveries("/other")
    if strangers:
        yield story.found("isolation-webhook", "another account's webhook is told of this one's clip", strangers)
    wrong = [got for got in story.receiver.got if got.path.endswith("/deleted") and event_of(got) != "asset.deleted"]
    if wrong:
        title = f"a webhook that didn't subscribe to {event_of(wrong[0])} is told of it"
        yield story.found("webhook-unwanted", title, wrong)


def _misshapen(story: Story, got: Received) -> str | None:
    """What is wrong with a delivery, as a clause."""
    value = got.value
    if not isinstance(value, dict):
        return "its body is no JSON object"
    media = (got.headers.first("content-type") or "").partition(";")[0].strip().lower()
    if media != "application/json":
        return f"its Content-Type is {media or 'missing'}"
    for name in ("id", "webhookId", "createdAt", "timestamp", "event", "payload"):
        if name not in value:
            return f"it has no {name}"
    if value["webhookId"] != story.hook.at("/id"):
        return f"its webhookId is {value['webhookId']!r}, not that of the webhook"
    for name in ("createdAt", "timestamp"):
        if not isinstance(value[name], int) or value[name] < 10**12:
            return f"its {name} is {value[name]!r}, no instant in Unix milliseconds"
    if value["timestamp"] < value["createdAt"]:
        return "it was sent before it happened"
    if value["event"] not in EVENTS:
        return "nobody subscribed to it"
    phase = {"asset.ready": "ready", "task.completed": "completed"}.get(value["event"])
    kind = value["event"].partition(".")[0]
    told = at(value, f"/payload/{kind}/snapshot/status/phase")
    if phase is not None and told != phase:
        return f"its snapshot is {told!r}, not {phase}"
    if value["event"] == "task.completed" and at(value, "/payload/task/success") is False:
        return "it says success: false"
    return None


def _order(story: Story) -> Iterator[Finding]:
    """Deliveries may overtake one another (measured): once is only worth a look, but not for every clip anew."""
    flipped = list(_flips(story))
    if not any(flipped):
        return
    clips = [story]
    while all(flipped) and len(clips) < _CLIPS:
        session = story.session
        made = create(session, sources(session)[0], name="webhooks, in which order")
        if not made.good:
            break
        clips.append(replace(story, made=made))
        story.receiver.wait(lambda got: _ends(clips[-1]), story.patience + session.limits.patience_ms)
        flipped += _flips(clips[-1])
    level: Level = "error" if all(flipped) and len(clips) == _CLIPS else "warning"
    seen = [got for got in clips[-1].deliveries() if str(event_of(got)).endswith((".updated", ".ready", ".completed"))]
    title = "the end of a clip is told before the update that leads to it"
    if level == "error":
        title += f", of {len(clips)} clips each time"
    yield story.found("webhook-order", title, seen[-4:], level=level)


def _flips(story: Story) -> Iterator[bool]:
    """Of a clip's asset and of its task, whether the end was told before the update to the same phase."""
    seen = story.deliveries()
    for kind, end, phase in (("asset", "ready", "ready"), ("task", "completed", "completed")):
        ends = [index for index, got in enumerate(seen) if event_of(got) == f"{kind}.{end}"]
        updates = [
            index
            for index, got in enumerate(seen)
            if event_of(got) == f"{kind}.updated" and at(got.value, f"/payload/{kind}/snapshot/status/phase") == phase
        ]
        if ends and updates:
            yield ends[0] < updates[0]


def _ends(story: Story) -> bool:
    """Whether all was told of a clip's end."""
    events = [event_of(got) for got in story.deliveries()]
    return {"asset.ready", "task.completed"} <= set(events) and len(list(_flips(story))) == 2


def signed(story: Story) -> Iterator[Finding]:
    for got in story.deliveries():
        said = got.headers.first("livepeer-signature")
        if said is None:
            title = f"{event_of(got)} comes without a signature, though its webhook has a secret"
            yield story.found("webhook-unsigned", title, [got], _ABOUT_SIGNATURE)
            return
        parts = dict(part.strip().partition("=")[::2] for part in said.split(","))
        right = hmac.digest(SECRET.encode(), got.body, "sha256").hex()
        if not hmac.compare_digest(parts.get("v1", ""), right):
            title = f"the signature of {event_of(got)} is not that of the bytes that came"
            yield story.found("webhook-signature", title, [got], _ABOUT_SIGNATURE)
            return
        if parts.get("t") != str(at(got.value, "/timestamp")):
            title = f"the signature of {event_of(got)} says t={parts.get('t')}, its body another timestamp"
            yield story.found("webhook-signature-time", title, [got], _ABOUT_SIGNATURE)
            return
