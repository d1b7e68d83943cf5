"""Webhooks: who subscribed is told what happened, once, signed, again when it couldn't listen, and nobody else is."""

from __future__ import annotations

import hmac
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.receiver import Received, Receiver, receiving
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.asking import Answer, ask, at, expect, until
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.livepeer.facts import CREATE, ENDED, asset_of, create, sources
from mockserver.conformance.session import Session
from mockserver.core.text import Json

SECRET: Final = "mockserver-check-secret"
EVENTS: Final = (
    *("asset.created", "asset.updated", "asset.ready", "asset.deleted"),
    *("task.spawned", "task.updated", "task.completed"),
)
# Each happens once in the life of a clip.
_ONCE: Final = ("asset.created", "asset.ready", "task.spawned", "task.completed")
# A refused delivery is tried again after five seconds (facts 1.8); nothing else takes longer than the clip itself.
_RETRY_MS: Final = 12_000
_ARRIVAL_MS: Final = 4_000
_ABOUT_SIGNATURE: Final = (
    "Livepeer (measured): Livepeer-Signature is t=<the body's timestamp>,v1=<hex>, the HMAC-SHA256 of the raw body."
)
_ABOUT_RETRY: Final = (
    "Livepeer (measured): 2xx is success; after a 5xx it is tried again, with the same id; after a 4xx not."
)


@dataclass
class _Mailbox:
    """What our receiver answers: the first delivery of one event fails, each of another is refused."""

    failed: Json = None
    refused: Json = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, got: Received) -> int:
        event, id = at(got.value, "/event"), at(got.value, "/id")
        with self.lock:
            if not got.path.endswith("/main"):
                return 200
            if event == "task.spawned" and self.refused in (None, id):
                self.refused = id
                return 404
            if event == "asset.created" and self.failed is None:
                self.failed = id
                return 503
        return 200


@dataclass(frozen=True)
class _Story:
    """A clip that was made while webhooks listened."""

    session: Session
    receiver: Receiver
    mailbox: _Mailbox
    hook: Answer
    made: Answer

    @property
    def patience(self) -> int:
        """How long is waited for what should come at once, in ms."""
        return min(_ARRIVAL_MS, self.session.limits.patience_ms)

    def deliveries(self, box: str = "/main") -> list[Received]:
        """Those to one of our webhooks that are about the clip."""
        ids = (self.made.at("/asset/id"), self.made.at("/task/id"))
        return [got for got in self.receiver.got if got.path.endswith(box) and _subject(got) in ids]

    def found(self, rule: str, title: str, shown: Sequence[Received], about: str = "", **more: Json) -> Finding:
        saw = "\n".join(_line(got) for got in shown[:4])
        operation = self.session.subject.contract.operations["createWebhook"].id
        return found(
            self.session, rule, title, [self.hook, self.made], saw=saw or "nothing came", about=about,
            operation=operation, **more,
        )  # fmt: skip


def _webhooks(session: Session) -> Iterator[Finding]:
    subject = session.subject
    if not subject.loopback and subject.webhook_url is None:
        raise Skip("the server is not on this machine, so it can't reach our receiver (--webhook-url)")
    mailbox = _Mailbox()
    with receiving(mailbox.answer, subject.webhook_port) as receiver:
        base = (subject.webhook_url or receiver.url).rstrip("/")
        hook = _subscribe(session, f"{base}/main", EVENTS)
        second = _subscribe(session, f"{base}/deleted", ("asset.deleted",))
        if subject.other is not None:
            _subscribe(session, f"{base}/other", EVENTS, key=subject.other)
        made = expect(create(session, sources(session)[0], name="webhooks"), 200)
        asset = asset_of(session, made.need("/asset/id"))
        ended, last = until(session, asset, lambda seen: seen.at("/status/phase") in ENDED)
        if not ended or last.at("/status/phase") != "ready":
            raise Skip("the clip whose webhooks are looked at doesn't become ready")
        story = _Story(session, receiver, mailbox, hook, made)
        yield from _told(story)
        yield from _signed(story)
        yield from _retried(story)
        yield from _after_deletion(story, second)


def _subscribe(session: Session, url: str, events: Sequence[str], key: str | None = None) -> Answer:
    body = {"name": "mockserver check", "url": url, "events": list(events), "sharedSecret": SECRET}
    hook = ask(session, "createWebhook", body=body, key=key)
    if key is None:
        expect(hook, 200, 201)
    if hook.good:
        undo = session.subject.request("deleteWebhook", path={"id": hook.need("/id")}, key=key)
        session.undo_with(undo, f"webhook {hook.at('/id')}")
    return hook


