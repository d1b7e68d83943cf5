"""Writes: what is made is there, what is changed stays changed, what is deleted is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from mockserver.conformance.finding import Finding
from mockserver.conformance.rule import Rule
from mockserver.conformance.rules.asking import Answer, ask, expect, until
from mockserver.conformance.rules.collection import Collection, link_cursor
from mockserver.conformance.rules.evidence import found
from mockserver.conformance.rules.islands import REFUSED
from mockserver.conformance.rules.livepeer.facts import (
    ASSETS,
    CREATE,
    ENDED,
    STREAMS,
    WEBHOOKS,
    asset_of,
    create,
    sources,
)
from mockserver.conformance.session import Session
from mockserver.core.text import Json

NAME: Final = "Ein Name — 名前 🎬 “check”"
NOWHERE: Final = "https://example.com/mockserver-check"
_GONE: Final = (404, 410)


def _streams(session: Session) -> Iterator[Finding]:
    made = expect(ask(session, "createStream", body={"name": NAME}), 200, 201)
    stream = made.need("/id")
    if session.subject.has("deleteStream"):
        session.undo_with(session.subject.request("deleteStream", path={"id": stream}), f"stream {stream}")
    else:
        session.stays(f"stream {stream}")
    if made.status != 201:
        title = f"a new stream is answered with {made.status}"
        must = ["replies[0].status_code == 201"]
        yield found(session, "created-status", title, [made], must=must, where="responses/201")
    yield from _made(session, made, {"/name": NAME}, "responses/201")
    yield from _kept(session, STREAMS, made, ("/name", "/playbackId", "/createdAt", "/streamKey", "/kind"))


def _webhooks(session: Session) -> Iterator[Finding]:
    body: dict[str, Json] = {"name": NAME, "url": NOWHERE, "events": ["stream.idle"]}
    made = expect(ask(session, "createWebhook", body=body), 200, 201)
    hook = made.need("/id")
    session.undo_with(session.subject.request("deleteWebhook", path={"id": hook}), f"webhook {hook}")
    yield from _made(session, made, {"/name": NAME, "/url": NOWHERE, "/events": ["stream.idle"]}, "responses/201")
    yield from _kept(session, WEBHOOKS, made, ("/name", "/url", "/events", "/createdAt"))
    changed = {**body, "name": "changed", "events": ["stream.started", "stream.idle"]}
    put = ask(session, "updateWebhook", path={"id": hook}, body=changed)
    if put.good:
        told = WEBHOOKS.look(session, hook)
        yield from _changed(session, [put, told], {"/name": "changed", "/events": changed["events"], "/url": NOWHERE})
    yield from _deleted(session, WEBHOOKS, "deleteWebhook", made, hook)


def _assets(session: Session) -> Iterator[Finding]:
    made = expect(create(session, sources(session)[0], name="before"), 200)
    asset = made.need("/asset/id")
    _, ready = until(session, asset_of(session, asset), lambda seen: seen.at("/status/phase") in ENDED)
    changed = ask(session, "updateAsset", path={"assetId": asset}, body={"name": NAME})
    if changed.good:
        told = ASSETS.look(session, asset)
        yield from _changed(session, [ready, changed, told], {"/name": NAME})
    yield from _of_others(session, made, asset)
    yield from _deleted(session, ASSETS, "deleteAsset", made, asset)
    task = made.need("/task/id")
    left = ask(session, "getTask", path={"taskId": task})
    if not left.good:
        title = f"the task of a deleted clip is answered with {left.status}"
        about = "Livepeer (measured): the task stays readable when its asset was deleted."
        yield found(session, "task-deleted", title, [made, left], about=about, level="warning")


def _made(session: Session, made: Answer, sent: dict[str, Json], where: str) -> Iterator[Finding]:
    for pointer, value in sent.items():
        if made.at(pointer) != value:
            title = f"what was made with {value!r} is answered with {made.at(pointer)!r:.80} at {pointer}"
            yield found(session, "created-differs", title, [made], where=where)


def _kept(session: Session, collection: Collection, made: Answer, pointers: tuple[str, ...]) -> Iterator[Finding]:
    """What was made is there by its id and in the list, as it was answered."""
    id = made.need("/id")
    seen = collection.look(session, id)
    if not seen.good:
        title = f"one of the {collection.what} was just made, and is answered with {seen.status}"
        yield found(session, "read-after-write", title, [made, seen], must=["replies[1].status_code == 200"])
    for pointer in pointers if seen.good else ():
        if seen.at(pointer) != made.at(pointer):
            said = f"{seen.at(pointer)!r:.80}, the call that made it {made.at(pointer)!r:.80}"
            yield found(session, "read-differs", f"one of the {collection.what} says at {pointer} {said}", [made, seen])
    page = collection.first(session)
    if page.good and id not in collection.ids_of(page):
        title = f"one of the {collection.what} was just made, and is not in the list"
        must = ['replies[0].json()["id"] in [item["id"] for item in replies[1].json()]']
        yield found(session, "read-after-write", title, [made, page], must=must)


def _changed(session: Session, shown: list[Answer], sent: dict[str, Json]) -> Iterator[Finding]:
    """The last of the calls tells what the one before changed."""
    told = shown[-1]
    for pointer, value in sent.items():
        if told.good and told.at(pointer) != value:
            title = f"{pointer} was changed to {value!r}, and is {told.at(pointer)!r:.80}"
            must = [f'replies[{len(shown) - 1}].json()["{pointer[1:]}"] == {value!r}']
            yield found(session, "update-lost", title, shown, must=must)


def _of_others(session: Session, made: Answer, asset: str) -> Iterator[Finding]:
    """Nobody deletes or changes what is another account's."""
    other = session.subject.other
    if other is None:
        return
    for operation, body in (("updateAsset", {"name": "never"}), ("deleteAsset", None)):
        refused = ask(session, operation, path={"assetId": asset}, body=body, key=other)
        if refused.status not in (*REFUSED, 400):
            title = f"{operation} of another account's asset is answered with {refused.status}"
            must = [f"replies[1].status_code in {REFUSED}"]
            yield found(session, "isolation-write", title, [made, refused], must=must)
        left = ASSETS.look(session, asset)
        if not left.good or left.at("/name") == "never":
            title = f"{operation} with another account's key takes effect, though it is answered with {refused.status}"
            yield found(session, "isolation-write", title, [made, refused, left])


