"""Webhooks: who subscribed is told what happened, again when it couldn't listen, and no more when it has left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.receiver import Received, receiving
from mockserver.conformance.rule import Rule, Skip
from mockserver.conformance.rules.asking import Answer, ask, at, expect, until
from mockserver.conformance.rules.livepeer.facts import CREATE, ENDED, asset_of, create, sources
from mockserver.conformance.rules.livepeer.story import EVENTS, SECRET, Mailbox, Story, event_of
from mockserver.conformance.rules.livepeer.telling import signed, told
from mockserver.conformance.session import Session
from mockserver.core.text import Json

# A failed delivery is tried again after five seconds (facts 1.8).
_RETRY_MS: Final = 12_000
# What one webhook heard of, another would have heard of a moment later.
_LATER_MS: Final = 250
_ABOUT_RETRY: Final = (
    "Livepeer (measured): 2xx is success; after a 5xx it is tried again, with the same id; after a 4xx not."
)


def _webhooks(session: Session) -> Iterator[Finding]:
    subject = session.subject
    if not subject.loopback and subject.webhook_url is None:
        raise Skip("the server is not on this machine, so it can't reach our receiver (--webhook-url)")
    mailbox = Mailbox()
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
        story = Story(session, receiver, mailbox, hook, made)
        yield from told(story)
        yield from signed(story)
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


def _retried(story: Story) -> Iterator[Finding]:
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
            title = f"{event_of(times(id)[0])} is told again after it was answered with 200"
            yield story.found("webhook-duplicate", title, times(id), _ABOUT_RETRY, level="warning")
            return


def _after_deletion(story: Story, second: Answer) -> Iterator[Finding]:
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
    def later() -> list[Received]:
        return [got for got in story.deliveries() if event_of(got) == "asset.deleted"]

    if story.receiver.wait(lambda got: bool(later()), _LATER_MS):
        yield story.found("webhook-after-deletion", "a webhook that was deleted is told on", later())


WEBHOOK: Final = Rule(
    "webhooks",
    "Who subscribed is told of a clip: each event once, signed over its bytes, again after a failure; nobody else is.",
    _webhooks,
    (CREATE, "createWebhook", "deleteWebhook", "getAsset", "getStreams"),
    "livepeer",
    writes=True,
)