def _told(story: _Story) -> Iterator[Finding]:
    """Each event comes, once, and says what it is about; nobody else hears of it."""
    story.receiver.wait(lambda got: set(_ONCE) <= {str(_event(one)) for one in story.deliveries()}, story.patience)
    seen = story.deliveries()
    if not seen:
        level = "error" if story.session.subject.webhook_url else "warning"
        yield story.found("webhook-none", "no event reaches a webhook", story.receiver.got, level=level)
        return
    for event in (*_ONCE, "asset.updated", "task.updated"):
        if event not in [_event(got) for got in seen]:
            title = f"{event} of a clip is never told"
            yield story.found("webhook-lost", title, seen, where="responses/201")
    for event in _ONCE:
        ids = {str(at(got.value, "/id")) for got in seen if _event(got) == event}
        if len(ids) > 1:
            title = f"{event} happens once, and is told with {len(ids)} ids"
            about = "Livepeer (measured): an event has one id, equal across retries."
            yield story.found("webhook-twice", title, [got for got in seen if _event(got) == event], about)
    for got in seen:
        problem = _misshapen(story, got)
        if problem is not None:
            yield story.found("webhook-body", f"{_event(got)} is told wrongly: {problem}", [got])
            break
    yield from _order(story, seen)
    strangers = story.deliveries("/other")
    if strangers:
        yield story.found("isolation-webhook", "another account's webhook is told of this one's clip", strangers)
    wrong = [got for got in story.receiver.got if got.path.endswith("/deleted") and _event(got) != "asset.deleted"]
    if wrong:
        title = f"a webhook that didn't subscribe to {_event(wrong[0])} is told of it"
        yield story.found("webhook-unwanted", title, wrong)


def _misshapen(story: _Story, got: Received) -> str | None:
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


def _order(story: _Story, seen: list[Received]) -> Iterator[Finding]:
    """Deliveries may overtake one another (measured), so an order that is wrong is only worth a look."""
    events = [_event(got) for got in seen]
    for first, later in (("asset.created", "asset.ready"), ("task.spawned", "task.completed")):
        if first in events and later in events and events.index(first) > events.index(later):
            yield story.found("webhook-order", f"{later} comes before {first}", seen, level="warning")
    for kind, end in (("asset", "asset.ready"), ("task", "task.completed")):
        mine = [event for event in events if str(event).startswith(kind)]
        if end in mine and f"{kind}.updated" in mine[mine.index(end) + 1 :]:
            title = f"{end} comes before the {kind}.updated it follows"
            yield story.found("webhook-order", title, seen, level="warning")


def _signed(story: _Story) -> Iterator[Finding]:
    for got in story.deliveries():
        said = got.headers.first("livepeer-signature")
        if said is None:
            title = f"{_event(got)} comes without a signature, though its webhook has a secret"
            yield story.found("webhook-unsigned", title, [got], _ABOUT_SIGNATURE)
            return
        parts = dict(part.strip().partition("=")[::2] for part in said.split(","))
        right = hmac.digest(SECRET.encode(), got.body, "sha256").hex()
        if not hmac.compare_digest(parts.get("v1", ""), right):
            title = f"the signature of {_event(got)} is not that of the bytes that came"
            yield story.found("webhook-signature", title, [got], _ABOUT_SIGNATURE)
            return
        if parts.get("t") != str(at(got.value, "/timestamp")):
            title = f"the signature of {_event(got)} says t={parts.get('t')}, its body another timestamp"
            yield story.found("webhook-signature-time", title, [got], _ABOUT_SIGNATURE)
            return


def _retried(story: _Story) -> Iterator[Finding]:
    failed, refused = story.mailbox.failed, story.mailbox.refused

    def times(id: Json) -> list[Received]:
        return [got for got in story.deliveries() if at(got.value, "/id") == id]

    if failed is not None and not story.receiver.wait(lambda got: len(times(failed)) > 1, _RETRY_MS):
        yield story.found(
            "webhook-no-retry", "a delivery answered with 503 is not tried again", times(failed), _ABOUT_RETRY
        )
    if refused is not None and len(times(refused)) > 1:
        yield story.found("webhook-retry", "a delivery answered with 404 is tried again", times(refused), _ABOUT_RETRY)
    for id in {at(got.value, "/id") for got in story.deliveries()} - {failed, refused}:
        if len(times(id)) > 1:
            title = f"{_event(times(id)[0])} is told again after it was answered with 200"
            yield story.found("webhook-duplicate", title, times(id), _ABOUT_RETRY, level="warning")
            return


def _after_deletion(story: _Story, second: Answer) -> Iterator[Finding]:
    """A webhook that was deleted hears nothing more: what another one hears of shows that there was something."""
    session = story.session
    gone = ask(session, "deleteWebhook", path={"id": story.hook.need("/id")})
    if not gone.good or not session.subject.has("deleteAsset"):
        return
    ask(session, "deleteAsset", path={"assetId": story.made.need("/asset/id")})
    heard = story.receiver.wait(lambda got: bool(story.deliveries("/deleted")), story.patience)
    if not heard:
        yield story.found("webhook-lost", "asset.deleted is never told", story.receiver.got[-3:])
    # What was on its way when the webhook was deleted may still arrive.
    later = [got for got in story.deliveries() if _event(got) == "asset.deleted"]
    if later:
        yield story.found("webhook-after-deletion", "a webhook that was deleted is told on", later)


def _event(got: Received) -> Json:
    return at(got.value, "/event")


def _subject(got: Received) -> Json:
    """The id of the asset or task a delivery is about."""
    return at(got.value, "/payload/asset/id") or at(got.value, "/payload/task/id")


def _line(got: Received) -> str:
    signature = got.headers.first("livepeer-signature")
    return f"{got.method} {got.path} (Livepeer-Signature: {signature}) {got.body[:200].decode('utf-8', 'replace')}"


WEBHOOK: Final = Rule(
    "webhooks",
    "Who subscribed is told of a clip: each event once, signed over its bytes, again after a failure; nobody else is.",
    _webhooks,
    (CREATE, "createWebhook", "deleteWebhook", "getAsset", "getStreams"),
    "livepeer",
    writes=True,
)
