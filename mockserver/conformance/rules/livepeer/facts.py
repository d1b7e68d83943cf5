"""What the rules have to know of Livepeer's API: its lists, its errors, how clips are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from mockserver.conformance.rule import Skip
from mockserver.conformance.rules.api import Api, Attempt, Keeping
from mockserver.conformance.rules.asking import Answer, ask, expect
from mockserver.conformance.rules.collection import Collection, Paging, Pair, link_cursor
from mockserver.conformance.session import Session
from mockserver.core.http import Request
from mockserver.core.text import Json
from mockserver.errors import UsageError

CREATE: Final = "createClip"
# Streams of a fake's default world that give clips, tried before others: it has some that never do.
_GOOD: Final[tuple[str, ...]] = (
    "eaw4nk06ts2d0mzb",
    "fullhd0000000000",
    "tiny000000000000",
    "offair0000000000",
    "early00000000000",
)
# Times that lie in the recordings of a fake's default world, in Unix milliseconds.
_RECORDED: Final = 1587667174725
LENGTH: Final = 30_000
# The phases in which an asset stays, those in which its task does, and what of an asset never changes.
ENDED: Final = ("ready", "failed")
DONE: Final = ("completed", "failed")
KEPT: Final = ("/id", "/playbackId", "/name", "/createdAt", "/userId", "/source")
NOBODY_S: Final = "00000000-0000-4000-8000-00000000dead"
_PAGES: Final = Paging(link_cursor, 1_000)

ASSETS: Final = Collection(
    "assets",
    "getAssets",
    "id",
    "",
    "getAsset",
    "assetId",
    Pair.same("/id", "/name", "/playbackId", "/createdAt", "/userId", "/source", "/status/phase"),
    _PAGES,
)
TASKS: Final = Collection(
    "tasks",
    "getTasks",
    "id",
    "",
    "getTask",
    "taskId",
    Pair.same("/id", "/type", "/createdAt", "/outputAssetId", "/params/clip/clipStrategy", "/status/phase"),
    _PAGES,
)
STREAMS: Final = Collection(
    "streams", "getStreams", "id", "", "getStream", "id", Pair.same("/id", "/name", "/playbackId", "/createdAt"), _PAGES
)
SESSIONS: Final = Collection(
    "sessions",
    "getSessions",
    "id",
    "",
    "getSession",
    "id",
    Pair.same("/id", "/name", "/parentId", "/createdAt"),
    _PAGES,
)
# The list of webhooks has no cursor that works: its Link says `cursor=undefined`.
WEBHOOKS: Final = Collection(
    "webhooks", "getWebhooks", "id", "", "getWebhook", "id", Pair.same("/id", "/name", "/url", "/events", "/createdAt")
)


@dataclass(frozen=True, slots=True)
class Source:
    """A stream by its playback id, and a span of its recording in Unix milliseconds."""

    id: str
    start: int = _RECORDED
    end: int = _RECORDED + LENGTH

    @classmethod
    def read(cls, text: str) -> Source:
        """`ID` or `ID@START-END`. Raises UsageError."""
        id, at, span = text.partition("@")
        start, _, end = span.partition("-")
        if not at:
            return cls(id)
        if not (id and start.isdecimal() and end.isdecimal() and int(start) < int(end)):
            raise UsageError(f"--source {text!r} is no stream: it looks like PLAYBACK_ID or PLAYBACK_ID@START-END (ms)")
        return cls(id, int(start), int(end))

    def body(self, name: str | None = None) -> dict[str, Json]:
        """The body that asks for a clip of it."""
        body: dict[str, Json] = {"playbackId": self.id, "startTime": self.start, "endTime": self.end}
        return body if name is None else {**body, "name": name}


def create(
    session: Session, source: Source, *, name: str | None = None, key: str | None = None, note: str = ""
) -> Answer:
    """A call for a clip, which is deleted in the end."""
    answer = ask(session, CREATE, body=source.body(name), key=key, note=note)
    clean_up(session, answer)
    return answer


def clean_up(session: Session, made: Answer) -> None:
    """Remember to delete the asset a call for a clip made."""
    asset = made.at("/asset/id")
    if made.good and isinstance(asset, str) and session.subject.has("deleteAsset"):
        session.undo_with(session.subject.request("deleteAsset", path={"assetId": asset}), f"clip asset {asset}")


def sources(session: Session) -> list[Source]:
    """Streams that can be clipped: the named ones, or the known good ones of a fake, or those that were on air.

    A span is the first half minute of the stream's newest session when nothing else is known. Raises Skip when there
    is no such stream: one that was never on air can't be clipped (facts 1.1, row 27).
    """
    if session.subject.sources:
        return [Source.read(text) for text in session.subject.sources]
    streams = {
        str(stream.get("id")): str(stream["playbackId"])
        for stream in STREAMS.items_of(expect(STREAMS.first(session), 200))
        if stream.get("playbackId") and not stream.get("suspended") and not stream.get("parentId")
    }
    known = [Source(id) for id in _GOOD if id in streams.values()]
    if known:
        return known
    newest: dict[str, int] = {}
    for item in SESSIONS.items_of(expect(SESSIONS.first(session), 200)):
        parent, begun = str(item.get("parentId")), item.get("createdAt")
        if parent in streams and isinstance(begun, int):
            newest[parent] = max(begun, newest.get(parent, 0))
    if not newest:
        raise Skip("there is no stream that was on air; name one with --source PLAYBACK_ID@START-END")
    return [Source(streams[parent], begun, begun + LENGTH) for parent, begun in newest.items()]


def asset_of(session: Session, id: str, *, key: str | None = None) -> Request:
    return session.subject.request("getAsset", path={"assetId": id}, key=key)


def task_of(session: Session, id: str) -> Request:
    return session.subject.request("getTask", path={"taskId": id})


def error_flaw(answer: Answer) -> str | None:
    """A list of sentences, at least one, and nothing else."""
    value = answer.value
    if not isinstance(value, dict) or not isinstance(value.get("errors"), list) or not value["errors"]:
        return "there is no list `errors` with something in it"
    if not all(isinstance(error, str) and error for error in value["errors"]):
        return "`errors` holds something that is no sentence"
    if set(value) != {"errors"}:
        return f"there is a property {min(set(value) - {'errors'})!r} beside `errors`"
    return None


def _attempts(session: Session) -> Iterator[Attempt]:
    subject = session.subject
    if session.limits.read_only:
        return
    source = sources(session)[0]
    body = source.body()

    def asking(body: Json, **more: Json) -> Request:
        return subject.request(CREATE, body=body, **more)

    yield Attempt("no stream has this playback id", asking(Source("mockserver-check-none").body()))
    yield Attempt("it has no start", asking({"playbackId": source.id}))
    yield Attempt("its start is a text", asking({**body, "startTime": "1"}))
    yield Attempt("it has a property that is not known", asking({**body, "never": 1}))
    yield Attempt("its end is before its start", asking({**body, "endTime": source.start - 1}))
    yield Attempt("there is no such session", asking({**body, "sessionId": NOBODY_S}))
    yield Attempt("there is no key", asking(body, anonymous=True))
    good = asking(source.body("never"))
    yield Attempt("its body breaks off", replace(good, body=good.body[:-1]))
    yield Attempt("a stream's name is a number", subject.request("createStream", body={"name": 1}))
    yield Attempt("a stream has an unknown property", subject.request("createStream", body={"name": "a", "never": 1}))
    yield Attempt("no such event is known", subject.request("createWebhook", body=_webhook(["clip.never"])))
    yield Attempt("a webhook's URL is none", subject.request("createWebhook", body=_webhook(["asset.ready"], "never")))
    asset = next(iter(ASSETS.ids_of(ASSETS.first(session))), None)
    # A server that took these would change what somebody keeps there: only on this machine.
    if asset is not None and subject.loopback:
        changing = subject.request("updateAsset", path={"assetId": asset}, body={"name": 5})
        yield Attempt("an asset's name is a number", changing)
        yield Attempt("a change's body breaks off", replace(changing, body=b'{"name": "never"'))
        stranger = subject.request("updateAsset", path={"assetId": asset}, body={"name": "never"}, anonymous=True)
        yield Attempt("nobody may change an asset without a key", stranger)
        if subject.other is not None:
            theirs = subject.request("updateAsset", path={"assetId": asset}, body={"name": "x"}, key=subject.other)
            yield Attempt("the asset is another account's", theirs)
    if subject.other is not None:
        yield Attempt("the stream is another account's", asking(body, key=subject.other))


def _webhook(events: list[str], url: str = "https://example.com/never") -> Json:
    return {"name": "never", "url": url, "events": events}


def roles(key: str) -> dict[str, str]:
    """What a fake's private world has beside its first key."""
    names = ("suspended", "assets-only")
    return {"other": f"{key}+stranger", **{name: f"{key}+{name}" for name in names}}


API: Final = Api(
    "livepeer",
    (ASSETS, TASKS, STREAMS, SESSIONS, WEBHOOKS),
    error_flaw,
    "/api",
    _attempts,
    (
        Keeping(ASSETS, ("/name", "/playbackId", "/createdAt", "/source")),
        Keeping(TASKS, ("/type", "/createdAt", "/outputAssetId")),
        Keeping(STREAMS, ("/name", "/playbackId", "/createdAt")),
        Keeping(WEBHOOKS, ("/name", "/url", "/events")),
    ),
    roles,
    'list(replies[0].json()) == ["errors"] and all(isinstance(error, str) for error in replies[0].json()["errors"])',
)
