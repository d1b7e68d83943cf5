"""What the rules have to know of Livepeer's API: its lists, its errors, how clips are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from mockserver.conformance.rule import Skip
from mockserver.conformance.rules.api import Api, Attempt, Keeping
from mockserver.conformance.rules.asking import Answer, ask, expect
from mockserver.conformance.rules.collection import Collection, Paging, Pair, link_cursor
from mockserver.conformance.session import Session
from mockserver.core.http import Request
from mockserver.core.text import Json

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


def body_of(source: str, start: float = _RECORDED, end: float | None = None, name: str | None = None) -> Json:
    """The body that asks for a clip of a stream; times in Unix milliseconds, half a minute when no end is given."""
    body: dict[str, Json] = {
        "playbackId": source,
        "startTime": start,
        "endTime": start + LENGTH if end is None else end,
    }
    return body if name is None else {**body, "name": name}


def create(session: Session, source: str, *, name: str | None = None, key: str | None = None, note: str = "") -> Answer:
    """A call for a clip, which is deleted in the end."""
    answer = ask(session, CREATE, body=body_of(source, name=name), key=key, note=note)
    clean_up(session, answer)
    return answer


def clean_up(session: Session, made: Answer) -> None:
    """Remember to delete the asset a call for a clip made."""
    asset = made.at("/asset/id")
    if made.good and isinstance(asset, str) and session.subject.has("deleteAsset"):
        session.undo_with(session.subject.request("deleteAsset", path={"assetId": asset}), f"clip asset {asset}")


def sources(session: Session) -> list[str]:
    """The playback ids of streams that can be clipped, the named and the known good ones first.

    Raises Skip when there is none.
    """
    given = session.subject.sources
    if given:
        return list(given)
    page = expect(STREAMS.first(session), 200)
    found = [
        str(stream["playbackId"])
        for stream in STREAMS.items_of(page)
        if stream.get("playbackId") and not stream.get("suspended") and not stream.get("parentId")
    ]
    known = [id for id in _GOOD if id in found]
    if known:
        return known
    if not found:
        raise Skip("there is no stream to clip; name one with --source")
    return found


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
    good = subject.request(CREATE, body=body_of(source, name="never"))
    yield Attempt("no stream has this playback id", subject.request(CREATE, body=body_of("mockserver-check-none")))
    yield Attempt("it has no start", subject.request(CREATE, body={"playbackId": source}))
    yield Attempt("its start is a text", subject.request(CREATE, body={"playbackId": source, "startTime": "1"}))
    yield Attempt("it has a property that is not known", subject.request(CREATE, body={**body_of(source), "never": 1}))
    yield Attempt(
        "its end is before its start", subject.request(CREATE, body=body_of(source, _RECORDED, _RECORDED - 1))
    )
    session_of_nobody = {**body_of(source), "sessionId": NOBODY_S}
    yield Attempt("there is no such session", subject.request(CREATE, body=session_of_nobody))
    yield Attempt("there is no key", subject.request(CREATE, body=body_of(source), anonymous=True))
    yield Attempt("its body breaks off", replace(good, body=good.body[:-1]))
    yield Attempt("a stream's name is a number", subject.request("createStream", body={"name": 1}))
    yield Attempt("a stream has an unknown property", subject.request("createStream", body={"name": "a", "never": 1}))
    yield Attempt("no such event is known", subject.request("createWebhook", body=_webhook(["clip.never"])))
    yield Attempt("a webhook's URL is none", subject.request("createWebhook", body=_webhook(["asset.ready"], "never")))
    asset = next(iter(ASSETS.ids_of(ASSETS.first(session))), None)
    if asset is not None:
        changing = subject.request("updateAsset", path={"assetId": asset}, body={"name": 5})
        yield Attempt("an asset's name is a number", changing)
        yield Attempt("a change's body breaks off", replace(changing, body=b'{"name": "never"'))
        stranger = subject.request("updateAsset", path={"assetId": asset}, body={"name": "never"}, anonymous=True)
        yield Attempt("nobody may change an asset without a key", stranger)
        if subject.other is not None:
            theirs = subject.request("updateAsset", path={"assetId": asset}, body={"name": "x"}, key=subject.other)
            yield Attempt("the asset is another account's", theirs)
    if subject.other is not None:
        yield Attempt(
            "the stream is another account's", subject.request(CREATE, body=body_of(source), key=subject.other)
        )


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
)