def _deleted(session: Session, collection: Collection, operation: str, made: Answer, id: str) -> Iterator[Finding]:
    path = {collection.parameter: id}
    gone = ask(session, operation, path=path)
    if not gone.good:
        title = f"{operation} of what was made is answered with {gone.status}"
        yield found(session, "delete-refused", title, [made, gone], must=["replies[1].status_code == 204"])
        return
    left = collection.look(session, id)
    if left.status not in _GONE:
        title = f"what was deleted is answered with {left.status}"
        must = ["replies[2].status_code == 404"]
        yield found(session, "delete-undone", title, [made, gone, left], must=must)
    page = collection.first(session)
    if page.good and id in collection.ids_of(page):
        title = f"what was deleted is still in the list of {collection.what}"
        name = '["asset"]["id"]' if collection is ASSETS else '["id"]'
        must = [f'replies[0].json(){name} not in [item["id"] for item in replies[2].json()]']
        yield found(session, "delete-undone", title, [made, gone, page], must=must)
    again = ask(session, operation, path=path, note="a second time")
    if again.good:
        title = f"{operation} a second time is answered with {again.status}"
        about = "Livepeer (measured): deleting an asset again is a 400, deleting what is not there a 404."
        must = ["replies[2].status_code >= 400"]
        yield found(session, "delete-twice", title, [made, gone, again], must=must, about=about)


def _totals(session: Session) -> Iterator[Finding]:
    """`count=true` counts all, whatever the page."""
    for collection in (ASSETS, STREAMS):
        whole = collection.first(session)
        if not whole.good or len(collection.ids_of(whole)) < 2 or link_cursor(whole) is not None:
            continue
        page = ask(session, collection.listing, query="limit=1&count=true")
        said = page.reply.header("x-total-count")
        if not page.good or said is None:
            continue
        again = collection.first(session)
        if len(collection.ids_of(again)) == len(collection.ids_of(whole)) and said != str(
            len(collection.ids_of(whole))
        ):
            title = f"X-Total-Count says {said} of {len(collection.ids_of(whole))} {collection.what}"
            must = ['replies[1].headers["x-total-count"] == str(len(replies[0].json()))']
            yield found(session, "total-count", title, [whole, page], must=must)


WRITES: Final = (
    Rule(
        "stream-writes",
        "A stream that was made is there, by its id and in the list.",
        _streams,
        ("createStream", "getStream", "getStreams"),
        "livepeer",
        writes=True,
    ),
    Rule(
        "webhook-writes",
        "A webhook that was made is there, one that was changed stays changed, one that was deleted is gone.",
        _webhooks,
        ("createWebhook", "getWebhook", "getWebhooks", "updateWebhook", "deleteWebhook"),
        "livepeer",
        writes=True,
    ),
    Rule(
        "asset-writes",
        "An asset that was changed stays changed, one that was deleted is gone, and nobody else does either.",
        _assets,
        (CREATE, "getAsset", "getAssets", "getTask", "updateAsset", "deleteAsset"),
        "livepeer",
        writes=True,
    ),
    Rule("total-count", "X-Total-Count counts the whole list.", _totals, ("getAssets", "getStreams"), "livepeer"),
)
